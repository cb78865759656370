#include "sim/generate/events.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/date.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"

void weir_events_add(struct weir_events *events, double time_s, double weight)
{
    events->event = weir_grow(events->event, events->count + 1, &events->capacity, sizeof *events->event);
    events->event[events->count++] = (struct weir_log_event){time_s, weight};
    events->lines++;
}

void weir_events_wrong(struct weir_events *events, size_t line)
{
    if (events->wrong++ == 0)
        events->first_wrong = line;
    events->lines++;
}

static int check(const struct weir_events *events, const char *input, const char *expected)
{
    if (events->wrong > 0 && 20 * events->wrong >= events->lines)
        return weir_error(WEIR_EINPUT, "%s:%zu: is not %s; %zu of %zu lines are none", input, events->first_wrong,
                          expected, events->wrong, events->lines);
    if (events->count == 0 && events->left_out > 0)
        return weir_error(WEIR_EINPUT, "%s: the options leave all of its %zu events out; choose others", input,
                          events->left_out);
    if (events->count == 0)
        return weir_error(WEIR_EINPUT, "%s: has no events; a line of it is %s", input, expected);
    return WEIR_OK;
}

/* First and last time. */
static void find_span(const struct weir_events *events, double *first_s, double *last_s)
{
    *first_s = INFINITY;
    *last_s = -INFINITY;
    for (size_t i = 0; i < events->count; i++) {
        *first_s = fmin(*first_s, events->event[i].time_s);
        *last_s = fmax(*last_s, events->event[i].time_s);
    }
}

int weir_events_write(struct weir_events *events, const struct weir_rates_options *options, const char *input,
                      const char *expected, FILE *out)
{
    struct weir_rates_options rates = *options;
    char from[WEIR_DATE_SIZE], to[WEIR_DATE_SIZE];
    double first_s, last_s;
    size_t windows;
    int code = check(events, input, expected);
    if (code)
        return code;
    find_span(events, &first_s, &last_s);
    weir_remark("%s: %zu events, %s to %s", input, events->count, weir_date_show(first_s, from),
                weir_date_show(last_s, to));
    if (events->left_out > 0)
        weir_remark("%s: %zu events are left out by the options", input, events->left_out);
    if (events->wrong > 0)
        weir_remark("%s: %zu lines are not %s and are left out, the first of them line %zu", input, events->wrong,
                    expected, events->first_wrong);
    if (rates.duration_s == 0 && rates.step_s > 0)
        rates.duration_s = floor((last_s - first_s) / rates.step_s) * rates.step_s;
    code = weir_rates_count(&rates, &windows);
    if (code)
        return code;
    double *sum = weir_alloc(windows, sizeof *sum);
    for (size_t i = 0; i < events->count; i++) {
        double window = floor((events->event[i].time_s - first_s) / rates.step_s);
        if (window < (double)windows)
            sum[(size_t)window] += events->event[i].weight;
    }
    weir_rates_header(out);
    for (size_t i = 0; i < windows; i++)
        weir_rates_write(&rates, (double)i * rates.step_s, sum[i] / rates.step_s, out);
    free(sum);
    return WEIR_OK;
}

void weir_events_fini(struct weir_events *events)
{
    free(events->event);
    *events = (struct weir_events){0};
}
