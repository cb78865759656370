/* CSV files of loads, plain and gzip: each way to choose columns. */
#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[][2] = {{NULL, NULL}, {NULL, ""}, {"time", "value"}, {"2", "1"}};
    const char *path = fuzz_file("fuzz.csv", data, size);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        struct weir_series series = {0};
        if (weir_series_read(path, columns[c][0], columns[c][1], &series) == WEIR_OK)
            for (size_t i = 0; i < series.count; i++)
                if (!(series.time_s[i] >= 0) || (i && series.time_s[i] < series.time_s[i - 1]))
                    __builtin_trap(); /* times begin at 0 and do not go back */
        weir_series_fini(&series);
        weir_error_clear();
    }
    static const struct weir_series_options options[] = {
        {.any = true, .sort = true, .same = WEIR_SAME_MEAN},
        {.no_header = true, .sort = true, .same = WEIR_SAME_ADD, .time = "1,2"},
        {.time_format = "%d/%m/%y %H:%M:%S.%f", .events = true, .sort = true},
    };
    for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
        struct weir_series series = {0};
        if (weir_series_load(path, &options[o], &series) == WEIR_OK)
            for (size_t i = 1; i < series.count; i++)
                if (!(series.time_s[i] >= series.time_s[i - 1]) ||
                    (series.value && !(series.time_s[i] > series.time_s[i - 1])))
                    __builtin_trap(); /* sorted, and each time once */
        weir_series_fini(&series);
        weir_error_clear();
    }
    return 0;
}
