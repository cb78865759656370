/* What each vertex shall have, and whether the job is rescaled for it. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/flink_autoscaler/flink.h"
#include "sim/base/memory.h"

/* What is wanted of a vertex. */
struct change {
    int to; /* 0: nothing */
    bool outside;
    double expected;
};

int flink_align(enum flink_alignment mode, int groups, int present, int wanted, int most)
{
    most = groups < most ? groups : most;
    int end = wanted > present ? most : present < most ? present : most;
    for (int p = wanted; mode != FLINK_OFF && p > 0 && p <= end; p++)
        if (groups % p == 0 || (mode == FLINK_BALANCED && groups / p < groups / wanted))
            return p;
    return wanted;
}

static bool is_excluded(const struct flink *self, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = self->excluded; at && *at;) {
        size_t word = strcspn(at, ";");
        if (word == length && strncmp(at, name, length) == 0)
            return true;
        at += word + (at[word] == ';');
    }
    return false;
}

/* The parallelism for a factor, within its limits, spread over the groups of keys. */
static int parallelism_for(const struct flink *self, const struct weir_operator_view *op, double factor)
{
    int present = op->instance_count;
    int least = self->least < present ? self->least : present, most = self->most > present ? self->most : present;
    most = op->max_parallelism < most ? op->max_parallelism : most;
    double raw = ceil(factor * present);
    int wanted = raw >= INT_MAX ? INT_MAX : (int)raw;
    wanted = wanted > least ? wanted : least;
    wanted = wanted < most ? wanted : most;
    if (wanted == present || !op->key_groups)
        return wanted;
    return flink_align((enum flink_alignment)self->alignment, op->key_groups, present, wanted, most);
}

static void clear(struct flink_vertex *vertex)
{
    vertex->delayed_count = 0;
}

/* Whether the last rescale up brought less than it should have. */
static bool is_ineffective(const struct flink *self, struct flink_vertex *vertex, int present, double rate,
                           struct weir_plan *plan, int j, const char *name)
{
    if (!vertex->scaled || vertex->to != present || vertex->to <= vertex->from)
        return false;
    double expected = vertex->expected - vertex->rate, actual = rate - vertex->rate;
    if (actual / expected >= self->effective || !self->effectiveness)
        return false;
    if (!vertex->told)
        weir_plan_note(plan, j, "ineffective scaling of %s: %.4g/s more expected, %.4g/s came; it is not scaled up",
                       name, expected, actual);
    vertex->told = true;
    return true;
}

/* A scale-down waits for its interval, and is then to the most that was recommended in it. */
static struct change delay(const struct flink *self, struct flink_vertex *vertex, double now_s, struct change change)
{
    if (!(self->down_interval_s > 0))
        return change;
    if (!vertex->delayed_count)
        vertex->first_s = now_s;
    while (vertex->delayed_count && vertex->delayed[vertex->delayed_count - 1].parallelism <= change.to)
        vertex->delayed_count--;
    vertex->delayed =
        weir_grow(vertex->delayed, vertex->delayed_count + 1, &vertex->delayed_capacity, sizeof *vertex->delayed);
    vertex->delayed[vertex->delayed_count++] = (struct flink_delayed){now_s, change.to, change.outside};
    double start_s = now_s - self->down_interval_s;
    if (start_s < vertex->first_s - 1e-9)
        return (struct change){0};
    size_t old = 0;
    while (vertex->delayed[old].time_s < start_s - 1e-9)
        old++;
    return (struct change){
        .to = vertex->delayed[old].parallelism, .outside = vertex->delayed[old].outside, .expected = change.expected};
}

static struct change look(const struct flink *self, struct flink_job *job, const struct weir_view *view, int j, int v,
                          const struct flink_evaluated *seen, struct weir_plan *plan)
{
    const struct weir_operator_view *op = &view->jobs[j].operators[v];
    struct flink_vertex *vertex = &job->vertices[v];
    struct change none = {0}, change = {0};
    int present = op->instance_count;
    double capacity = flink_capacity(self, seen, self->target, flink_restart_s(self, job));
    if (!present || op->max_parallelism < 1 || isnan(seen->true_rate) || isnan(capacity) || is_excluded(self, op->name))
        return none;
    double factor = capacity / seen->true_rate;
    factor = factor < 1 - self->down_factor ? 1 - self->down_factor : factor;
    factor = factor > 1 + self->up_factor ? 1 + self->up_factor : factor;
    if (isnan(factor))
        return none;
    change.to = parallelism_for(self, op, factor);
    if (change.to == present) {
        clear(vertex);
        return none;
    }
    change.expected = seen->true_rate / present * change.to;
    change.outside = seen->true_rate < seen->up_threshold || seen->true_rate > seen->down_threshold;
    if (change.to < present)
        return delay(self, vertex, view->time_s, change);
    clear(vertex);
    return is_ineffective(self, vertex, present, seen->true_rate, plan, j, op->name) ? none : change;
}

void flink_scale(const struct flink *self, struct flink_job *job, const struct weir_view *view, int j,
                 const struct flink_evaluated *evaluated, struct weir_plan *plan)
{
    struct change *changes = weir_alloc((size_t)job->count, sizeof *changes);
    bool outside = false, asked = false;
    for (int v = 0; v < job->count; v++) {
        changes[v] = look(self, job, view, j, v, &evaluated[v], plan);
        outside |= changes[v].to && changes[v].outside;
    }
    for (int v = 0; v < job->count && outside; v++) {
        int present = view->jobs[j].operators[v].instance_count, planned;
        struct flink_vertex *vertex = &job->vertices[v];
        if (!changes[v].to || changes[v].to == present)
            continue;
        weir_plan_scale(plan, j, v, changes[v].to,
                        "target rate %.4g/s, catch-up %.4g/s, true rate %.4g/s outside %.4g to %.4g/s: %d instances",
                        evaluated[v].target_rate, evaluated[v].catch_up_rate, evaluated[v].true_rate,
                        evaluated[v].up_threshold, evaluated[v].down_threshold, changes[v].to);
        weir_plan_get(plan, j, v, &planned);
        if (planned == present)
            continue; /* there was no room */
        vertex->scaled = asked = true;
        vertex->told = false;
        vertex->from = present;
        vertex->to = planned;
        vertex->rate = evaluated[v].true_rate;
        vertex->expected = changes[v].expected;
    }
    for (int v = 0; v < job->count && asked; v++)
        clear(&job->vertices[v]);
    if (asked)
        job->scaled_s = view->time_s;
    free(changes);
}
