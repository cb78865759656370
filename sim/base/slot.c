#include "sim/base/slot.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

int weir_slot_parse(const char *noun, const char *example, const char *text, struct weir_json_doc **doc)
{
    char *copy = weir_copy(text), *rest = strchr(copy, ':');
    *doc = NULL;
    if (rest)
        *rest++ = '\0';
    char *title = weir_format("%s %s", noun, copy), *name = weir_format("\"%s\"", copy);
    int code = weir_json_parse("{\"name\": \"\"}", title, doc);
    if (code == WEIR_OK)
        code = weir_json_set(*doc, "name", name);
    free(title);
    free(name);
    for (char *part = rest, *next; part && code == WEIR_OK; part = next) {
        next = strchr(part, ':');
        if (next)
            *next++ = '\0';
        char *value = strchr(part, '=');
        if (!value || value == part) {
            char quoted[WEIR_QUOTE_SIZE];
            code = weir_error(WEIR_EINPUT, "%s %s: %s is not KEY=VALUE, as in %s", noun, copy, weir_quote(part, quoted),
                              example);
            break;
        }
        *value++ = '\0';
        code = weir_json_set(*doc, part, value);
    }
    if (code != WEIR_OK) {
        weir_json_free(*doc);
        *doc = NULL;
    }
    free(copy);
    return code;
}

int weir_slot_unknown(const char *noun, const char *name, const char *const *names, size_t count)
{
    char quoted[WEIR_QUOTE_SIZE];
    const char *near = weir_nearest(name, names, count);
    weir_quote(name, quoted);
    if (near)
        return weir_error(WEIR_EINPUT, "there is no %s %s; did you mean \"%s\"? (weir list %ss)", noun, quoted, near,
                          noun);
    return weir_error(WEIR_EINPUT, "there is no %s %s; see weir list %ss", noun, quoted, noun);
}
