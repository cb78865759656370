#include "policies/support/hpa.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

const char *const weir_hpa_selects[] = {"Max", "Min", "Disabled", NULL};

/* ---- from metrics to a recommendation ---- */

static int ceiling(double replicas)
{
    double up = ceil(replicas);
    return up >= INT_MAX ? INT_MAX : up > 0 ? (int)up : 0;
}

/* Usage over requests in whole percent, as the controller reckons it, in thousandths of a core. */
static int percent_of(double usage, double request)
{
    double percent = floor(100 * floor(1000 * usage + 1e-6) / fmax(floor(1000 * request + 1e-6), 1));
    return percent >= INT_MAX ? INT_MAX : (int)percent;
}

int weir_hpa_utilization(const struct weir_hpa_pod *pods, int count, int target, double tolerance, int replicas,
                         int *percent)
{
    double usage = 0, request = 0, missing = 0, ignored = 0;
    int ready = 0, missing_count = 0, ignored_count = 0;
    for (int i = 0; i < count; i++) {
        if (pods[i].phase == WEIR_HPA_READY) {
            usage += pods[i].usage;
            request += pods[i].request;
            ready++;
        } else if (pods[i].phase == WEIR_HPA_MISSING) {
            missing += pods[i].request;
            missing_count++;
        } else {
            ignored += pods[i].request;
            ignored_count++;
        }
    }
    *percent = 0;
    if (!ready)
        return -1;
    *percent = percent_of(usage, request);
    double ratio = (double)*percent / target;
    bool rebalance = ignored_count > 0 && ratio > 1;
    if (!rebalance && !missing_count)
        return fabs(1 - ratio) <= tolerance ? replicas : ceiling(ratio * ready);
    /* Those of which nothing is known are taken to use all or nothing, so that the change is the smaller one. */
    double all_usage = usage, all_request = request;
    int all = ready;
    if (missing_count && ratio != 1) {
        all_usage += ratio < 1 ? missing * fmax(100, target) / 100 : 0;
        all_request += missing;
        all += missing_count;
    }
    if (rebalance) {
        all_request += ignored;
        all += ignored_count;
    }
    double again = (double)percent_of(all_usage, all_request) / target;
    if (fabs(1 - again) <= tolerance || (ratio < 1 && again > 1) || (ratio > 1 && again < 1))
        return replicas;
    int wanted = ceiling(again * all);
    return (again < 1 && wanted > replicas) || (again > 1 && wanted < replicas) ? replicas : wanted;
}

int weir_hpa_average(double value, double target, double tolerance, int replicas)
{
    double ratio = value / (target * replicas);
    return fabs(1 - ratio) <= tolerance ? replicas : ceiling(value / target);
}

/* ---- from a recommendation to a number ---- */

void weir_hpa_memory_fini(struct weir_hpa_memory *memory)
{
    weir_patience_fini(&memory->recommendations);
    free(memory->ups);
    free(memory->downs);
    *memory = (struct weir_hpa_memory){0};
}

/* Adds one, and forgets those older than keep_s. */
static void keep_event(struct weir_hpa_event **list, size_t *count, size_t *capacity, double now_s, int what,
                       double keep_s)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if ((*list)[i].time_s > now_s - keep_s)
            (*list)[kept++] = (*list)[i];
    *list = weir_grow(*list, kept + 1, capacity, sizeof **list);
    (*list)[kept] = (struct weir_hpa_event){now_s, what};
    *count = kept + 1;
}

static int sum_since(const struct weir_hpa_event *list, size_t count, double after_s)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].time_s > after_s)
            sum += list[i].count;
    return sum;
}

/* What a policy of so many pods or percent lets the number come to, of the two of a direction. */
static int limit(const struct weir_hpa_scaling *rules, const struct weir_hpa_memory *memory, double now_s, int replicas,
                 bool is_up)
{
    if (rules->select == WEIR_HPA_DISABLED)
        return replicas;
    bool largest = (rules->select == WEIR_HPA_MAX) == is_up;
    double result = largest ? -INFINITY : INFINITY;
    for (int p = 0; p < 2; p++) {
        int value = p ? rules->percent : rules->pods;
        double after_s = now_s - (p ? rules->percent_s : rules->pods_s);
        if (!value)
            continue;
        double start = (double)replicas - sum_since(memory->ups, memory->up_count, after_s) +
                       sum_since(memory->downs, memory->down_count, after_s);
        double proposed = p ? start * (1 + (is_up ? value : -value) / 100.0) : start + (is_up ? value : -value);
        proposed = p && is_up ? ceil(proposed - 1e-9) : trunc(proposed + 1e-9);
        result = largest ? fmax(result, proposed) : fmin(result, proposed);
    }
    result = is_up ? fmax(result, replicas) : fmin(result, replicas); /* nothing more until what was done is past */
    return result >= INT_MAX ? INT_MAX : result <= 0 ? 0 : (int)result;
}

int weir_hpa_normalize(const struct weir_hpa_behavior *behavior, struct weir_hpa_memory *memory, double now_s,
                       int replicas, int recommendation, int least, int most)
{
    struct weir_patience_rule rule = {.up = {.windows = 1, .stabilize_s = behavior->up.window_s},
                                      .down = {.windows = 1, .stabilize_s = behavior->down.window_s}};
    int wanted = weir_patience_ask(&memory->recommendations, &rule, now_s, replicas, recommendation);
    if (wanted > replicas) {
        int up = limit(&behavior->up, memory, now_s, replicas, true);
        most = up < most ? up : most;
        return wanted > most ? most : wanted;
    }
    if (wanted < replicas) {
        int down = limit(&behavior->down, memory, now_s, replicas, false);
        least = down > least ? down : least;
        return wanted < least ? least : wanted;
    }
    return wanted;
}

void weir_hpa_scaled(const struct weir_hpa_behavior *behavior, struct weir_hpa_memory *memory, double now_s, int from,
                     int to)
{
    double keep_s =
        fmax(fmax(behavior->up.pods_s, behavior->up.percent_s), fmax(behavior->down.pods_s, behavior->down.percent_s));
    if (to > from)
        keep_event(&memory->ups, &memory->up_count, &memory->up_capacity, now_s, to - from, keep_s);
    if (to < from)
        keep_event(&memory->downs, &memory->down_count, &memory->down_capacity, now_s, from - to, keep_s);
}

bool weir_hpa_due(double *due_s, double now_s, double period_s)
{
    if (now_s < *due_s - 1e-9)
        return false;
    double passed = period_s > 0 ? floor((now_s - *due_s + 1e-9) / period_s) : 0;
    *due_s += (passed + 1) * period_s;
    return true;
}
