/* Consolidation: instances on as few hosts as their use allows, the others asleep. docs/policies/consolidate.md. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/support/memo.h"
#include "policies/support/packing.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct consolidate {
    double low, high, headroom, idle_s, cooldown_s;
    int windows, spare;
    bool stateful;
    struct weir_memo memo; /* struct past of each operator */
    struct host_past {
        double empty_s; /* without an instance since then; -1: it has some */
        long under;     /* windows in a row with use below low */
    } * hosts;
    int host_count;
};

/* What an operator has used in the last windows, flop/s of its class, the latest last; and when it was moved. */
#define PAST_AT_MOST 32
struct past {
    double work[PAST_AT_MOST];
    long seen;
    bool moved;
    double moved_s;
};

static const struct weir_param params[] = {
    WEIR_PARAM_ROW(struct consolidate, "high", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, high, "0.8", 0.01, 1,
                   "Share of a host's cores that may be in use once instances are packed there."),
    WEIR_PARAM_ROW(struct consolidate, "low", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, low, "0.5", 0, 1,
                   "Share of a host's cores in use, up to which its instances are moved away; 0: none are."),
    WEIR_PARAM_ROW(struct consolidate, "headroom", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, headroom, "0.25", 0, 100,
                   "Share of what is used for which hosts stay awake besides."),
    WEIR_PARAM_ROW(struct consolidate, "windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, windows, "3", 1, PAST_AT_MOST,
                   "Windows whose greatest use counts, and in a row that a host must be below low."),
    WEIR_PARAM_ROW(
        struct consolidate, "idle", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, idle_s, "1min", 0, 1e9,
        "Time without an instance before a host goes to sleep; longer if its boot costs more than that saves."),
    WEIR_PARAM_ROW(struct consolidate, "spare", WEIR_PARAM_INT, WEIR_UNIT_NONE, spare, "0", 0, 1000000,
                   "Hosts of a region and tier that stay awake without an instance."),
    WEIR_PARAM_ROW(struct consolidate, "cooldown", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, cooldown_s, "2min", 0, 1e9,
                   "Least time between two moves of an operator."),
    WEIR_PARAM_ROW(struct consolidate, "stateful", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, stateful, "true", 0, 1,
                   "Whether operators with state are moved, too."),
    {0},
};

static int create(void *state, const struct weir_policy_env *env)
{
    struct consolidate *self = state;
    self->memo.record_size = sizeof(struct past);
    if (self->low >= self->high)
        return weir_error(WEIR_EINPUT, "\"low\" (%g) must be below \"high\" (%g)", self->low, self->high);
    return WEIR_OK;
}

/* What all instances of an operator use together, flop/s of its class: busy time of cores of their hosts. One that has
 * no time yet is taken to use its whole share of a core. */
static double work_now(const struct weir_view *view, const struct weir_operator_view *op)
{
    double work = 0;
    for (int i = 0; i < op->instance_count; i++) {
        double busy = op->instance_busy ? op->instance_busy[i] : NAN;
        const struct weir_placement *at = &op->instances[i];
        work += (isnan(busy) ? 1 : busy) * at->cpu_share * weir_view_speed(&view->hosts[at->host], op);
    }
    return work;
}

/* By how much more comes within the time that waking a host takes than came in the last window, as far as a policy
 * before foresees it; 1 at least. */
static double growth_of(const struct weir_view *view, const struct weir_plan *plan, int job, int op, double lead_s)
{
    const double *per_s;
    double now = view->jobs[job].operators[op].arrival_rate, most = now;
    int steps = weir_plan_foreseen(plan, job, op, &per_s);
    if (!steps) {
        now = most = view->jobs[job].ingress_rate;
        steps = weir_plan_foreseen(plan, job, -1, &per_s);
    }
    for (int k = 0; k < steps && k * view->window_s < lead_s; k++)
        most = fmax(most, per_s[k]);
    return now > 0 ? most / now : 1;
}

/* The work that counts for an operator: the greatest of the last windows, and what is foreseen. */
static double work_of(struct consolidate *self, const struct weir_view *view, const struct weir_plan *plan, int j,
                      int o, double lead_s)
{
    struct past *past = weir_memo_at(&self->memo, view, j, o);
    double most = 0;
    past->work[past->seen++ % self->windows] = work_now(view, &view->jobs[j].operators[o]);
    for (int w = 0; w < self->windows && w < past->seen; w++)
        most = fmax(most, past->work[w]);
    return most * growth_of(view, plan, j, o, lead_s);
}

/* Whether an operator's instances may be moved at the end of this window. */
static bool may_move(struct consolidate *self, const struct weir_view *view, int j, int o)
{
    const struct weir_operator_view *op = &view->jobs[j].operators[o];
    const struct past *past = weir_memo_at(&self->memo, view, j, o);
    bool cools = past->moved && view->time_s < past->moved_s + self->cooldown_s;
    return !op->changing && !cools && (self->stateful || !op->stateful);
}

/* What a policy before has just changed is left to it. */
static bool is_as_deployed(const struct weir_operator_view *op, const struct weir_placement *list, int count)
{
    bool same = count == op->instance_count;
    for (int i = 0; i < count && same; i++)
        same = list[i].host == op->instances[i].host;
    return same;
}

static void add_operator(struct consolidate *self, struct weir_packing *pack, const struct weir_view *view,
                         const struct weir_plan *plan, int j, int o, double lead_s)
{
    int count;
    const struct weir_placement *list = weir_plan_get(plan, j, o, &count);
    double work = work_of(self, view, plan, j, o, lead_s);
    bool moves = may_move(self, view, j, o) && is_as_deployed(&view->jobs[j].operators[o], list, count);
    for (int i = 0; i < count; i++)
        weir_packing_add(pack, j, o, i, &list[i], work / count, moves);
}

static void init_hosts(struct consolidate *self, const struct weir_view *view)
{
    if (self->hosts)
        return;
    self->host_count = view->host_count;
    self->hosts = weir_alloc((size_t)view->host_count, sizeof *self->hosts);
    for (int h = 0; h < view->host_count; h++)
        self->hosts[h].empty_s = -1;
}

/* How far ahead load is looked for: what a boot takes, and two windows, until instances are there. */
static double lead_s(const struct weir_view *view)
{
    double longest_s = 0;
    for (int h = 0; h < view->host_count; h++)
        longest_s = fmax(longest_s, view->hosts[h].boot_time_s);
    return longest_s + 2 * view->window_s;
}

/* Seconds without an instance before it sleeps: those for which it would have to sleep for its boot to cost no more
 * than that saves, at least. INFINITY: it never pays. */
static double patience_s(const struct consolidate *self, const struct weir_host_view *host)
{
    if (isnan(host->idle_w))
        return self->idle_s;
    double saves_w = host->idle_w - host->off_w, costs_j = host->boot_time_s * (host->boot_w - host->idle_w);
    return saves_w > 0 ? fmax(self->idle_s, costs_j / saves_w) : INFINITY;
}

/* What the hosts of a group must be able to do. */
static double wanted(const struct consolidate *self, const struct weir_packing *pack, int group)
{
    return weir_packing_need(pack, group) * (1 + self->headroom) / self->high;
}

/* Of hosts with more in use than `high` the smallest instances move away, until it fits; what finds no room elsewhere
 * waits for a host that is woken. */
static void relieve(const struct consolidate *self, struct weir_packing *pack, int host)
{
    double most = self->high * pack->view->hosts[host].cores;
    while (pack->hosts[host].used > most * (1 + 1e-9) && pack->hosts[host].count > 1) {
        struct weir_packing_item *least = NULL;
        for (int i = 0; i < pack->item_count; i++) {
            struct weir_packing_item *item = &pack->items[i];
            if (item->to == host && item->host == host && item->moves &&
                (!least || weir_packing_cores(pack, item, host) < weir_packing_cores(pack, least, host)))
                least = item;
        }
        int to = least ? weir_packing_find(pack, least, self->high, true) : -1;
        if (to < 0)
            return;
        weir_packing_move(pack, least, to);
    }
}

/* Wakes hosts, those that boot soonest first, until there is room for what is wanted. */
static void wake(const struct consolidate *self, struct weir_packing *pack, struct weir_plan *plan, int group,
                 double more)
{
    const struct weir_view *view = pack->view;
    double want = wanted(self, pack, group) + more / self->high, room = weir_packing_room(pack, group, -1);
    bool *woken = weir_alloc((size_t)view->host_count, sizeof *woken);
    while (room < want * (1 - 1e-9)) {
        int next = -1;
        for (int h = 0; h < view->host_count; h++)
            if (pack->hosts[h].group == group && view->hosts[h].asleep && !woken[h] &&
                (next < 0 || view->hosts[h].boot_s < view->hosts[next].boot_s))
                next = h;
        if (next < 0)
            break;
        weir_plan_wake(plan, next, "%.4g of %.4g flop/s wanted are awake", room, want);
        room += view->hosts[next].cores * view->hosts[next].speed_flops_per_s;
        woken[next] = true;
    }
    free(woken);
}

static bool is_under(const struct consolidate *self, const struct weir_packing *pack, int host)
{
    return pack->hosts[host].used <= self->low * pack->view->hosts[host].cores;
}

/* Empties the host of the group with the least in use, of those that were below `low` for long enough. */
static void drain(struct consolidate *self, struct weir_packing *pack, int group)
{
    const struct weir_view *view = pack->view;
    bool *tried = weir_alloc((size_t)view->host_count, sizeof *tried);
    for (;;) {
        int next = -1;
        for (int h = 0; h < view->host_count; h++) {
            const struct weir_packing_host *host = &pack->hosts[h];
            if (host->group == group && !tried[h] && view->hosts[h].up && view->hosts[h].may_sleep && host->count &&
                !host->fixed && self->hosts[h].under >= self->windows && isfinite(patience_s(self, &view->hosts[h])) &&
                (next < 0 || host->used <= pack->hosts[next].used)) /* of equals the last: the first stay in use */
                next = h;
        }
        if (next < 0)
            break;
        tried[next] = true;
        if (weir_packing_room(pack, group, next) >= wanted(self, pack, group) &&
            weir_packing_drain(pack, next, self->high))
            break;
    }
    free(tried);
}

/* Hosts without an instance sleep, if what is left can do what is wanted. */
static void send_to_sleep(struct consolidate *self, struct weir_packing *pack, struct weir_plan *plan, int group)
{
    const struct weir_view *view = pack->view;
    int spare = 0;
    for (int h = view->host_count - 1; h >= 0; h--) {
        const struct weir_host_view *host = &view->hosts[h];
        bool idle = pack->hosts[h].group == group && host->up && !host->instances && !pack->hosts[h].count;
        if (!idle || !host->may_sleep)
            continue;
        double waits_s = patience_s(self, host), since_s = view->time_s - self->hosts[h].empty_s;
        bool spared = self->spare > spare;
        if (spared || self->hosts[h].empty_s < 0 || since_s < waits_s ||
            weir_packing_room(pack, group, h) < wanted(self, pack, group)) {
            spare++;
            continue;
        }
        weir_plan_sleep(plan, h, "without an instance for %.4g s, and %.4g s are enough", since_s, waits_s);
        pack->hosts[h].closed = true;
    }
}

/* Writes the moves into the plan, an operator at a time: its instances follow each other. */
static void write_moves(struct consolidate *self, const struct weir_packing *pack, struct weir_plan *plan)
{
    for (int first = 0, end; first < pack->item_count; first = end) {
        const struct weir_packing_item *item = &pack->items[first];
        int moved = 0, count;
        for (end = first;
             end < pack->item_count && pack->items[end].job == item->job && pack->items[end].op == item->op; end++)
            moved += pack->items[end].to != pack->items[end].host;
        if (!moved)
            continue;
        const struct weir_placement *planned = weir_plan_get(plan, item->job, item->op, &count);
        struct weir_placement *list = weir_alloc((size_t)count, sizeof *list);
        memcpy(list, planned, (size_t)count * sizeof *list);
        for (int i = first; i < end; i++)
            list[pack->items[i].index].host = pack->items[i].to;
        weir_plan_set(plan, item->job, item->op, list, count, "%d of %d to hosts in use, %.3g cores", moved, count,
                      weir_packing_cores(pack, item, item->to) * count);
        struct past *past = weir_memo_at(&self->memo, pack->view, item->job, item->op);
        past->moved = true;
        past->moved_s = pack->view->time_s;
        free(list);
    }
}

static void note_hosts(struct consolidate *self, const struct weir_packing *pack)
{
    for (int h = 0; h < self->host_count; h++) {
        struct host_past *past = &self->hosts[h];
        bool empty = !pack->view->hosts[h].instances && !pack->hosts[h].count;
        past->empty_s = !empty ? -1 : past->empty_s < 0 ? pack->view->time_s : past->empty_s;
        past->under = is_under(self, pack, h) ? past->under + 1 : 0;
    }
}

static void add_all(struct consolidate *self, struct weir_packing *pack, const struct weir_view *view,
                    const struct weir_plan *plan)
{
    init_hosts(self, view);
    weir_packing_init(pack, view, plan);
    for (int j = 0; j < view->job_count; j++)
        for (int o = 0; o < view->jobs[j].operator_count && view->jobs[j].running; o++)
            add_operator(self, pack, view, plan, j, o, lead_s(view));
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct consolidate *self = state;
    struct weir_packing pack;
    add_all(self, &pack, view, plan);
    note_hosts(self, &pack);
    for (int h = 0; h < view->host_count; h++)
        if (view->hosts[h].up)
            relieve(self, &pack, h);
    for (int g = 0; g < pack.group_count; g++) {
        wake(self, &pack, plan, g, 0);
        drain(self, &pack, g);
        send_to_sleep(self, &pack, plan, g);
    }
    write_moves(self, &pack, plan);
    weir_packing_fini(&pack);
    return WEIR_OK;
}

/* It gives way: hosts are woken for what the job's load says, where its instances are placed and where they would be.
 */
static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    struct consolidate *self = state;
    const struct weir_job_view *arriving = &view->jobs[job];
    struct weir_packing pack;
    init_hosts(self, view);
    weir_packing_init(&pack, view, plan);
    double *more = weir_alloc((size_t)pack.group_count, sizeof *more);
    for (int j = 0; j < view->job_count; j++)
        for (int o = 0; o < view->jobs[j].operator_count && view->jobs[j].running && j != job; o++) {
            const struct weir_operator_view *op = &view->jobs[j].operators[o];
            for (int i = 0; i < op->instance_count; i++)
                weir_packing_add(&pack, j, o, i, &op->instances[i], work_now(view, op) / op->instance_count, false);
        }
    for (int o = 0; o < arriving->operator_count; o++) {
        const struct weir_operator_view *op = &arriving->operators[o];
        double rate =
            isfinite(arriving->declared_items) && arriving->declared_items <= 1 ? 0 : arriving->declared_items_per_s;
        int count;
        weir_plan_get(plan, job, o, &count);
        double least = count * (op->where_count ? view->hosts[op->where[0]].speed_flops_per_s : 0);
        if (op->where_count)
            more[pack.hosts[op->where[0]].group] += fmax(rate * op->flops_per_item, least);
    }
    for (int g = 0; g < pack.group_count; g++)
        if (more[g] > 0)
            wake(self, &pack, plan, g, more[g]);
    free(more);
    weir_packing_fini(&pack);
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct consolidate *self = state;
    (void)view;
    weir_memo_forget(&self->memo, job);
}

static void destroy(void *state)
{
    struct consolidate *self = state;
    weir_memo_fini(&self->memo);
    free(self->hosts);
}

const struct weir_policy weir_policy_consolidate = {
    .abi = WEIR_POLICY_ABI,
    .name = "consolidate",
    .summary = "Packs instances on few hosts, sends idle hosts to sleep, and wakes them before load comes.",
    .source = "beloglazov-2012",
    .state_size = sizeof(struct consolidate),
    .params = params,
    .create = create,
    .job_arrives = job_arrives,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
