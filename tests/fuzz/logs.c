/* Logs of other programs: each kind that reads one. */
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/generate/generate.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {"from-access-log", "from-jtl", "from-jobs", "from-minutes", NULL};
    const char *path = fuzz_file("fuzz.log", data, size);
    for (const char *const *name = kinds; *name; name++) {
        const struct weir_generator *kind;
        char *text;
        size_t length;
        if (weir_generator_find(*name, &kind))
            __builtin_trap();
        const struct weir_generator_option options[] = {{"input", path}, {"step", "1h"}, {"duration", "3h"}};
        if (weir_generate(kind, options, *name == kinds[3] ? 1 : 3, 1, &text, &length) == WEIR_OK && length < 11)
            __builtin_trap(); /* at least the line of names */
        free(text);
        weir_error_clear();
    }
    return 0;
}
