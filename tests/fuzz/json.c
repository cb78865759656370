/* JSON: read, every value visited by every reader, printed, read again, changed. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "tests/fuzz/fuzz.h"

static void visit(const struct weir_json *at)
{
    static const char *const words[] = {"name", "platform", "static", NULL};
    const char *string;
    double number;
    long integer;
    bool boolean;
    int choice;
    char *path = weir_json_path(at);
    free(path);
    weir_json_string(at, &string);
    weir_json_number(at, -1e9, 1e9, &number);
    weir_json_integer(at, -1000, 1000, &integer);
    weir_json_bool(at, &boolean);
    weir_json_choice(at, words, &choice);
    weir_json_only(at, words);
    for (int unit = 0; unit < WEIR_UNIT_COUNT_OF_UNITS; unit++)
        weir_json_quantity(at, (enum weir_unit)unit, 0, 1e30, &number);
    int size = weir_json_size(at);
    for (int i = 0; i < size; i++) {
        struct weir_json child = weir_json_at(at, i);
        visit(&child);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_json_doc *doc = NULL, *again = NULL;
    char *text = weir_alloc(size + 1, 1);
    if (size)
        memcpy(text, data, size);
    if (weir_json_parse(text, "input", &doc) == WEIR_OK) {
        struct weir_json root = weir_json_root(doc);
        visit(&root);
        char *printed = weir_json_print(&root);
        if (weir_json_parse(printed, "printed", &again) != WEIR_OK)
            abort(); /* what was read and written must be readable */
        weir_json_set(again, "name", text);
        weir_json_set(again, "jobs[0].load.rate", "5/s");
        free(printed);
    } else {
        weir_json_parse("{\"a\": [{\"b\": 1}]}", "small", &doc);
        weir_json_set(doc, text, "2"); /* the input as a path */
    }
    weir_json_free(again);
    weir_json_free(doc);
    free(text);
    weir_error_clear();
    return 0;
}
