/* Studies; of what is accepted, some configurations: their values lie where they must, and can be described and set. */
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/experiment/study.h"
#include "tests/fuzz/fuzz.h"

static void try(const struct weir_study *study, int configuration)
{
    struct weir_study_changes made;
    weir_study_change(study, configuration, &made);
    for (int c = 0; c < study->column_count; c++) {
        const struct weir_study_column *column = &study->columns[c];
        double value = column->kind == WEIR_COLUMN_SAMPLE ? strtod(made.values[c].shown, NULL) : 0;
        double slack = 1e-8 * (column->max - column->min + column->max * (column->max > 0 ? 1 : -1));
        if (column->kind == WEIR_COLUMN_SAMPLE && !(value >= column->min - slack && value <= column->max + slack))
            __builtin_trap(); /* a sample outside its range */
    }
    weir_study_changes_fini(&made);
    free(weir_study_describe(study, configuration));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_study *study = NULL;
    if (weir_study_read(fuzz_file("fuzz.json", data, size), &study) == WEIR_OK) {
        int count = weir_study_count(study);
        if (count < 1 || count > WEIR_STUDY_RUNS)
            __builtin_trap();
        for (int i = 0; i < count && i < 20; i++)
            try(study, i);
        try(study, count - 1);
    }
    weir_study_free(study);
    weir_error_clear();
    return 0;
}
