/* Platforms: SimGrid's XML as weir reads it. */
#include "sim/model/platform.h"
#include "sim/base/error.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_platform *platform = NULL;
    if (weir_platform_read(fuzz_file("fuzz.xml", data, size), &platform) == WEIR_OK) {
        for (size_t h = 0; h < platform->host_count; h++)
            if (weir_platform_find(platform, platform->hosts[h].name) != (int)h)
                __builtin_trap(); /* every host is found by its name */
        weir_platform_suggest(platform, "edge");
    }
    weir_platform_free(platform);
    weir_error_clear();
    return 0;
}
