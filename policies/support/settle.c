#include "policies/support/settle.h"

#include <math.h>
#include <stdlib.h>

/* Of what waits, a debt of so much is most of it. */
#define MOST 0.9
/* An operator with state that serves less than this share while it is changed stands still for a while. */
#define STILL 0.8

static double waiting(const struct weir_job_view *job)
{
    double items = fmax(job->backlog, 0);
    for (int o = 0; o < job->operator_count; o++)
        items += fmax(job->operators[o].queued, 0);
    return items;
}

/* What is under way at the end of a window. */
struct state {
    bool moving, all;   /* changes; of every operator */
    bool stateful;      /* of operators with state */
    uint64_t placed;    /* tells instances on hosts apart */
    double served_less; /* the least share of what it served before that such an operator has served */
};

static struct state state_of(struct weir_settle *settle, const struct weir_job_view *job)
{
    struct state state = {.all = job->operator_count > 0, .served_less = 1};
    double served = 0;
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        state.moving |= op->changing;
        state.stateful |= op->changing && op->stateful;
        state.all &= op->changing;
        served += op->stateful ? op->processed_rate : 0;
        state.placed = state.placed * 1000003u + (uint64_t)op->instance_count;
        for (int i = 0; i < op->instance_count; i++)
            state.placed = state.placed * 1000003u + (uint64_t)op->instances[i].host + 1;
    }
    if (!state.moving)
        settle->served_per_s = served;
    else if (settle->served_per_s > 0)
        state.served_less = served / settle->served_per_s;
    return state;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double noise_of(const struct weir_job_view *job)
{
    enum { MOST_WINDOWS = 30, LEAST_WINDOWS = 10 };
    int count = job->history_count < MOST_WINDOWS ? job->history_count : MOST_WINDOWS;
    if (count < LEAST_WINDOWS)
        return 0;
    const double *x = job->ingress_history + job->history_count - count;
    double off[MOST_WINDOWS], sum = x[0] + x[1];
    for (int i = 2; i < count; i++) {
        off[i - 2] = fabs(x[i] - 2 * x[i - 1] + x[i - 2]);
        sum += x[i];
    }
    qsort(off, (size_t)(count - 2), sizeof *off, by_size);
    double median = (off[(count - 3) / 2] + off[(count - 2) / 2]) / 2;
    return sum > 0 ? median / (0.6745 * sqrt(6)) / (sum / count) : 0;
}

void weir_settle_window(struct weir_settle *settle, const struct weir_view *view, int job)
{
    const struct weir_job_view *seen = &view->jobs[job];
    struct state state = state_of(settle, seen);
    bool others = settle->begun && state.placed != settle->placed;
    bool ended = settle->pausing && !state.stateful; /* it stands still at the end of a change */
    bool still = state.stateful && state.served_less < STILL;
    bool recovers = state.all && !settle->acting;
    double now = waiting(seen);
    settle->judged = !state.moving && !settle->moving && !others;
    settle->paused = recovers || settle->recovers || ended || still;
    if (settle->paused)
        settle->debt += fmax(now - settle->waiting, 0);
    else if (settle->judged && !(now < settle->waiting))
        settle->debt = 0;
    settle->debt = fmin(settle->debt, now);
    settle->catching_up = settle->debt > 0 && settle->debt >= MOST * now;
    if (settle->acting && !state.moving && view->time_s > settle->acted_s) {
        settle->rescale_s = view->time_s - settle->acted_s;
        settle->acting = false;
    }
    settle->noise = noise_of(seen);
    settle->begun = true;
    settle->moving = state.moving;
    settle->pausing = state.stateful;
    settle->recovers = recovers;
    settle->placed = state.placed;
    settle->waiting = now;
}

void weir_settle_acted(struct weir_settle *settle, const struct weir_view *view)
{
    settle->acting = true;
    settle->acted_s = view->time_s;
}

double weir_settle_backlog(const struct weir_settle *settle, const struct weir_job_view *job)
{
    double backlog = job->backlog > 0 && isfinite(job->backlog) ? job->backlog : 0;
    return fmax(backlog - settle->debt, 0);
}
