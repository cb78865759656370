#include "sim/base/json.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json_tree.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/base/utf8.h"

#define DEEPEST 200

/* An error at a character of the text: "name:line:column: what". */
static int text_error(const char *name, const char *text, const char *at, const char *what)
{
    int line = 1, column = 1;
    for (const char *c = text; c < at; c++) {
        if (*c == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*c & 0xc0) != 0x80) {
            column++;
        }
    }
    return weir_error(WEIR_EINPUT, "%s:%d:%d: %s", name, line, column, what);
}

/* What cJSON would swallow or answer with a riddle: bytes that are no UTF-8, deep nesting, and zero bytes, which would
 * cut strings short. */
static int check_text(const char *text, const char *name)
{
    int depth = 0;
    bool quoted = false;
    const char *fault = weir_utf8_fault(text, strlen(text));
    if (fault) {
        char what[80];
        snprintf(what, sizeof what, "the byte %02x is not UTF-8; save the text as UTF-8", (unsigned char)*fault);
        return text_error(name, text, fault, what);
    }
    for (const char *c = text; *c; c++) {
        if (quoted) {
            if (*c == '\\' && strncmp(c, "\\u0000", 6) == 0)
                return text_error(name, text, c, "a string must not contain \\u0000; leave it out");
            if (*c == '\\' && c[1])
                c++;
            else if (*c == '"')
                quoted = false;
        } else if (*c == '"') {
            quoted = true;
        } else if ((*c == '[' || *c == '{') && ++depth > DEEPEST) {
            return text_error(name, text, c, "nested deeper than 200 levels; make it flatter");
        } else if (*c == ']' || *c == '}') {
            depth--;
        }
    }
    return WEIR_OK;
}

/* Where cJSON gave up, put right: for strings and for keys it names the character after their first. `*quoted` and
 * `*key` tell which of the two it was. */
static const char *find_culprit(const char *text, const char *at, bool *quoted, bool *key)
{
    char open[DEEPEST + 1] = {0}; /* the brackets that are open */
    int depth = 0;
    char last = '\0'; /* the last character that counts */
    const char *string = NULL;
    for (const char *c = text; c < at; c++) {
        if (string) {
            if (*c == '\\' && c + 1 < at)
                c++;
            else if (*c == '"')
                string = NULL;
            continue;
        }
        if (isspace((unsigned char)*c))
            continue;
        if (*c == '"') {
            string = c;
        } else if (c == at - 1 && open[depth] == '{' && (last == '{' || last == ',')) {
            *key = true;
            return c;
        } else if ((*c == '[' || *c == '{') && depth < DEEPEST) {
            open[++depth] = *c;
        } else if ((*c == ']' || *c == '}') && depth > 0) {
            depth--;
        }
        last = *c;
    }
    *quoted = string != NULL;
    return string ? string : at;
}

static bool is_closed(const char *string)
{
    for (const char *c = string + 1; *c; c++) {
        if (*c == '\\' && c[1])
            c++;
        else if (*c == '"')
            return true;
    }
    return false;
}

static int syntax_error(const char *name, const char *text, const char *at)
{
    bool quoted = false, key = false;
    at = find_culprit(text, at, &quoted, &key);
    const char *before = at;
    while (before > text && isspace((unsigned char)before[-1]))
        before--;
    if (*at == '\0')
        return text_error(name, text, at, "the text ends too early; a closing bracket or quote is missing");
    if (quoted && !is_closed(at))
        return text_error(name, text, at, "the string that begins here is not closed; put a '\"' after it");
    if (quoted)
        return text_error(name, text, at, "the string that begins here has a bad escape; write a backslash as \\\\");
    if ((*at == ']' || *at == '}') && before > text && before[-1] == ',')
        return text_error(name, text, at, "a comma stands before the closing bracket; take it out");
    if (*at == '/')
        return text_error(name, text, at, "JSON has no comments; use a key that begins with # for one");
    if (*at == '\'')
        return text_error(name, text, at, "strings take double quotes, not single ones");
    char what[160], excerpt[13], shown[WEIR_QUOTE_SIZE];
    snprintf(excerpt, sizeof excerpt, "%.*s", (int)strcspn(at, "\n"), at);
    weir_quote(excerpt, shown);
    if (key)
        snprintf(what, sizeof what, "a key in double quotes is expected, not %s", shown);
    else
        snprintf(what, sizeof what, "not valid JSON at %s; look for a missing comma, colon, quote or bracket", shown);
    return text_error(name, text, at, what);
}

bool weir_json_is_comment(const char *key)
{
    return key[0] == '#' || strncmp(key, "//", 2) == 0;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first key of an object that is there twice, or NULL. */
static const char *repeated_key(const cJSON *object)
{
    size_t count = 0;
    for (const cJSON *child = object->child; child; child = child->next)
        count++;
    if (count < 2)
        return NULL;
    const char **keys = weir_alloc(count, sizeof *keys);
    count = 0;
    for (const cJSON *child = object->child; child; child = child->next)
        if (!weir_json_is_comment(child->string))
            keys[count++] = child->string;
    qsort(keys, count, sizeof *keys, compare_keys);
    const char *repeated = NULL;
    for (size_t i = 1; i < count && !repeated; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0)
            repeated = keys[i];
    free(keys);
    return repeated;
}

int weir_json_check_tree(const struct weir_json *at)
{
    if (cJSON_IsNumber(at->node) && !isfinite(at->node->valuedouble))
        return weir_json_error(at, "the number is too large; at most about 1.8e308 can be held");
    if (cJSON_IsObject(at->node)) {
        const char *key = repeated_key(at->node);
        if (key)
            return weir_json_error(at, "the key \"%s\" is given twice; keep one", key);
    }
    int index = 0;
    for (const cJSON *node = at->node->child; node; node = node->next) {
        struct weir_json child = {at->doc, node, at, node->string, index++};
        int code = weir_json_check_tree(&child);
        if (code)
            return code;
    }
    return WEIR_OK;
}

int weir_json_parse_tree(const char *text, const char *name, cJSON **tree)
{
    *tree = NULL;
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark; cJSON would skip it too, but count it as columns */
        text += 3;
    if (text[strspn(text, " \t\r\n")] == '\0')
        return weir_error(WEIR_EINPUT, "%s: is empty; JSON text is expected", name);
    int code = check_text(text, name);
    if (code)
        return code;
    const char *end = text;
    cJSON *parsed = cJSON_ParseWithLengthOpts(text, strlen(text) + 1, &end, false);
    if (!parsed)
        return syntax_error(name, text, end);
    end += strspn(end, " \t\r\n");
    if (*end) {
        cJSON_Delete(parsed);
        return text_error(name, text, end,
                          "text after the end of the JSON value; take it out, or look for a bracket "
                          "too many before it");
    }
    *tree = parsed;
    return WEIR_OK;
}

int weir_json_parse(const char *text, const char *name, struct weir_json_doc **doc)
{
    *doc = NULL;
    cJSON *tree;
    int code = weir_json_parse_tree(text, name, &tree);
    return tree ? weir_json_adopt(tree, name, doc) : code;
}

int weir_json_adopt(struct cJSON *tree, const char *name, struct weir_json_doc **doc)
{
    struct weir_json_doc *parsed = weir_alloc(1, sizeof *parsed);
    *doc = NULL;
    parsed->name = weir_copy(name);
    parsed->root = tree;
    struct weir_json root = weir_json_root(parsed);
    int code = weir_json_check_tree(&root);
    if (code) {
        weir_json_free(parsed);
        return code;
    }
    *doc = parsed;
    return WEIR_OK;
}

int weir_json_load(const char *path, struct weir_json_doc **doc)
{
    *doc = NULL;
    struct weir_text text = {0};
    int code = weir_text_read_file(&text, path);
    if (!code)
        code = weir_json_parse(weir_text_string(&text), path, doc);
    weir_text_fini(&text);
    return code;
}

/* cJSON counts from the beginning of a list: of long ones there is a table. */
#define LONG_LIST 32
struct weir_json_table {
    struct weir_json_table *next;
    const cJSON *list;
    int count;
    const cJSON *items[];
};

/* The table of a long list, NULL of a short one. The one used last is the first. */
static const struct weir_json_table *table_of(const struct weir_json *at)
{
    struct weir_json_doc *doc = (struct weir_json_doc *)at->doc;
    for (struct weir_json_table **link = &doc->tables, *table; (table = *link); link = &table->next) {
        if (table->list != at->node)
            continue;
        *link = table->next;
        table->next = doc->tables;
        return doc->tables = table;
    }
    int count = 0;
    for (const cJSON *node = at->node->child; node && count <= LONG_LIST; node = node->next)
        count++;
    if (count <= LONG_LIST)
        return NULL;
    count = cJSON_GetArraySize(at->node);
    struct weir_json_table *table = weir_alloc(1, sizeof *table + (size_t)count * sizeof(const cJSON *));
    table->list = at->node;
    for (const cJSON *node = at->node->child; node; node = node->next)
        table->items[table->count++] = node;
    table->next = doc->tables;
    return doc->tables = table;
}

void weir_json_forget_tables(struct weir_json_doc *doc)
{
    for (struct weir_json_table *table = doc->tables, *next; table; table = next) {
        next = table->next;
        free(table);
    }
    doc->tables = NULL;
}

void weir_json_free(struct weir_json_doc *doc)
{
    if (!doc)
        return;
    weir_json_forget_tables(doc);
    cJSON_Delete(doc->root);
    free(doc->name);
    free(doc);
}

struct weir_json weir_json_root(const struct weir_json_doc *doc)
{
    return (struct weir_json){.doc = doc, .node = doc->root};
}

bool weir_json_is_object(const struct weir_json *at)
{
    return cJSON_IsObject(at->node);
}

bool weir_json_is_null(const struct weir_json *at)
{
    return cJSON_IsNull(at->node);
}

bool weir_json_is_array(const struct weir_json *at)
{
    return cJSON_IsArray(at->node);
}

bool weir_json_is_string(const struct weir_json *at)
{
    return cJSON_IsString(at->node);
}

bool weir_json_is_number(const struct weir_json *at)
{
    return cJSON_IsNumber(at->node);
}

bool weir_json_is_bool(const struct weir_json *at)
{
    return cJSON_IsBool(at->node);
}

int weir_json_size(const struct weir_json *at)
{
    const struct weir_json_table *table = table_of(at);
    return table ? table->count : cJSON_GetArraySize(at->node);
}

bool weir_json_get(const struct weir_json *at, const char *key, struct weir_json *child)
{
    const cJSON *node = cJSON_IsObject(at->node) ? cJSON_GetObjectItemCaseSensitive(at->node, key) : NULL;
    if (!node)
        return false;
    *child = (struct weir_json){.doc = at->doc, .node = node, .parent = at, .key = node->string};
    return true;
}

struct weir_json weir_json_at(const struct weir_json *at, int index)
{
    const struct weir_json_table *table = table_of(at);
    const cJSON *node = table ? table->items[index] : cJSON_GetArrayItem(at->node, index);
    return (struct weir_json){at->doc, node, at, node->string, index};
}

bool weir_json_first(const struct weir_json *at, struct weir_json *child)
{
    const cJSON *node = at->node->child;
    if (!node)
        return false;
    *child = (struct weir_json){at->doc, node, at, node->string, 0};
    return true;
}

bool weir_json_next(struct weir_json *child)
{
    child->node = child->node->next;
    if (!child->node)
        return false;
    child->key = child->node->string;
    child->index++;
    return true;
}

int weir_json_error(const struct weir_json *at, const char *format, ...)
{
    struct weir_text sentence = {0};
    va_list arguments;
    va_start(arguments, format);
    weir_text_addv(&sentence, format, arguments);
    va_end(arguments);
    char *path = weir_json_path(at);
    int code =
        weir_error(WEIR_EINPUT, "%s: %s%s%s", at->doc->name, path, *path ? ": " : "", weir_text_string(&sentence));
    free(path);
    weir_text_fini(&sentence);
    return code;
}

char *weir_json_print(const struct weir_json *at)
{
    return cJSON_PrintUnformatted(at->node);
}
