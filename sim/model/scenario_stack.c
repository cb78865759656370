/* Policies and stacks of them, as written in a scenario or on the command line. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario.h"

#define POLICIES_AT_MOST 16
#define LABEL_AT_MOST    100

/* A key in quotes, as JSON. */
static void add_quoted(struct weir_text *text, const char *string)
{
    weir_text_add(text, "\"");
    for (; *string; string++) {
        if (*string == '"' || *string == '\\')
            weir_text_addf(text, "\\%c", *string);
        else if ((unsigned char)*string < 0x20)
            weir_text_addf(text, "\\u%04x", (unsigned)*string);
        else
            weir_text_add_bytes(text, string, 1);
    }
    weir_text_add(text, "\"");
}

/* The object without its name and label, as a document of its own that bears the object's place; NULL if that is
 * nothing. */
static int copy_params(const struct weir_json *at, struct weir_json_doc **params)
{
    struct weir_text text = {0};
    for (int i = 0; i < weir_json_size(at); i++) {
        struct weir_json child = weir_json_at(at, i);
        if (strcmp(child.key, "name") == 0 || strcmp(child.key, "label") == 0 || child.key[0] == '#' ||
            strncmp(child.key, "//", 2) == 0)
            continue;
        weir_text_add(&text, text.length ? "," : "{");
        add_quoted(&text, child.key);
        char *value = weir_json_print(&child);
        weir_text_addf(&text, ":%s", value);
        free(value);
    }
    int code = WEIR_OK;
    if (text.length) {
        weir_text_add(&text, "}");
        char *path = weir_json_path(at);
        char *name = weir_format("%s%s%s", at->doc->name, *path ? ": " : "", path);
        code = weir_json_parse(weir_text_string(&text), name, params);
        free(path);
        free(name);
    }
    weir_text_fini(&text);
    return code;
}

static int add_use(const struct weir_json *at, const char *name, size_t length, struct weir_stack *stack)
{
    if (stack->use_count == POLICIES_AT_MOST)
        return weir_json_error(at, "a stack holds at most %d policies", POLICIES_AT_MOST);
    if (!length)
        return weir_json_error(at, "a policy needs a name, such as \"ds2\"");
    struct weir_policy_use *use = &stack->uses[stack->use_count++];
    *use = (struct weir_policy_use){.name = weir_format("%.*s", (int)length, name)};
    return WEIR_OK;
}

/* "ds2", or "ds2+load-balancer". */
static int read_names(const struct weir_json *at, struct weir_stack *stack)
{
    const char *names = "";
    int code = weir_json_string(at, &names);
    while (!code) {
        size_t length = strcspn(names, "+");
        code = add_use(at, names, length, stack);
        if (!names[length])
            break;
        names += length + 1;
    }
    return code;
}

/* A name or an object with a name. `label` is taken from the object if it may have one. */
static int read_use(const struct weir_json *at, bool may_have_label, const char **label, struct weir_stack *stack)
{
    struct weir_json child;
    const char *name = NULL;
    if (weir_json_is_string(at))
        return read_names(at, stack);
    if (!weir_json_is_object(at))
        return weir_json_error(at, "must be the name of a policy, or an object with \"name\" and parameters");
    int code = weir_json_need(at, "name", &child);
    if (!code)
        code = weir_json_string(&child, &name);
    if (!code)
        code = add_use(&child, name, strlen(name), stack);
    if (!code && weir_json_get(at, "label", &child))
        code = may_have_label ? weir_json_string(&child, label)
                              : weir_json_error(&child, "the label belongs to the whole stack: write {\"label\": .., "
                                                        "\"stack\": [..]}");
    return code ? code : copy_params(at, &stack->uses[stack->use_count - 1].params);
}

static int read_list(const struct weir_json *at, struct weir_stack *stack)
{
    int count = weir_json_size(at), code = WEIR_OK;
    if (!weir_json_is_array(at) || !count)
        return weir_json_error(at, "a stack must be a list of at least one policy");
    for (int i = 0; i < count && !code; i++) {
        struct weir_json child = weir_json_at(at, i);
        code = read_use(&child, false, NULL, stack);
    }
    return code;
}

/* Labels name columns and folders of results. */
static int check_label(const struct weir_json *at, const char *label)
{
    size_t length = strlen(label);
    bool plain = length > 0 && length <= LABEL_AT_MOST && *label != '.';
    for (const char *c = label; *c; c++)
        plain = plain && !iscntrl((unsigned char)*c) && *c != '/' && *c != '"' && *c != ',';
    return plain ? WEIR_OK
                 : weir_json_error(at,
                                   "the label \"%s\" must be of 1 to %d characters, without / , \" or control "
                                   "characters, and not begin with a full stop",
                                   label, LABEL_AT_MOST);
}

int weir_stack_read(const struct weir_json *at, struct weir_stack *stack)
{
    static const char *const keys[] = {"label", "stack", NULL};
    struct weir_json child;
    const char *label = NULL;
    int code;
    *stack = (struct weir_stack){.uses = weir_alloc(POLICIES_AT_MOST, sizeof *stack->uses)};
    if (weir_json_is_array(at)) {
        code = read_list(at, stack);
    } else if (weir_json_get(at, "stack", &child)) {
        code = weir_json_only(at, keys);
        if (!code)
            code = read_list(&child, stack);
        if (!code)
            code = weir_json_opt_string(at, "label", &label);
    } else {
        code = read_use(at, true, &label, stack);
    }
    if (code)
        goto out;
    if (label) {
        stack->label = weir_copy(label);
    } else {
        struct weir_text text = {0};
        for (int i = 0; i < stack->use_count; i++)
            weir_text_addf(&text, "%s%s", i ? "+" : "", stack->uses[i].name);
        stack->label = weir_copy(weir_text_string(&text));
        weir_text_fini(&text);
    }
    code = check_label(at, stack->label);
out:
    if (code)
        weir_stack_fini(stack);
    return code;
}

int weir_stack_parse(const char *text, struct weir_stack *stack)
{
    struct weir_json_doc *doc = NULL;
    struct weir_text quoted = {0};
    *stack = (struct weir_stack){0};
    const char *start = text + strspn(text, " \t\n");
    if (*start != '{' && *start != '[') {
        add_quoted(&quoted, text);
        start = weir_text_string(&quoted);
    }
    int code = weir_json_parse(start, "policy", &doc);
    if (!code) {
        struct weir_json root = weir_json_root(doc);
        code = weir_stack_read(&root, stack);
    }
    weir_json_free(doc);
    weir_text_fini(&quoted);
    return code;
}

void weir_stack_fini(struct weir_stack *stack)
{
    for (int i = 0; i < stack->use_count; i++) {
        free(stack->uses[i].name);
        weir_json_free(stack->uses[i].params);
    }
    free(stack->uses);
    free(stack->label);
    *stack = (struct weir_stack){0};
}
