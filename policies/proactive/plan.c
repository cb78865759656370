/* Plan: how many instances, by DS2's recursion or by TWRES; when it is worth the change. */
#include <math.h>

#include "policies/proactive/proactive.h"
#include "policies/support/demand.h"

double proactive_pause_s(const struct weir_view *view, int job, int op)
{
    const struct weir_operator_view *seen = &view->jobs[job].operators[op];
    if (!seen->stateful)
        return 0;
    double slowest = INFINITY;
    for (int i = 1; i < seen->instance_count; i++)
        slowest = fmin(slowest, view->route_bytes_per_s(view, seen->instances[0].host, seen->instances[i].host));
    /* A share of the state moves, at most half of it when an instance is added to one. */
    double moved_s = seen->instance_count > 0 ? seen->state_bytes / (seen->instance_count + 1) / slowest : 0;
    return view->restart_s(view) + moved_s;
}

/* What m instances sustain: measured ones fitted, calibrated ones, or m times one. */
static struct throughput model_of(const struct proactive *self, const struct proactive_operator *known, double rate)
{
    struct throughput_sample samples[PROACTIVE_WORKERS];
    size_t count = 0;
    double sum = 0;
    for (int m = 1; m <= PROACTIVE_WORKERS; m++)
        if (known->sustained[m] > 0) {
            samples[count++] = (struct throughput_sample){m, known->sustained[m]};
            sum += known->sustained[m] / m;
        }
    struct throughput model = self->calibrated;
    if (throughput_per_s(&model, 1) < INFINITY)
        return model;
    if (count >= 3 && throughput_fit(&model, samples, count, THROUGHPUT_OF_RATE) == 0)
        return model;
    rate = count > 0 ? sum / (double)count : rate; /* too few to see more than a mean */
    return (struct throughput){{0, rate > 0 ? 1 / rate : 0, 0, 0}};
}

static double longest_wait(const struct weir_job_view *seen)
{
    double longest = 0;
    for (int o = 0; o < seen->operator_count; o++)
        longest = fmax(longest, seen->operators[o].latency_s);
    return longest;
}

/* TWRES by operator: the job's response time, and the operator where most of it is spent, call for one more. */
static int by_twres(struct proactive *self, const struct weir_view *view, int job, int op, int from, double up_per_s,
                    double down_per_s, double rate)
{
    const struct weir_job_view *seen = &view->jobs[job];
    const struct proactive_operator *known = weir_memo_at(&self->operators, view, job, op);
    struct throughput model = model_of(self, known, rate);
    double limit_s = self->limit_s > 0 ? self->limit_s : seen->slo_s;
    /* Where nothing was processed or delivered there is no response time that could call for more. */
    bool longest = seen->operators[op].latency_s >= longest_wait(seen);
    double response_s = longest && seen->latency_mean_s > 0 ? seen->latency_mean_s : 0;
    int most = seen->operators[op].max_parallelism;
    int up = throughput_twres(&model, from, up_per_s, response_s, limit_s, most);
    int down = throughput_twres(&model, from, down_per_s, response_s, limit_s, most);
    return up > from ? up : down;
}

static int at_most(int instances, int most)
{
    return instances > most ? most : instances;
}

/* Instance-seconds or items that a change wins while it lasts, against those that the pause for it costs. */
static bool pays(const struct proactive *self, const struct weir_view *view, int job, int op,
                 const struct proactive_step *step, double input_per_s)
{
    double pause_s = proactive_pause_s(view, job, op), lasts_s = fmax(self->hold_s, view->window_s);
    if (pause_s <= 0)
        return true;
    if (step->to < step->from)
        return (step->from - step->to) * lasts_s >= self->pay * pause_s * step->from;
    double short_per_s = input_per_s - step->from * step->rate;
    return short_per_s * lasts_s >= self->pay * pause_s * input_per_s;
}

struct proactive_step proactive_plan(struct proactive *self, const struct weir_view *view, struct weir_plan *plan,
                                     int job, int op, const struct proactive_outlook *outlook,
                                     const struct weir_ds2_demand *up, const struct weir_ds2_demand *down, double rate)
{
    const struct weir_operator_view *seen = &view->jobs[job].operators[op];
    struct proactive_operator *known = weir_memo_at(&self->operators, view, job, op);
    struct proactive_step step = {.needed = up->instances, .rate = rate, .reason = ""};
    weir_plan_get(plan, job, op, &step.from);
    step.to = step.from;
    if (seen->changing || step.from == 0 || seen->max_parallelism < 1) {
        weir_patience_pass(&known->patience);
        return step;
    }
    double more = 1 + self->headroom, pause_s = proactive_pause_s(view, job, op);
    /* What piles up while it stands still wants to be worked off, too; and it shall not soon stand still again. */
    double lasting = fmax(up->instances, pause_s > 0 ? down->instances : 0), drained = 1;
    if (self->drain_s > 0)
        drained += pause_s / self->drain_s;
    int wanted;
    if (self->sizing == PROACTIVE_TWRES) {
        wanted = by_twres(self, view, job, op, step.from, up->input * more, down->input * more, rate);
    } else {
        int up_to = at_most(weir_ds2_round(up->instances, more), seen->max_parallelism);
        int lasting_to = at_most(weir_ds2_round(lasting, more * drained), seen->max_parallelism);
        int down_to = at_most(weir_ds2_round(down->instances, more * drained), seen->max_parallelism);
        wanted = up_to > step.from ? lasting_to : down_to < step.from ? down_to : step.from;
    }
    wanted = weir_patience_ask(&known->patience, &self->patience, view->time_s, step.from, wanted);
    if (wanted == step.from)
        return step;
    step.to = wanted;
    step.reason = wanted > step.from ? "too few for what is to come" : "more than is needed for long";
    if (!pays(self, view, job, op, &step, up->input * more)) {
        step.to = step.from;
        step.reason = "the change would not pay";
    }
    return step;
}
