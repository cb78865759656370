#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/plan_state.h"
#include "sim/base/memory.h"

/* A wish for more than that, and than the operator may have, is not made out in full. */
#define FAR_TOO_MANY 10000

/* Where a new instance may go, in order of preference. */
enum group { GROUP_PRESENT, GROUP_DEFAULT, GROUP_REGION, GROUP_TIER, GROUP_NONE };

/* For one call of weir_plan_scale. */
struct scaling {
    const struct weir_view *view;
    const int *planned; /* [host] instances of all operators in the plan */
    enum group *group;  /* [host] */
    int *mine;          /* [host] instances of this operator, as asked for so far */
    int *added;         /* [host] those that this call adds or (negative) drops */
};

static bool known(const struct weir_view *view, int host)
{
    return host >= 0 && host < view->host_count;
}

static struct scaling scaling_begin(const struct weir_plan *plan, int job, int op, const struct weir_placement *now,
                                    int count)
{
    const struct weir_view *view = plan->view;
    const struct weir_operator_view *seen = &view->jobs[job].operators[op];
    struct scaling s = {.view = view, .planned = plan->used};
    s.group = weir_alloc((size_t)view->host_count, sizeof *s.group);
    s.mine = weir_alloc((size_t)view->host_count, sizeof *s.mine);
    s.added = weir_alloc((size_t)view->host_count, sizeof *s.added);
    int home = -1;
    for (int i = count - 1; i >= 0; i--)
        if (known(view, now[i].host)) {
            s.mine[now[i].host]++;
            home = now[i].host;
        }
    if (home < 0 && seen->where_count > 0 && known(view, seen->where[0]))
        home = seen->where[0];
    for (int h = 0; h < view->host_count; h++) {
        const struct weir_host_view *host = &view->hosts[h];
        if (home < 0 || host->tier != view->hosts[home].tier)
            s.group[h] = GROUP_NONE;
        else
            s.group[h] = strcmp(host->region, view->hosts[home].region) == 0 ? GROUP_REGION : GROUP_TIER;
    }
    for (int i = 0; i < seen->where_count; i++)
        if (known(view, seen->where[i]))
            s.group[seen->where[i]] = GROUP_DEFAULT;
    for (int i = 0; i < count; i++)
        if (known(view, now[i].host))
            s.group[now[i].host] = GROUP_PRESENT;
    return s;
}

static void scaling_end(struct scaling *s)
{
    free(s->group);
    free(s->mine);
    free(s->added);
}

/* CPU use that the host would come to: measured, and a whole core for each instance planned since then. */
static double load_of(const struct scaling *s, int h)
{
    const struct weir_host_view *host = &s->view->hosts[h];
    double cpu = isfinite(host->cpu) ? host->cpu : 1;
    int since = s->planned[h] + s->added[h] - host->instances;
    return cpu + (double)since / (host->cores > 0 ? host->cores : 1);
}

/* The host for one instance more, -1 if no slot is left: first one with a core to spare, by group, then any. */
static int host_to_add(const struct scaling *s)
{
    int best = -1;
    double best_load = 0;
    bool best_spare = false;
    for (int h = 0; h < s->view->host_count; h++) {
        const struct weir_host_view *host = &s->view->hosts[h];
        if (s->group[h] == GROUP_NONE || !host->up)
            continue;
        if (host->slots > 0 && s->planned[h] + s->added[h] >= host->slots)
            continue;
        double load = load_of(s, h);
        bool spare = load + 1.0 / (host->cores > 0 ? host->cores : 1) <= 1 + 1e-9;
        bool better = best < 0 || spare > best_spare;
        if (best >= 0 && spare == best_spare)
            better = s->group[h] != s->group[best] ? s->group[h] < s->group[best] : load < best_load;
        if (better) {
            best = h;
            best_load = load;
            best_spare = spare;
        }
    }
    return best;
}

/* The next instance to drop, -1: none. One on a host that is down, else, if there are too many, one on a host that
 * holds most of them; the last of those. */
static int instance_to_drop(const struct scaling *s, const struct weir_placement *now, int count, bool too_many)
{
    int worst = -1, worst_rank = too_many ? -1 : INT_MAX - 1;
    for (int i = count - 1; i >= 0; i--) {
        if (!known(s->view, now[i].host))
            return i;
        int rank = s->view->hosts[now[i].host].up ? s->mine[now[i].host] : INT_MAX;
        if (rank > worst_rank) {
            worst = i;
            worst_rank = rank;
        }
    }
    return worst;
}

void weir_plan_scale(struct weir_plan *plan, int job, int op, int count, const char *why, ...)
{
    if (!weir_plan_has(plan, job, op))
        return;
    int most = plan->view->jobs[job].operators[op].max_parallelism;
    if (count < 0)
        count = 0;
    if (count > FAR_TOO_MANY && count > most) /* it is refused either way */
        count = most > FAR_TOO_MANY ? most + 1 : FAR_TOO_MANY;
    int present;
    const struct weir_placement *now = weir_plan_get(plan, job, op, &present);
    struct weir_placement *wish = weir_alloc((size_t)(count > present ? count : present), sizeof *wish);
    if (present > 0)
        memcpy(wish, now, (size_t)present * sizeof *wish);
    struct scaling s = scaling_begin(plan, job, op, now, present);

    struct weir_placement fresh = {.weight = 1, .cpu_share = 1};
    if (present > 0) {
        fresh = now[0];
        fresh.weight = 0;
        for (int i = 0; i < present; i++)
            fresh.weight += now[i].weight;
        fresh.weight /= present;
    }
    int size = present;
    for (int drop; (drop = instance_to_drop(&s, wish, size, size > count)) >= 0;) {
        if (known(s.view, wish[drop].host)) {
            s.mine[wish[drop].host]--;
            s.added[wish[drop].host]--;
        }
        size--;
        memmove(&wish[drop], &wish[drop + 1], (size_t)(size - drop) * sizeof *wish);
    }
    while (size < count) {
        int h = host_to_add(&s);
        if (h < 0)
            break;
        fresh.host = h;
        wish[size++] = fresh;
        s.mine[h]++;
        s.added[h]++;
    }
    scaling_end(&s);
    if (size > 0 || count == 0) { /* with no host left, things stay as they are */
        va_list args;
        va_start(args, why);
        weir_plan_put(plan, job, op, wish, size, why, args);
        va_end(args);
    }
    free(wish);
}
