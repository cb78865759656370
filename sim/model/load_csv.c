/* Loads played from a CSV file. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/model/load_parts.h"

/* Rates or counts by row; the last row lasts as long as the one before. */
static int tabulate(const struct weir_json *at, const char *path, const struct weir_series *series,
                    struct weir_load *load)
{
    size_t n = series->count;
    if (!series->value)
        return weir_json_error(at, "%s has no column of values; name it by \"value\", or say \"values\": \"events\"",
                               path);
    if (n < 2)
        return weir_json_error(at, "%s has one row; rates and counts need two, to know how long a row lasts", path);
    double end_s = series->time_s[n - 1] + (series->time_s[n - 1] - series->time_s[n - 2]);
    double *at_s = weir_alloc(n, sizeof *at_s);
    double *rate = weir_alloc(n, sizeof *rate);
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        double length_s = (i + 1 < n ? series->time_s[i + 1] : end_s) - series->time_s[i];
        at_s[i] = series->time_s[i] / load->speedup;
        rate[i] = series->value[i] * load->scale;
        if (load->values == WEIR_LOAD_VALUE_COUNTS)
            rate[i] *= load->speedup / length_s;
        any = any || series->value[i] > 0;
    }
    if (any) {
        weir_rate_table_init(&load->table, n, at_s, rate, end_s / load->speedup, load->repeat);
        /* The counts themselves, not rate times length: no item may be lost to rounding. */
        for (size_t i = 0; i < n && load->values == WEIR_LOAD_VALUE_COUNTS; i++)
            load->table.items[i + 1] = load->table.items[i] + series->value[i] * load->scale;
    }
    free(at_s);
    free(rate);
    return any ? WEIR_OK : weir_json_error(at, "all values of %s are zero; no item would ever come", path);
}

static void play_events(const struct weir_series *series, struct weir_load *load)
{
    size_t n = series->count;
    load->event_count = n;
    load->event_s = weir_alloc(n, sizeof *load->event_s);
    for (size_t i = 0; i < n; i++)
        load->event_s[i] = series->time_s[i] / load->speedup;
    /* A repetition begins one mean gap after the last event. */
    double span_s = load->event_s[n - 1];
    load->event_period_s = n > 1 && span_s > 0 ? span_s * (double)n / (double)(n - 1) : 1 / load->speedup;
}

int weir_load_read_csv(const struct weir_json *at, const char *file, struct weir_load *load)
{
    struct weir_json place;
    struct weir_series series = {0};
    char *path = weir_path_beside(file, load->file);
    int code = weir_json_need(at, "file", &place);
    if (!code && !*load->file)
        code = weir_json_error(&place, "must name a CSV file");
    const struct weir_series_options options = {
        .time = load->time,
        .value = load->value,
        .time_format = load->time_format,
        .events = load->values == WEIR_LOAD_VALUE_EVENTS,
        .no_header = !load->header,
        .sort = load->sort,
        .same = (enum weir_series_same)load->same,
    };
    if (!code && weir_series_load(path, &options, &series)) {
        char *reason = weir_copy(weir_error_message());
        code = weir_json_error(&place, "%s", reason);
        free(reason);
    }
    if (code)
        goto out;
    weir_remark("%s: %s", path, series.about);
    load->bytes = weir_hash(WEIR_HASH_START, series.time_s, series.count * sizeof *series.time_s);
    if (series.value)
        load->bytes = weir_hash(load->bytes, series.value, series.count * sizeof *series.value);
    if (load->values == WEIR_LOAD_VALUE_EVENTS)
        play_events(&series, load);
    else
        code = tabulate(&place, path, &series, load);
    if (!code)
        code = weir_load_read_playback(at, load);
out:
    weir_series_fini(&series);
    free(path);
    return code;
}
