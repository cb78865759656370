/* Plan: how many instances, by DS2's recursion or by TWRES; when it is worth the change. */
#include <math.h>
#include <stdio.h>

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
static struct throughput model_of(const struct proactive *self, const struct weir_job_view *seen, int op,
                                  const struct proactive_operator *known, double rate)
{
    const struct throughput *calibrated = proactive_calibrated(self, seen, op);
    if (calibrated)
        return *calibrated;

    struct throughput_sample samples[PROACTIVE_WORKERS];
    size_t count = 0;
    double sum = 0;
    for (int m = 1; m <= PROACTIVE_WORKERS; m++)
        if (known->sustained[m] > 0) {
            samples[count++] = (struct throughput_sample){m, known->sustained[m]};
            sum += known->sustained[m] / m;
        }
    struct throughput model;
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

/* TWRES's own terms: F items of the next window against what m instances sustain in one, MSTW(m) = T MST(m), and the
 * branch that it took. */
static void tell_terms(const struct weir_view *view, const struct throughput *model, int from, int to, double per_s,
                       double response_s, double limit_s, char *terms, size_t size)
{
    double mst = throughput_per_s(model, from);
    const char *branch = per_s > mst ? "F > MSTW" : response_s > limit_s ? "R > limit" : "F <= MSTW";
    snprintf(terms, size, ", TWRES: F %.4g, MST(%d) %.4g/s, MSTW(%d) %.4g, MSTW(%d) %.4g, R %.3g s, limit %.3g s: %s",
             per_s * view->window_s, from, mst, from, mst * view->window_s, to,
             throughput_per_s(model, to) * view->window_s, response_s, limit_s, branch);
}

/* TWRES by operator: the job's response time, and the operator where most of it is spent, call for one more. */
static int by_twres(struct proactive *self, const struct weir_view *view, int job, int op, int from, double up_per_s,
                    double down_per_s, struct proactive_step *step)
{
    const struct weir_job_view *seen = &view->jobs[job];
    const struct proactive_operator *known = weir_memo_at(&self->operators, view, job, op);
    struct throughput model = model_of(self, seen, op, known, step->rate);
    double limit_s = self->limit_s > 0 ? self->limit_s : seen->slo_s;
    /* Where nothing was processed or delivered there is no response time that could call for more. */
    bool longest = seen->operators[op].latency_s >= longest_wait(seen);
    double response_s = longest && seen->latency_mean_s > 0 ? seen->latency_mean_s : 0;
    int most = seen->operators[op].max_parallelism;
    int up = throughput_twres(&model, from, up_per_s, response_s, limit_s, most);
    int down = throughput_twres(&model, from, down_per_s, response_s, limit_s, most);
    int wanted = up > from     ? up
                 : down < from ? down
                               : from; /* it gives back by what lasts, and grows by what is near */
    tell_terms(view, &model, from, wanted, wanted < from ? down_per_s : up_per_s, response_s, limit_s, step->terms,
               sizeof step->terms);
    return wanted;
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

/* What the window asks for. What piles up while an operator stands still wants to be worked off, too, and it shall not
 * soon stand still again. */
static struct weir_scaler_wish wish_of(struct proactive *self, const struct weir_view *view, int job, int op, int from,
                                       const struct weir_reach *reach, const struct weir_ds2_demand *up,
                                       const struct weir_ds2_demand *down, struct proactive_step *step)
{
    double more = 1 + self->headroom, pause_s = proactive_pause_s(view, job, op);
    if (self->sizing == PROACTIVE_TWRES) {
        int wanted = by_twres(self, view, job, op, from, up->input * more, down->input * more, step);
        int worth = weir_reach_size(reach, op, INFINITY, 1);
        wanted = wanted <= worth || wanted <= from ? wanted : worth > from ? worth : from;
        return (struct weir_scaler_wish){wanted, wanted, wanted};
    }
    double drained = self->drain_s > 0 ? 1 + pause_s / self->drain_s : 1;
    double lasting = fmax(up->input, pause_s > 0 ? down->input : 0);
    struct weir_scaler_wish wish = {.least = weir_reach_size(reach, op, up->input, more),
                                    .urgent = weir_reach_size(reach, op, up->input, 1 + self->headroom / 2),
                                    .most = weir_reach_size(reach, op, down->input, more * drained)};
    if (wish.least > from)
        wish.least = weir_reach_size(reach, op, lasting, more * drained);
    wish.most = wish.most > wish.least ? wish.most : wish.least;
    return wish;
}

struct proactive_step proactive_plan(struct proactive *self, const struct weir_view *view, struct weir_plan *plan,
                                     int job, int op, const struct weir_reach *reach, const struct weir_ds2_demand *up,
                                     const struct weir_ds2_demand *down)
{
    struct proactive_step step = {.needed = up->instances, .rate = reach->operators[op].rate};
    weir_plan_get(plan, job, op, &step.from);
    struct weir_scaler_wish wish = wish_of(self, view, job, op, step.from, reach, up, down, &step);
    snprintf(step.reason, sizeof step.reason, "%s",
             wish.least > step.from ? "too few for what is to come" : "more than is needed for long");
    step.to = weir_scaler_ask(&self->scaler, view, plan, job, op, reach, &wish, step.reason, sizeof step.reason);
    if (step.to != step.from && !pays(self, view, job, op, &step, up->input * (1 + self->headroom)))
        step.to = step.from;
    return step;
}
