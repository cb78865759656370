#include "policies/support/scaler.h"

#include <math.h>
#include <stdio.h>

/* A source that sends on less than this share of what comes, while so many windows' worth wait, is held back. */
#define SENT  0.98
#define WAITS 0.02

/* How much longer shrinking is stabilised, by noise; standard deviations that may be noise. */
#define LONGER 10
#define WITHIN 1.0

/* Standard deviations of the share of a window's items in the hottest range that may be chance. */
#define CHANCE 2.0

static void forget(void *record)
{
    weir_patience_fini(&((struct weir_scaler_operator *)record)->patience);
}

void weir_scaler_init(struct weir_scaler *scaler)
{
    scaler->operators = (struct weir_memo){.record_size = sizeof(struct weir_scaler_operator), .fini = forget};
    scaler->jobs = (struct weir_memo){.record_size = sizeof(struct weir_settle)};
}

void weir_scaler_fini(struct weir_scaler *scaler)
{
    weir_memo_fini(&scaler->operators);
    weir_memo_fini(&scaler->jobs);
}

void weir_scaler_forget(struct weir_scaler *scaler, int job)
{
    weir_memo_forget(&scaler->operators, job);
    weir_memo_forget(&scaler->jobs, job);
}

const struct weir_settle *weir_scaler_window(struct weir_scaler *scaler, const struct weir_view *view, int job)
{
    struct weir_settle *settle = weir_memo_at(&scaler->jobs, view, job, 0);
    weir_settle_window(settle, view, job);
    return settle;
}

const struct weir_patience *weir_scaler_patience(struct weir_scaler *scaler, const struct weir_view *view, int job,
                                                 int op)
{
    struct weir_scaler_operator *known = weir_memo_at(&scaler->operators, view, job, op);
    return &known->patience;
}

/* Whether more was to be served than could be. */
static bool short_of(const struct weir_view *view, const struct weir_settle *settle, int job, int op)
{
    const struct weir_job_view *seen = &view->jobs[job];
    if (seen->operators[op].dropped_rate > 0)
        return true;
    return !settle->catching_up && seen->emitted_rate < SENT * seen->ingress_rate &&
           seen->backlog > WAITS * seen->ingress_rate * view->window_s;
}

/* Whether a window cannot tell if a growth has brought what ranges of keys promise of it: by chance more of its items
 * may fall into the hottest range, and so much less is served that fewer instances could have served it. */
static bool hidden_by_chance(const struct weir_reach *reach, int op, const struct weir_gain *gain, double window_s)
{
    const struct weir_operator_view *seen = reach->operators[op].seen;
    double items = seen->processed_rate * window_s;
    if (gain->from < 1 || gain->to > seen->range_share_count || !(items > 0))
        return false;
    double share = seen->range_share[gain->to - 1], chance = CHANCE * sqrt((1 - share) / (share * items));
    double least = (1 - chance) * weir_reach_capacity(reach, op, gain->to);
    return seen->processed_rate >= least && weir_reach_capacity(reach, op, gain->from) >= least;
}

static struct weir_gain_window window_of(const struct weir_scaler *scaler, const struct weir_view *view,
                                         const struct weir_settle *settle, int job, int op,
                                         const struct weir_reach *reach, const struct weir_gain *gain, int count)
{
    double served = view->jobs[job].operators[op].processed_rate;
    return (struct weir_gain_window){
        .now_s = view->time_s,
        .instances = count,
        .served_per_s = served,
        .useful = weir_reach_least(reach, op, 0.99 * served),
        .short_of = short_of(view, settle, job, op),
        .spare = scaler->spare,
        .hidden = hidden_by_chance(reach, op, gain, view->window_s),
        .remember_s = scaler->remember_s,
    };
}

/* Whether fewer instances would let through less than can come. */
static bool serves_less(const struct weir_reach *reach, int op, int wanted, int count)
{
    double now = fmin(weir_reach_capacity(reach, op, count), reach->operators[op].let);
    return weir_reach_capacity(reach, op, wanted) < now * (1 - 1e-9);
}

int weir_scaler_ask(struct weir_scaler *scaler, const struct weir_view *view, const struct weir_plan *plan, int job,
                    int op, const struct weir_reach *reach, const struct weir_scaler_wish *wish, char *why, size_t size)
{
    const struct weir_operator_view *seen = &view->jobs[job].operators[op];
    struct weir_scaler_operator *known = weir_memo_at(&scaler->operators, view, job, op);
    const struct weir_settle *settle = weir_memo_at(&scaler->jobs, view, job, 0);
    int count;
    weir_plan_get(plan, job, op, &count);
    if (seen->changing || count == 0 || seen->max_parallelism < 1) {
        weir_patience_pass(&known->patience);
        return count;
    }
    if (scaler->remember_s > 0 && settle->judged) {
        struct weir_gain_window window = window_of(scaler, view, settle, job, op, reach, &known->gain, count);
        char told[200];
        int back = weir_gain_judge(&known->gain, &window, told, sizeof told);
        if (back != count) {
            snprintf(why, size, "%s", told);
            return back;
        }
    }
    int wanted = count < wish->least ? wish->least : count > wish->most ? wish->most : count;
    int limit = weir_gain_limit(&known->gain, view->time_s);
    if (wanted > limit)
        wanted = limit > count ? limit : count;
    if (wanted < count && short_of(view, settle, job, op) && serves_less(reach, op, wanted, count))
        wanted = count;
    struct weir_patience_rule rule = scaler->patience;
    rule.down.stabilize_s = fmax(rule.down.stabilize_s * (1 + LONGER * settle->noise), 2 * settle->rescale_s);
    if (wish->urgent <= count && WITHIN * settle->noise >= scaler->reserve / 2)
        rule.up.stabilize_s = fmax(rule.up.stabilize_s, scaler->reserve_s);
    return weir_patience_ask(&known->patience, &rule, view->time_s, count, wanted);
}

void weir_scaler_acted(struct weir_scaler *scaler, const struct weir_view *view, const struct weir_plan *plan, int job,
                       int op, int from)
{
    struct weir_scaler_operator *known = weir_memo_at(&scaler->operators, view, job, op);
    struct weir_settle *settle = weir_memo_at(&scaler->jobs, view, job, 0);
    int to;
    weir_plan_get(plan, job, op, &to);
    if (to == from)
        return;
    weir_patience_acted(&known->patience, view->time_s);
    weir_settle_acted(settle, view);
    if (to < from)
        return;
    for (int o = 0; o < view->jobs[job].operator_count; o++)
        if (o != op)
            weir_gain_forget(&((struct weir_scaler_operator *)weir_memo_at(&scaler->operators, view, job, o))->gain);
    if (known->gain.ceiling == to) /* it comes back */
        return;
    bool judged = settle->judged && short_of(view, settle, job, op);
    weir_gain_raised(&known->gain, from, to, judged ? view->jobs[job].operators[op].processed_rate : 0);
}
