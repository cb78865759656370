#include "sim/demo/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* Windows that a mean is over. */
#define GAIN_WINDOWS 3

const char *const weir_demo_state_names[] = {"idle", "busy", "backpressured"};

enum weir_demo_state weir_demo_state(const struct weir_demo_op *op)
{
    if (op->backpressured >= 0.1)
        return WEIR_DEMO_BACKPRESSURED;
    return op->busy >= 0.5 ? WEIR_DEMO_BUSY : WEIR_DEMO_IDLE;
}

void weir_demo_session_reset(struct weir_demo_session *session)
{
    session->stack = session->first_stack;
    session->load = session->link = 1;
    session->past_count = session->change_count = session->decided_count = 0;
}

void weir_demo_session_fini(struct weir_demo_session *session)
{
    for (int s = 0; s < session->stack_count; s++)
        weir_stack_fini(&session->stacks[s]);
    free(session->stacks);
    free(session->past);
    free(session->changes);
    free(session->decided);
}

static bool same_op(const struct weir_demo_event *a, const struct weir_demo_event *b)
{
    return strcmp(a->op, b->op) == 0 && strcmp(a->job, b->job) == 0;
}

static void note_decision(struct weir_demo_session *session, const struct weir_demo_event *event)
{
    if (*event->refusal || !*event->op || strcmp(event->what, "note") == 0)
        return;
    int d = 0;
    while (d < session->decided_count && !same_op(&session->decided[d], event))
        d++;
    if (d == session->decided_count)
        session->decided = weir_grow(session->decided, (size_t)++session->decided_count, &session->decided_capacity,
                                     sizeof *session->decided);
    session->decided[d] = *event;
}

static void note_change(struct weir_demo_session *session, const struct weir_demo_event *event)
{
    session->changes = weir_grow(session->changes, (size_t)session->change_count + 1, &session->change_capacity,
                                 sizeof *session->changes);
    struct weir_demo_change *change = &session->changes[session->change_count++];
    *change = (struct weir_demo_change){.event = *event, .decided_s = event->since_s, .window = -1};
    for (int d = 0; d < session->decided_count; d++) {
        const struct weir_demo_event *decided = &session->decided[d];
        if (!same_op(decided, event) || decided->time_s > event->since_s + 1e-9)
            continue;
        change->decided_s = decided->time_s;
        memcpy(change->event.what, decided->what, sizeof decided->what);
        memcpy(change->event.from, decided->from, sizeof decided->from);
        memcpy(change->event.why, decided->why, sizeof decided->why);
        memcpy(change->event.policy, decided->policy, sizeof decided->policy);
    }
    while (change->window + 1 < session->past_count &&
           session->past[change->window + 1].time_s <= event->since_s + 1e-9)
        change->window++;
}

void weir_demo_session_note(struct weir_demo_session *session, const struct weir_demo_frame *frame)
{
    if (frame->window >= 0 && session->job < frame->job_count) {
        const struct weir_demo_job *job = &frame->jobs[session->job];
        session->past =
            weir_grow(session->past, (size_t)session->past_count + 1, &session->past_capacity, sizeof *session->past);
        session->past[session->past_count++] = (struct weir_demo_past){
            .time_s = frame->time_s,
            .backlog = job->backlog,
            .latency_s = job->latency_mean_s,
            .delivered_rate = job->delivered_rate,
            .ingress_rate = job->ingress_rate,
        };
        for (int o = 0; o < job->op_count; o++)
            session->past[session->past_count - 1].instances += frame->ops[job->op_first + o].instances;
    }
}

void weir_demo_session_see(struct weir_demo_session *session, const struct weir_demo_frame *frame)
{
    weir_demo_session_note(session, frame);
    for (int e = 0; e < frame->event_count; e++) {
        if (frame->events[e].kind == WEIR_DEMO_DECIDED)
            note_decision(session, &frame->events[e]);
        else if (frame->events[e].kind == WEIR_DEMO_CHANGED)
            note_change(session, &frame->events[e]);
    }
}

double weir_demo_growth(const struct weir_demo_session *session)
{
    const struct weir_demo_past *past = session->past;
    int n = session->past_count;
    double before_s = n > 1 ? past[n - 2].time_s : 0, before = n > 1 ? past[n - 2].backlog : 0;
    return n > 0 && past[n - 1].time_s > before_s ? (past[n - 1].backlog - before) / (past[n - 1].time_s - before_s)
                                                  : 0;
}

void weir_demo_due(const struct weir_demo_action *actions, int count, double since_s, double time_s,
                   struct weir_demo_answer *answer)
{
    for (int a = 0; a < count && answer->count < WEIR_WISHES; a++)
        if (actions[a].at_s > since_s + 1e-9 && actions[a].at_s <= time_s + 1e-9)
            answer->wishes[answer->count++] = actions[a].wish;
}

void weir_demo_session_wish(struct weir_demo_session *session, const struct weir_demo_wish *wish)
{
    if (wish->kind == WEIR_WISH_LOAD)
        session->load = wish->factor;
    else if (wish->kind == WEIR_WISH_LINK)
        session->link = wish->factor;
    else
        session->stack = wish->stack;
}

void weir_demo_wish_say(const struct weir_demo_session *session, const struct weir_demo_wish *wish,
                        struct weir_text *text)
{
    const struct weir_scenario *scenario = session->scenario;
    if (wish->kind == WEIR_WISH_POLICY) {
        weir_text_addf(text, "policy %s", session->stacks[wish->stack].label);
    } else if (wish->kind == WEIR_WISH_LOAD) {
        weir_text_addf(text, "load x%g", wish->factor);
        if (wish->target >= 0)
            weir_text_addf(text, " of %s", scenario->workload->jobs[wish->target].name);
    } else {
        if (wish->target >= 0)
            weir_text_addf(text, "link %s", scenario->platform->links[wish->target].name);
        else
            weir_text_add(text, "all links");
        weir_text_addf(text, " x%g", wish->factor);
    }
}

/* Mean latency of what was delivered in the windows [from, until). */
static double mean_latency_s(const struct weir_demo_session *session, int from, int until)
{
    double sum = 0, items = 0;
    for (int w = from < 0 ? 0 : from; w < until; w++) {
        if (isnan(session->past[w].latency_s))
            continue;
        sum += session->past[w].latency_s * session->past[w].delivered_rate;
        items += session->past[w].delivered_rate;
    }
    return items > 0 ? sum / items : NAN;
}

double weir_demo_latency(const struct weir_demo_session *session)
{
    return mean_latency_s(session, session->past_count - GAIN_WINDOWS, session->past_count);
}

struct weir_demo_gain weir_demo_gain(const struct weir_demo_session *session, int change)
{
    const struct weir_demo_change *one = &session->changes[change];
    int until = session->past_count;
    for (int c = session->change_count - 1; c > change; c--)
        if (same_op(&session->changes[c].event, &one->event) && session->changes[c].window > one->window)
            until = session->changes[c].window + 1;
    struct weir_demo_gain gain = {.worst_s = NAN};
    gain.before_s = mean_latency_s(session, one->window + 1 - GAIN_WINDOWS, one->window + 1);
    int last = until - GAIN_WINDOWS > one->window + 1 ? until - GAIN_WINDOWS : one->window + 1;
    gain.after_s = mean_latency_s(session, last, until);
    for (int w = one->window + 1; w < until; w++)
        gain.worst_s = fmax(gain.worst_s, mean_latency_s(session, w, w + 1));
    return gain;
}
