/* Policies and stacks of them, as written in a scenario or on the command line. */
#define _GNU_SOURCE /* memrchr */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/base/utf8.h"
#include "sim/model/scenario.h"

#define POLICIES_AT_MOST 16
#define LABEL_AT_MOST    100

/* The policy that runs a program, and its parameter that holds the command. */
#define EXEC "exec"

static void add_member(struct weir_text *text, const char *key, const char *value)
{
    weir_text_add(text, text->length ? "," : "{");
    weir_text_add_quoted(text, key);
    weir_text_addf(text, ":%s", value);
}

static void add_string_member(struct weir_text *text, const char *key, const char *string)
{
    struct weir_text quoted = {0};
    weir_text_add_quoted(&quoted, string);
    add_member(text, key, weir_text_string(&quoted));
    weir_text_fini(&quoted);
}

/* The folder of the file that the value is in, "" if that is the present one; owned. */
static char *folder_of(const struct weir_json *at)
{
    const char *slash = strrchr(at->doc->name, '/');
    return weir_format("%.*s", slash == at->doc->name ? 1 : slash ? (int)(slash - at->doc->name) : 0, at->doc->name);
}

/* What is particular to programs: their parameters are handed on as text, and they run in the scenario's folder, from
 * which a folder of theirs is seen, too. */
static bool add_exec_member(struct weir_text *text, const struct weir_json *child)
{
    if (strcmp(child->key, "params") == 0 && !weir_json_is_string(child)) {
        char *value = weir_json_print(child);
        add_string_member(text, child->key, value);
        free(value);
        return true;
    }
    const char *folder;
    if (strcmp(child->key, "folder") == 0 && weir_json_is_string(child)) {
        weir_json_string(child, &folder);
        char *path = weir_path_beside(child->doc->name, folder);
        add_string_member(text, child->key, path);
        free(path);
        return true;
    }
    return false;
}

/* The object without its name and label, as a document of its own that bears the object's place; NULL if that is
 * nothing. */
static int copy_params(const struct weir_json *at, bool is_exec, struct weir_json_doc **params)
{
    struct weir_text text = {0};
    struct weir_json given;
    char *folder = folder_of(at);
    if (is_exec && *folder && !weir_json_get(at, "folder", &given))
        add_string_member(&text, "folder", folder);
    free(folder);
    for (int i = 0; i < weir_json_size(at); i++) {
        struct weir_json child = weir_json_at(at, i);
        if (strcmp(child.key, "name") == 0 || strcmp(child.key, "label") == 0 || child.key[0] == '#' ||
            strncmp(child.key, "//", 2) == 0)
            continue;
        if (is_exec && add_exec_member(&text, &child))
            continue;
        char *value = weir_json_print(&child);
        add_member(&text, child.key, value);
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
    if (weir_policy_is_path(use->name)) { /* of a shared object, as seen from the file */
        char *path = weir_path_beside(at->doc->name, use->name);
        free(use->name);
        use->name = path;
    }
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

/* A name, or an object with a name or a command. `label` is taken from the object if it may have one. */
static int read_use(const struct weir_json *at, bool may_have_label, const char **label, struct weir_stack *stack)
{
    struct weir_json child;
    const char *name = NULL;
    if (weir_json_is_string(at))
        return read_names(at, stack);
    if (!weir_json_is_object(at))
        return weir_json_error(at, "must be the name of a policy, or an object with \"name\" and parameters");
    bool is_exec = false;
    int code = WEIR_OK;
    if (weir_json_get(at, EXEC, &child) && !weir_json_get(at, "name", &child)) {
        name = EXEC;
        child = *at;
    } else {
        code = weir_json_need(at, "name", &child);
        if (!code)
            code = weir_json_string(&child, &name);
    }
    if (!code)
        code = add_use(&child, name, strlen(name), stack);
    if (!code)
        is_exec = strcmp(name, EXEC) == 0;
    if (!code && weir_json_get(at, "label", &child))
        code = may_have_label ? weir_json_string(&child, label)
                              : weir_json_error(&child, "the label belongs to the whole stack: write {\"label\": .., "
                                                        "\"stack\": [..]}");
    return code ? code : copy_params(at, is_exec, &stack->uses[stack->use_count - 1].params);
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
    char quoted[WEIR_QUOTE_SIZE];
    size_t length = strlen(label);
    bool plain = length > 0 && length <= LABEL_AT_MOST && *label != '.';
    plain = plain && !weir_name_fault(label) && !strpbrk(label, "/\",");
    return plain ? WEIR_OK
                 : weir_json_error(at,
                                   "the label %s must be of 1 to %d characters, without / , \" or control "
                                   "characters, and not begin with a full stop",
                                   weir_quote(label, quoted), LABEL_AT_MOST);
}

/* The part of a path that names a file, without folders and ending; "" if nothing is left. */
static void add_base_name(struct weir_text *label, const char *path, size_t length)
{
    const char *start = path;
    for (const char *c = path; c < path + length; c++)
        if (*c == '/')
            start = c + 1;
    size_t rest = (size_t)(path + length - start), end = rest;
    for (size_t i = 1; i < rest; i++)
        if (start[i] == '.' && isalpha((unsigned char)start[i + 1]))
            end = i;
    weir_text_add_bytes(label, start, end);
}

/* The first word of a command that has an ending, as mine.py has, else its first word. */
static void add_command_name(struct weir_text *label, const char *command)
{
    static const char blanks[] = " \t\n\"'";
    const char *first = command + strspn(command, blanks), *chosen = first;
    for (const char *word = first; *word; word += strspn(word, blanks)) {
        size_t length = strcspn(word, blanks);
        const char *dot = memrchr(word, '.', length);
        if (dot && dot > word && dot[-1] != '/' && isalpha((unsigned char)dot[1])) {
            chosen = word;
            break;
        }
        word += length;
    }
    add_base_name(label, chosen, strcspn(chosen, blanks));
}

static bool is_of_user(const struct weir_policy_use *use)
{
    return strcmp(use->name, EXEC) == 0 || weir_policy_is_path(use->name);
}

/* "ds2", or what a file or a program is called. Owned. */
static char *plain_name(const struct weir_policy_use *use)
{
    struct weir_text text = {0};
    struct weir_json child;
    const char *command = "";
    if (strcmp(use->name, EXEC) == 0 && use->params) {
        struct weir_json root = weir_json_root(use->params);
        if (weir_json_get(&root, EXEC, &child) && weir_json_is_string(&child))
            weir_json_string(&child, &command);
        add_command_name(&text, command);
    } else if (weir_policy_is_path(use->name)) {
        add_base_name(&text, use->name, strlen(use->name));
    }
    if (!text.length)
        weir_text_add(&text, use->name);
    char *name = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return name;
}

/* How many of the stack's policies before this one have its plain name. */
static int namesakes(const struct weir_stack *stack, int use, const char *name)
{
    int count = 0;
    for (int i = 0; i < use; i++) {
        char *other = plain_name(&stack->uses[i]);
        count += strcmp(other, name) == 0;
        free(other);
    }
    return count;
}

/* Names those of users: alone by the label, in a stack by their files, each by another name. The stack's label is that
 * which is given, or all the names, "ds2+mine". */
static void name_all(struct weir_stack *stack, const char *label)
{
    struct weir_text text = {0};
    for (int i = 0; i < stack->use_count; i++) {
        struct weir_policy_use *use = &stack->uses[i];
        char *name = plain_name(use);
        int before = namesakes(stack, i, name);
        weir_text_addf(&text, "%s%s", i ? "+" : "", name);
        if (is_of_user(use) && label && stack->use_count == 1)
            use->called = weir_copy(label);
        else if (is_of_user(use))
            use->called = before ? weir_format("%s-%d", name, before + 1) : weir_copy(name);
        free(name);
    }
    stack->label = weir_copy(label ? label : weir_text_string(&text));
    weir_text_fini(&text);
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
    name_all(stack, label);
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
    if (strncmp(start, EXEC ":", sizeof EXEC) == 0) {
        add_string_member(&quoted, EXEC, start + sizeof EXEC);
        weir_text_add(&quoted, "}");
        start = weir_text_string(&quoted);
    } else if (*start != '{' && *start != '[') {
        weir_text_add_quoted(&quoted, text);
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
        free(stack->uses[i].called);
        weir_json_free(stack->uses[i].params);
    }
    free(stack->uses);
    free(stack->label);
    *stack = (struct weir_stack){0};
}
