/* The walk through the arrivals of a load: exact, by the integral of the rate, a few tens of nanoseconds an item. */
#include <math.h>

#include "sim/model/load_parts.h"

struct weir_arrivals weir_arrivals_open(const struct weir_load *load, unsigned long long seed, const char *name)
{
    struct weir_arrivals walk = {.load = load, .stream = weir_stream_open(seed, name), .factor = 1};
    if (load->kind == WEIR_LOAD_BURSTS) {
        /* In the long run the busy state holds for mean_high / (mean_low + mean_high) of the time; a stay that has
         * already begun lasts as long as a new one, being exponential. */
        double busy = load->mean_high_s / (load->mean_low_s + load->mean_high_s);
        walk.phase = weir_stream_uniform(&walk.stream) < busy;
        walk.inner_s = weir_stream_exponential(&walk.stream, walk.phase ? load->mean_high_s : load->mean_low_s);
    } else if (load->begin_s > 0 && load->event_s) {
        while (walk.index < load->event_count && load->event_s[walk.index] < load->begin_s)
            walk.index++;
    } else if (load->begin_s > 0) {
        walk.carry = weir_rate_table_items(&load->table, load->begin_s);
    }
    return walk;
}

/* Markov-modulated Poisson process: an exponential amount of expected items is used up, state by state. */
static double next_in_bursts(struct weir_arrivals *walk, double from_s)
{
    const struct weir_load *load = walk->load;
    double items = weir_stream_exponential(&walk->stream, 1) / walk->factor;
    for (;;) {
        double rate = walk->phase ? load->high_per_s : load->low_per_s;
        double left = rate * (walk->inner_s - from_s);
        if (items < left)
            return from_s + items / rate;
        items -= left;
        from_s = walk->inner_s;
        walk->phase = !walk->phase;
        walk->inner_s += weir_stream_exponential(&walk->stream, walk->phase ? load->mean_high_s : load->mean_low_s);
    }
}

/* Time change: arrival n is where the integral of the rate reaches the n-th point of a unit Poisson process (or n
 * itself). carry: that integral in the present play; index: the piece; inner_s: plays gone by. */
static double next_in_table(struct weir_arrivals *walk)
{
    const struct weir_load *load = walk->load;
    const struct weir_rate_table *table = &load->table;
    const double *items = table->items;
    if (load->arrivals == WEIR_LOAD_ARRIVE_POISSON)
        walk->carry += weir_stream_exponential(&walk->stream, 1) / (load->times * walk->factor);
    else if (walk->count > 0)
        walk->carry += 1 / (load->times * walk->factor);
    double total = items[table->count];
    if (walk->carry >= total) {
        if (!table->repeat || total <= 0)
            return INFINITY;
        double plays = floor(walk->carry / total);
        walk->carry -= plays * total;
        if (walk->carry < 0)
            walk->carry = 0;
        walk->inner_s += plays;
        walk->index = 0;
    }
    size_t low = walk->index;
    for (int near = 0; near < 4 && items[low + 1] <= walk->carry; near++)
        low++;
    if (items[low + 1] <= walk->carry) {
        size_t high = table->count - 1; /* the piece is the first that ends beyond carry */
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (items[middle + 1] > walk->carry)
                high = middle;
            else
                low = middle + 1;
        }
    }
    walk->index = low;
    double time_s = table->at_s[low] + (walk->carry - items[low]) / table->rate[low];
    if (time_s > table->at_s[low + 1])
        time_s = table->at_s[low + 1];
    return walk->inner_s > 0 ? time_s + walk->inner_s * table->at_s[table->count] : time_s;
}

/* index: events taken; carry: items owed of the last one; inner_s: plays gone by. */
static double next_in_events(struct weir_arrivals *walk)
{
    const struct weir_load *load = walk->load;
    while (walk->carry < 1 - 1e-9) {
        if (walk->index == load->event_count) {
            if (!load->repeat && !load->wrap)
                return INFINITY;
            walk->index = 0;
            walk->inner_s += 1;
        }
        walk->index++;
        walk->carry += load->scale * load->times * walk->factor;
    }
    walk->carry -= 1;
    return load->event_s[walk->index - 1] + walk->inner_s * load->event_period_s;
}

void weir_arrivals_scale(struct weir_arrivals *walk, double factor)
{
    /* Evenly spaced items are counted from a date: inner_s, when item `index` came. */
    if (walk->load->kind == WEIR_LOAD_CONSTANT && walk->count > 0 && !isinf(walk->time_s)) {
        walk->inner_s = walk->time_s - walk->load->start_s;
        walk->index = walk->count - 1;
    }
    walk->factor = factor;
}

double weir_arrivals_next(struct weir_arrivals *walk)
{
    const struct weir_load *load = walk->load;
    if (isinf(walk->time_s) || (load->count > 0 && walk->count >= (unsigned long long)load->count))
        return walk->time_s = INFINITY;
    double time_s = INFINITY;
    double last_s = walk->count > 0 ? walk->time_s - load->start_s : 0;
    switch (load->kind) {
    case WEIR_LOAD_CONSTANT:
        if (load->rate_per_s > 0)
            time_s = walk->inner_s + (double)(walk->count - walk->index) / (load->rate_per_s * walk->factor);
        break;
    case WEIR_LOAD_POISSON:
        if (load->rate_per_s > 0)
            time_s = last_s + weir_stream_exponential(&walk->stream, 1 / (load->rate_per_s * walk->factor));
        break;
    case WEIR_LOAD_BURSTS:
        time_s = next_in_bursts(walk, last_s);
        break;
    default:
        time_s = (load->event_s ? next_in_events(walk) : next_in_table(walk)) - load->begin_s;
        if (load->stop_s > 0 && time_s >= load->stop_s)
            time_s = INFINITY;
        break;
    }
    time_s += load->start_s;
    if (load->end_s > 0 && time_s >= load->end_s)
        time_s = INFINITY;
    if (time_s < walk->time_s) /* not even by rounding */
        time_s = walk->time_s;
    walk->count++;
    return walk->time_s = time_s;
}
