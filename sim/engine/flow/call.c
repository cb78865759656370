#include "sim/engine/flow/call.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/expiry.h"
#include "sim/engine/flow/full.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/quota.h"
#include "sim/engine/flow/workers.h"

/* Draws of attempts after the first are of streams of their own. */
#define ATTEMPT_STEP 0xd1342543de82ef95ULL
/* How often a call whose operator has no instance looks for one. */
#define LOOK_AGAIN_S 1.0

struct weir_call {
    struct weir_calls *of;
    struct weir_call *next, *before;
    struct weir_alarm alarm; /* the next attempt, or a second one beside the first */
    struct weir_inbox *inbox;
    struct weir_batch *waits; /* for its next attempt; NULL: it does not */
    struct weir_attempt attempts[2];
    unsigned made; /* attempts ever */
    long failed;   /* of them, those that count for the limit */
    int alive;     /* in inputs or in service */
    bool done;
};

struct weir_calls {
    struct weir_op *op;
    struct weir_call *first;
    long waiting; /* for their next attempt */
    uint64_t fail_key, jitter_key;
};

static struct weir_clock *clock_of(const struct weir_calls *calls)
{
    return calls->op->flow->clock;
}

static void free_call(struct weir_call *call)
{
    weir_alarm_stop(clock_of(call->of), &call->alarm);
    *(call->before ? &call->before->next : &call->of->first) = call->next;
    if (call->next)
        call->next->before = call->before;
    free(call);
}

/* The attempt is over; its batch stays the caller's. */
static struct weir_call *leave(struct weir_batch *batch)
{
    struct weir_attempt *attempt = batch->attempt;
    struct weir_call *call = attempt->call;
    attempt->batch = NULL;
    call->alive--;
    return call;
}

/* What has waited or been served until now. */
static void move_clock(struct weir_item *item, double begun_s, double now_s)
{
    item->waiting += begun_s - item->at;
    item->service += now_s - begun_s;
    item->at = now_s;
}

/* Whether a breaker lets an attempt through. */
static bool lets_through(struct weir_inbox *inbox, struct weir_attempt *attempt)
{
    struct weir_breaker *breaker = inbox->breaker;
    attempt->trial = false;
    if (!breaker || !breaker->open)
        return true;
    if (inbox->op->flow->clock->now_s < breaker->until_s || breaker->tries) {
        inbox->op->counts.rejected++;
        return false;
    }
    breaker->tries = attempt->trial = true;
    return true;
}

/* What came of an attempt; of those that were under way when it opened, the breaker takes no notice. */
static void note(struct weir_inbox *inbox, const struct weir_attempt *attempt, bool ok)
{
    struct weir_breaker *breaker = inbox->breaker;
    if (!breaker || (breaker->open && !attempt->trial))
        return;
    breaker->tries = false;
    breaker->failures = ok ? 0 : breaker->failures + 1;
    breaker->open = !ok && (attempt->trial || breaker->failures >= inbox->op->spec->breaker_failures);
    if (breaker->open)
        breaker->until_s = inbox->op->flow->clock->now_s + inbox->op->spec->breaker_open_s;
}

/* One that nothing came of. */
static void forget_trial(struct weir_inbox *inbox, const struct weir_attempt *attempt)
{
    if (attempt->trial && inbox->breaker)
        inbox->breaker->tries = false;
}

static double back_off_s(const struct weir_call *call, uint64_t id)
{
    const struct weir_operator *spec = call->of->op->spec;
    double delay_s = spec->retry_delay_s;
    for (long f = 1; f < call->failed && delay_s < spec->retry_max_delay_s; f++)
        delay_s *= spec->retry_multiplier;
    struct weir_stream draw = weir_stream_at(call->of->jitter_key + (uint64_t)call->failed * ATTEMPT_STEP, id);
    return fmin(delay_s, spec->retry_max_delay_s) * (1 - spec->retry_jitter * weir_stream_uniform(&draw));
}

/* An attempt has failed, and is no longer in an input or in service. */
static void fail(struct weir_inbox *inbox, struct weir_batch *batch)
{
    struct weir_op *op = inbox->op;
    struct weir_call *call = leave(batch);
    op->counts.failed++;
    if (call->alive) { /* the other one goes on */
        op->beside++;
        weir_batch_release(&op->flow->pool, batch);
    } else if (++call->failed < op->spec->retry_attempts) {
        call->waits = batch;
        call->of->waiting++;
        op->beside++;
        weir_watch_begin(&op->job->watch);
        weir_alarm_set(op->flow->clock, &call->alarm, op->flow->clock->now_s + back_off_s(call, batch->items[0].id));
    } else {
        op->counts.arrived--; /* dropped instead */
        weir_inbox_drop(inbox, batch->items, 1);
        weir_batch_release(&op->flow->pool, batch);
        free_call(call);
    }
    weir_op_at_rest(op);
}

/* An attempt comes to an input. `again`: its item has come before. */
static void put(struct weir_inbox *inbox, struct weir_call *call, struct weir_batch *batch, bool again)
{
    struct weir_op *op = inbox->op;
    struct weir_attempt *attempt = &call->attempts[call->attempts[0].batch ? 1 : 0];
    *attempt = (struct weir_attempt){.call = call, .batch = batch, .number = call->made++};
    batch->attempt = attempt;
    call->alive++;
    if (!lets_through(inbox, attempt)) {
        op->counts.arrived += !again;
        weir_room_wake(op->flow->clock, &inbox->room[batch->edge]);
        fail(inbox, batch);
        return;
    }
    weir_inbox_append(inbox, batch);
    weir_inbox_count_in(inbox, batch->edge, again);
    if (isfinite(op->spec->hedge_after_s) && call->alive == 1)
        weir_alarm_set(op->flow->clock, &call->alarm, op->flow->clock->now_s + op->spec->hedge_after_s);
    if (inbox->expiry)
        weir_expiry_watch(inbox);
    weir_inbox_wake_instance(inbox);
}

/* The open inbox, but for one, with the fewest items; NULL: there is none. */
static struct weir_inbox *least_loaded(const struct weir_op *op, const struct weir_inbox *but)
{
    struct weir_inbox *best = NULL;
    long least = 0;
    for (int r = 0; r < op->route_count; r++) {
        struct weir_inbox *inbox = op->routes[r];
        long load = inbox->serving;
        for (int e = 0; e < op->in_edges; e++)
            load += inbox->room[e].used;
        if (inbox == but || (best && load >= least))
            continue;
        best = inbox;
        least = load;
    }
    return best;
}

/* A second attempt beside the first, at another instance. It is a copy, and takes no time on the network. */
static void hedge(struct weir_call *call)
{
    struct weir_op *op = call->of->op;
    const struct weir_attempt *first = &call->attempts[call->attempts[0].batch ? 0 : 1];
    struct weir_inbox *inbox = least_loaded(op, call->inbox);
    if (!inbox || op->paused)
        return;
    struct weir_batch *copy = weir_batch_slice(&op->flow->pool, first->batch, 0, 1);
    struct weir_item *item = &copy->items[0];
    move_clock(item, op->flow->clock->now_s, op->flow->clock->now_s);
    if (first->serving)
        weir_paths_back(op->job->paths, &item->path); /* it comes to the operator once more */
    op->counts.hedges++;
    op->beside--;
    put(inbox, call, copy, true);
}

static void rings(struct weir_alarm *alarm)
{
    struct weir_call *call = WEIR_RECORD(alarm, struct weir_call, alarm);
    struct weir_op *op = call->of->op;
    struct weir_batch *batch = call->waits;
    if (!batch) {
        hedge(call);
        return;
    }
    if (!call->inbox->open && op->route_count)
        call->inbox = least_loaded(op, NULL);
    if (!call->inbox->open) {
        weir_alarm_set(op->flow->clock, alarm, op->flow->clock->now_s + LOOK_AGAIN_S);
        return;
    }
    weir_watch_end(&op->job->watch);
    call->waits = NULL;
    call->of->waiting--;
    op->beside--;
    op->counts.retries++;
    move_clock(&batch->items[0], op->flow->clock->now_s, op->flow->clock->now_s);
    put(call->inbox, call, batch, true);
}

static struct weir_call *new_call(struct weir_calls *calls)
{
    struct weir_call *call = weir_alloc(1, sizeof *call);
    *call = (struct weir_call){.of = calls, .next = calls->first, .alarm.ring = rings};
    if (call->next)
        call->next->before = call;
    return calls->first = call;
}

static void enter(struct weir_inbox *inbox, struct weir_batch *one)
{
    struct weir_call *call = new_call(inbox->op->calls);
    call->inbox = inbox;
    put(inbox, call, one, false);
}

void weir_calls_enter(struct weir_inbox *inbox, struct weir_batch *batch)
{
    int last = batch->count - 1;
    for (int i = 0; i < last; i++) /* of results that come together each is a call */
        enter(inbox, weir_batch_slice(&inbox->job->flow->pool, batch, i, 1));
    weir_batch_behead(batch, last);
    enter(inbox, batch);
}

/* An attempt of a call that is done is gone. */
static void go_away(struct weir_op *op, struct weir_batch *batch)
{
    struct weir_call *call = leave(batch);
    op->beside++;
    weir_batch_release(&op->flow->pool, batch);
    if (!call->alive)
        free_call(call);
    weir_op_at_rest(op);
}

bool weir_call_starts(struct weir_batch *batch, struct weir_inbox *inbox)
{
    batch->attempt->serving = true;
    if (!batch->attempt->call->done)
        return true;
    inbox->op->in_service--;
    inbox->serving--;
    forget_trial(inbox, batch->attempt);
    go_away(inbox->op, batch);
    return false;
}

double weir_call_flops(const struct weir_op *op, const struct weir_batch *batch, double flops)
{
    if (!batch->attempt->number || !isnan(op->item_flops))
        return flops;
    struct weir_stream draw =
        weir_stream_at(op->service_key + batch->attempt->number * ATTEMPT_STEP, batch->items[0].id);
    return weir_draw(&op->spec->flops, &draw);
}

/* The other attempt of a call that is done is in service: that ends. */
static void cancel(struct weir_instance *instance, void *context)
{
    const struct weir_call *call = context;
    struct weir_batch *batch = instance->batch;
    if (!batch || batch->attempt->call != call || instance->crashed)
        return;
    struct weir_op *op = instance->op;
    double left = weir_service_left(instance);
    weir_service_stop(instance);
    weir_watch_end(&op->job->watch);
    op->flow->books->hosts[instance->host].counts.flops += instance->worked - left;
    instance->batch = NULL;
    instance->in_service = false;
    op->in_service--;
    instance->inbox->serving--;
    forget_trial(instance->inbox, batch->attempt);
    go_away(op, batch);
    weir_soon(op->flow->clock, &instance->go);
}

bool weir_call_ends(struct weir_instance *instance, struct weir_batch *batch)
{
    struct weir_op *op = instance->op;
    struct weir_inbox *inbox = instance->inbox;
    struct weir_attempt *attempt = batch->attempt;
    struct weir_call *call = attempt->call;
    struct weir_stream draw = weir_stream_at(op->calls->fail_key + attempt->number * ATTEMPT_STEP, batch->items[0].id);
    bool fails = op->spec->fails > 0 && weir_stream_uniform(&draw) < op->spec->fails;
    note(inbox, attempt, !fails);
    if (fails) {
        double at = batch->items[0].at, now_s = op->flow->clock->now_s;
        op->counts.waiting_s += instance->begun_s - at;
        op->counts.service_s += now_s - instance->begun_s;
        move_clock(&batch->items[0], instance->begun_s, now_s);
        weir_paths_back(op->job->paths, &batch->items[0].path);
        fail(inbox, batch);
        return false;
    }
    leave(batch);
    call->done = true;
    weir_alarm_stop(op->flow->clock, &call->alarm);
    if (!call->alive)
        free_call(call);
    else
        weir_workers_each(op, cancel, call); /* which may free it; what waits goes when its turn comes */
    return true;
}

void weir_call_expires(struct weir_inbox *inbox, struct weir_batch *batch)
{
    double now_s = inbox->op->flow->clock->now_s;
    if (batch->attempt->call->done) {
        forget_trial(inbox, batch->attempt);
        go_away(inbox->op, batch);
        return;
    }
    note(inbox, batch->attempt, false);
    move_clock(&batch->items[0], now_s, now_s);
    fail(inbox, batch);
}

uint64_t weir_call_lost(struct weir_batch *batch)
{
    struct weir_call *call = leave(batch);
    bool lost = !call->done && !call->alive;
    call->of->op->beside += !lost;
    if (!call->alive)
        free_call(call);
    return lost;
}

bool weir_calls_wait(const struct weir_op *op)
{
    return op->calls && op->calls->waiting > 0;
}

void weir_calls_clear(struct weir_op *op)
{
    if (!op->calls)
        return;
    for (struct weir_call *call = op->calls->first, *next; call; call = next) {
        next = call->next;
        weir_alarm_stop(op->flow->clock, &call->alarm);
        if (!call->waits)
            continue;
        weir_watch_end(&op->job->watch);
        op->calls->waiting--;
        op->beside--;
        op->counts.lost_inside++;
        weir_batch_release(&op->flow->pool, call->waits);
        free_call(call);
    }
    for (struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
        if (inbox->breaker)
            inbox->breaker->tries = false;
}

void weir_calls_init(struct weir_op *op)
{
    const struct weir_operator *spec = op->spec;
    if (!weir_operator_calls(spec))
        return;
    op->calls = weir_alloc(1, sizeof *op->calls);
    *op->calls = (struct weir_calls){
        .op = op, .fail_key = weir_op_key(op->flow, "fail", op), .jitter_key = weir_op_key(op->flow, "jitter", op)};
}

void weir_calls_fini(struct weir_op *op)
{
    while (op->calls && op->calls->first)
        free_call(op->calls->first);
    free(op->calls);
}
