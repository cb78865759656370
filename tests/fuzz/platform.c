/* Platforms: SimGrid's XML as weir reads it. */
#include "sim/model/platform.h"
#include "sim/base/error.h"
#include "sim/base/remark.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_platform *platform = NULL;
    const char *path = fuzz_file("fuzz.xml", data, size);
    if (weir_platform_read(path, &platform) == WEIR_OK) {
        for (size_t h = 0; h < platform->host_count; h++)
            if (weir_platform_find(platform, platform->hosts[h].name) != (int)h)
                __builtin_trap(); /* every host is found by its name */
        weir_platform_suggest(platform, "edge");
    }
    bool right = platform != NULL;
    weir_platform_free(platform);
    weir_error_clear();
    struct weir_remarks errors = {0}, remarks = {0};
    weir_errors_collect(&errors); /* going on after errors */
    weir_remarks_collect(&remarks);
    int code = weir_platform_read(path, &platform);
    weir_errors_collect(NULL);
    weir_remarks_collect(NULL);
    if (right != (code == WEIR_OK && errors.count == 0))
        __builtin_trap();
    weir_remarks_fini(&errors);
    weir_remarks_fini(&remarks);
    weir_platform_free(platform);
    weir_error_clear();
    return 0;
}
