#include "sim/experiment/sweep_series.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void weir_sweep_series_init(struct weir_sweep_series *series, const char *list)
{
    *series = (struct weir_sweep_series){0};
    if (strcmp(list, "all") == 0)
        return;
    char *at = series->text = weir_copy(list), *rest = at;
    series->names = weir_alloc(strlen(list) + 1, sizeof *series->names);
    series->seen = weir_alloc(strlen(list) + 1, sizeof *series->seen);
    while ((at = strsep(&rest, ",")))
        series->names[series->count++] = at;
}

bool weir_sweep_series_wants(struct weir_sweep_series *series, const char *metric)
{
    for (int n = 0; n < series->count; n++)
        if (strcmp(series->names[n], metric) == 0)
            return series->seen[n] = true;
    return series->count == 0;
}

const char *weir_sweep_series_unseen(const struct weir_sweep_series *series)
{
    for (int n = 0; n < series->count; n++)
        if (!series->seen[n])
            return series->names[n];
    return NULL;
}

void weir_sweep_series_fini(struct weir_sweep_series *series)
{
    free(series->text);
    free(series->names);
    free(series->seen);
}
