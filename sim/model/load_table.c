/* Rates that are constant by pieces, and the kinds of load that are such a table: steps and diurnal. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/real.h"
#include "sim/model/load_parts.h"
#include "sim/model/scenario_keys.h"

void weir_rate_table_init(struct weir_rate_table *table, size_t count, const double *at_s, const double *rate,
                          double end_s, bool repeat)
{
    *table = (struct weir_rate_table){.count = count, .repeat = repeat};
    table->at_s = weir_alloc(count + 1, sizeof *table->at_s);
    table->rate = weir_alloc(count, sizeof *table->rate);
    table->items = weir_alloc(count + 1, sizeof *table->items);
    memcpy(table->at_s, at_s, count * sizeof *at_s);
    memcpy(table->rate, rate, count * sizeof *rate);
    table->at_s[count] = end_s;
    for (size_t i = 0; i < count; i++) /* 0 * INFINITY would be NaN */
        table->items[i + 1] = table->items[i] + (rate[i] > 0 ? rate[i] * (table->at_s[i + 1] - table->at_s[i]) : 0);
}

void weir_rate_table_fini(struct weir_rate_table *table)
{
    free(table->at_s);
    free(table->rate);
    free(table->items);
    *table = (struct weir_rate_table){0};
}

/* Moves a time of a repeating table into its first play; *plays is how many went by. */
static double fold(const struct weir_rate_table *table, double time_s, double *plays)
{
    *plays = 0;
    if (!table->repeat)
        return time_s;
    *plays = floor(time_s / table->at_s[table->count]);
    double rest_s = time_s - *plays * table->at_s[table->count];
    return rest_s > 0 ? rest_s : 0;
}

/* The piece that holds a time from 0 on; the last one for times beyond. */
static size_t piece_at(const struct weir_rate_table *table, double time_s)
{
    size_t low = 0, high = table->count - 1;
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (table->at_s[middle] <= time_s)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

double weir_rate_table_items(const struct weir_rate_table *table, double time_s)
{
    double plays;
    time_s = fold(table, time_s, &plays);
    if (time_s >= table->at_s[table->count])
        return table->items[table->count] * (plays + 1);
    size_t i = piece_at(table, time_s);
    double before = plays > 0 ? plays * table->items[table->count] : 0;
    return before + table->items[i] + table->rate[i] * (time_s - table->at_s[i]);
}

double weir_rate_table_rate(const struct weir_rate_table *table, double time_s)
{
    double plays;
    time_s = fold(table, time_s, &plays);
    return time_s >= table->at_s[table->count] ? 0 : table->rate[piece_at(table, time_s)];
}

int weir_load_read_steps(const struct weir_json *at, struct weir_load *load)
{
    struct weir_json steps, step, child;
    if (!weir_json_get(at, "steps", &steps) || !weir_json_is_array(&steps) || !weir_json_size(&steps))
        return weir_json_error(at, "\"steps\" must be a list such as [{\"at\": \"0s\", \"rate\": \"10/s\"}]");
    size_t count = (size_t)weir_json_size(&steps);
    double *at_s = weir_alloc(count + 1, sizeof *at_s);
    double *rate = weir_alloc(count + 1, sizeof *rate);
    size_t made = 0;
    int code = 0;
    for (size_t i = 0; i < count && !code; i++) {
        step = weir_json_at(&steps, (int)i);
        struct weir_step_read read = {0};
        code = weir_param_read(weir_step_keys, &step, &read);
        double time_s = read.at_s, items = read.rate;
        if (!code && made && time_s / load->speedup <= at_s[made - 1] && weir_json_get(&step, "at", &child))
            code = weir_json_error(&child, "%g s is not after the step before (%g s); put the steps in order of time",
                                   time_s, at_s[made - 1] * load->speedup);
        if (!made && time_s > 0)
            made++; /* nothing comes before the first step */
        at_s[made] = time_s / load->speedup;
        rate[made++] = items * load->scale;
    }
    if (!code)
        weir_rate_table_init(&load->table, made, at_s, rate, INFINITY, false);
    free(at_s);
    free(rate);
    return code;
}

#define PIECES_A_DAY  1440
#define PEAKS_AT_MOST 24

/* Integral from a to b of the wrapped bump exp(-d^2 / (2 width^2)), d the distance to the peak. */
static double bump_integral(double a, double b, double peak, double width)
{
    double sum = 0, root = width * M_SQRT2;
    for (int turn = -4; turn <= 4; turn++)
        sum += weir_erf((b - peak - turn) / root) - weir_erf((a - peak - turn) / root);
    return sum * width * sqrt(M_PI / 2);
}

/* rate(t) = base + (peak - base) s(t / period + offset) / max s, s the sum of the bumps. */
int weir_load_read_diurnal(const struct weir_json *at, struct weir_load *load)
{
    double peaks[PEAKS_AT_MOST] = {0.33, 0.75};
    int peak_count = 2;
    struct weir_json list;
    if (load->peak_per_s < load->base_per_s)
        return weir_json_error(at, "\"peak\" (%g/s) must not be below \"base\" (%g/s); exchange them", load->peak_per_s,
                               load->base_per_s);
    if (weir_json_get(at, "peaks", &list)) {
        peak_count = weir_json_size(&list);
        if (!weir_json_is_array(&list) || peak_count < 1 || peak_count > PEAKS_AT_MOST)
            return weir_json_error(&list, "must be a list of 1 to %d shares of the period, such as [0.33, 0.75]",
                                   PEAKS_AT_MOST);
        for (int i = 0; i < peak_count; i++) {
            struct weir_json peak = weir_json_at(&list, i);
            int code = weir_json_number(&peak, 0, 1, &peaks[i]);
            if (code)
                return code;
        }
    }
    double at_s[PIECES_A_DAY], rate[PIECES_A_DAY];
    double period_s = load->period_s / load->speedup, highest = 0;
    for (int i = 0; i < PIECES_A_DAY; i++) {
        double from = (double)i / PIECES_A_DAY + load->offset, to = (double)(i + 1) / PIECES_A_DAY + load->offset;
        rate[i] = 0;
        for (int p = 0; p < peak_count; p++)
            rate[i] += bump_integral(from, to, peaks[p], load->width) * PIECES_A_DAY;
        highest = rate[i] > highest ? rate[i] : highest;
        at_s[i] = period_s * i / PIECES_A_DAY;
    }
    for (int i = 0; i < PIECES_A_DAY; i++)
        rate[i] = load->scale * (load->base_per_s + (load->peak_per_s - load->base_per_s) * rate[i] / highest);
    weir_rate_table_init(&load->table, PIECES_A_DAY, at_s, rate, period_s, true);
    return 0;
}
