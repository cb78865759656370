/* From libyaml's document to a tree of cJSON. */
#include "sim/base/yaml.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "sim/base/error.h"
#include "sim/base/json_tree.h"

#define DEEPEST        100
#define VALUES_AT_MOST 1000000 /* aliases of aliases could make any number of them */

struct reader {
    const char *name;
    yaml_document_t document;
    long values;
};

static int fail(const struct reader *reader, const yaml_node_t *node, const char *sentence)
{
    return weir_error(WEIR_EINPUT, "%s: line %zu, column %zu: %s", reader->name, node->start_mark.line + 1,
                      node->start_mark.column + 1, sentence);
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. */
static bool is_decimal(const char *text)
{
    static const char digits[] = "0123456789";
    text += *text == '+' || *text == '-';
    size_t before = strspn(text, digits), after = 0;
    text += before;
    if (*text == '.')
        text += 1 + (after = strspn(text + 1, digits));
    if (!before && !after)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        size_t exponent = strspn(text, digits);
        if (!exponent)
            return false;
        text += exponent;
    }
    return !*text;
}

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && strcmp(text, *words) != 0)
        words++;
    return *words;
}

static cJSON *scalar(const yaml_node_t *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const yes[] = {"true", "True", "TRUE", NULL}, *const no[] = {"false", "False", "FALSE", NULL};
    const char *text = (const char *)node->data.scalar.value;
    if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return cJSON_CreateString(text);
    if (is_one_of(text, nulls))
        return cJSON_CreateNull();
    if (is_one_of(text, yes))
        return cJSON_CreateTrue();
    if (is_one_of(text, no))
        return cJSON_CreateFalse();
    double number = is_decimal(text) ? strtod(text, NULL) : HUGE_VAL;
    return isfinite(number) ? cJSON_CreateNumber(number) : cJSON_CreateString(text);
}

static int convert(struct reader *reader, int index, int depth, cJSON **tree);

static int convert_list(struct reader *reader, const yaml_node_t *node, int depth, cJSON *list)
{
    for (const yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        cJSON *child;
        int code = convert(reader, *item, depth + 1, &child);
        if (code)
            return code;
        cJSON_AddItemToArray(list, child);
    }
    return WEIR_OK;
}

static int convert_pairs(struct reader *reader, const yaml_node_t *node, int depth, cJSON *object)
{
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(&reader->document, pair->key);
        cJSON *child;
        if (key->type != YAML_SCALAR_NODE)
            return fail(reader, key, "a key must be a word, not a list or a mapping");
        if (strlen((const char *)key->data.scalar.value) != key->data.scalar.length)
            return fail(reader, key, "a key holds a zero character");
        int code = convert(reader, pair->value, depth + 1, &child);
        if (code)
            return code;
        cJSON_AddItemToObject(object, (const char *)key->data.scalar.value, child);
    }
    return WEIR_OK;
}

static int convert(struct reader *reader, int index, int depth, cJSON **tree)
{
    const yaml_node_t *node = yaml_document_get_node(&reader->document, index);
    int code = WEIR_OK;
    *tree = NULL;
    if (depth > DEEPEST)
        return fail(reader, node, "is nested too deeply; 100 levels are the most");
    if (++reader->values > VALUES_AT_MOST)
        return fail(reader, node, "is more than a million values, with those that aliases stand for");
    if (node->type == YAML_SCALAR_NODE && strlen((const char *)node->data.scalar.value) != node->data.scalar.length)
        return fail(reader, node, "a text holds a zero character");
    if (node->type == YAML_SCALAR_NODE) {
        *tree = scalar(node);
    } else if (node->type == YAML_SEQUENCE_NODE) {
        *tree = cJSON_CreateArray();
        code = convert_list(reader, node, depth, *tree);
    } else {
        *tree = cJSON_CreateObject();
        code = convert_pairs(reader, node, depth, *tree);
    }
    if (code) {
        cJSON_Delete(*tree);
        *tree = NULL;
    }
    return code;
}

static int fail_syntax(const struct reader *reader, const yaml_parser_t *parser)
{
    return weir_error(WEIR_EINPUT, "%s: line %zu, column %zu: is no YAML: %s", reader->name,
                      parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                      parser->problem ? parser->problem : "cannot be read");
}

/* The one document of a text; one that is empty is null. */
static int read_document(struct reader *reader, yaml_parser_t *parser, cJSON **tree)
{
    yaml_document_t second;
    *tree = NULL;
    if (!yaml_parser_load(parser, &reader->document))
        return fail_syntax(reader, parser);
    const yaml_node_t *root = yaml_document_get_root_node(&reader->document);
    if (!root) {
        *tree = cJSON_CreateNull();
        return WEIR_OK;
    }
    int code = convert(reader, 1, 0, tree);
    if (code)
        return code;
    if (!yaml_parser_load(parser, &second))
        return fail_syntax(reader, parser);
    const yaml_node_t *more = yaml_document_get_root_node(&second);
    if (more)
        code = fail(reader, more, "a second document begins; keep one");
    yaml_document_delete(&second);
    return code;
}

int weir_yaml_parse(const char *text, size_t length, const char *name, struct weir_json_doc **doc)
{
    struct reader reader = {.name = name};
    yaml_parser_t parser;
    cJSON *tree;
    *doc = NULL;
    if (!yaml_parser_initialize(&parser))
        return weir_error(WEIR_EINPUT, "%s: there is no memory to read it", name);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    int code = read_document(&reader, &parser, &tree);
    yaml_document_delete(&reader.document);
    yaml_parser_delete(&parser);
    if (!code)
        return weir_json_adopt(tree, name, doc);
    cJSON_Delete(tree);
    return code;
}
