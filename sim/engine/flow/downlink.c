#include "sim/engine/flow/downlink.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/deliver.h"
#include "sim/engine/flow/peers.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/waiting.h"

struct line {
    struct weir_batch *first, *last;
};

/* An access point to which results have come. */
struct weir_post {
    struct weir_inbox inbox; /* where connections lead */
    struct weir_downlink *downlink;
    struct line line;          /* to be forwarded; in_hand of the job's sink */
    struct weir_out_edge edge; /* along which that goes, without the delay of that along which it came */
    struct weir_edge spec;
    struct weir_sender sender; /* its place in line */
    struct weir_post *next;
};

struct weir_downlink {
    struct weir_mobile *mobile;
    struct weir_run_job *job;
    struct weir_post *posts;
    int host; /* of the present access point */
    struct weir_radio radio;
    struct line waiting; /* there; the first is being sent, if `sends` */
    struct line aired;   /* sent, on their way for the latency of the link */
    bool sends;
    double sent_s;           /* when the first will have been; INFINITY: not before the next handover ... */
    double left_bytes;       /* ... and so much is left of it then */
    struct weir_alarm sent;  /* at sent_s */
    struct weir_alarm there; /* the first of those aired has come */
};

static void append(struct line *line, struct weir_batch *batch)
{
    batch->next = NULL;
    *(line->last ? &line->last->next : &line->first) = batch;
    line->last = batch;
}

static struct weir_batch *take_first(struct line *line)
{
    struct weir_batch *batch = line->first;
    line->first = batch->next;
    if (!line->first)
        line->last = NULL;
    batch->next = NULL;
    return batch;
}

/* The clocks of the items move on to now; the time counts as blocked, or as network. */
static void pass(const struct weir_downlink *downlink, struct weir_batch *batch, bool blocked)
{
    double now_s = downlink->job->flow->clock->now_s;
    for (int i = 0; i < batch->count; i++) {
        struct weir_item *item = &batch->items[i];
        *(blocked ? &item->blocked : &item->network) += now_s - item->at;
        item->at = now_s;
    }
}

/* It is not there any more, nor on its way; `of`: what counts it. */
static void discard_result(struct weir_downlink *downlink, struct weir_batch *batch, long *of)
{
    weir_watch_end(&downlink->job->watch);
    weir_discard(downlink->job, NULL, batch, of);
}

/* By a handover. */
static void lose_result(struct weir_downlink *downlink, struct weir_batch *batch)
{
    if (downlink->job->flow->books->warm && !weir_batch_stale(downlink->job, batch))
        downlink->mobile->lost_items += batch->count;
    discard_result(downlink, batch, &downlink->job->sink.in_transit);
}

/* The first of those waiting has been sent. */
static void air(struct weir_downlink *downlink)
{
    struct weir_batch *batch = take_first(&downlink->waiting);
    downlink->sends = false;
    batch->since_s = downlink->sent_s + downlink->job->flow->scenario->mobility.latency_s;
    append(&downlink->aired, batch);
    if (downlink->aired.first == batch)
        weir_alarm_set(downlink->job->flow->clock, &downlink->there, batch->since_s);
}

/* Begins to send the first of those that wait, and the next if that takes no time. */
static void send_first(struct weir_downlink *downlink)
{
    struct weir_clock *clock = downlink->job->flow->clock;
    while (downlink->waiting.first && !downlink->sends) {
        struct weir_batch *batch = downlink->waiting.first;
        if (weir_batch_stale(downlink->job, batch)) {
            discard_result(downlink, take_first(&downlink->waiting), &downlink->job->sink.in_transit);
            continue;
        }
        pass(downlink, batch, true);
        downlink->sends = true;
        downlink->left_bytes = batch->left_bytes;
        downlink->sent_s = weir_radio_carry(&downlink->radio, clock->now_s, &downlink->left_bytes,
                                            fmin(downlink->mobile->next_s, downlink->mobile->end_s));
        if (downlink->sent_s <= clock->now_s)
            air(downlink);
        else
            weir_alarm_set(clock, &downlink->sent, downlink->sent_s);
    }
}

static void sent_rings(struct weir_alarm *alarm)
{
    struct weir_downlink *downlink = WEIR_RECORD(alarm, struct weir_downlink, sent);
    air(downlink);
    send_first(downlink);
}

static void there_rings(struct weir_alarm *alarm)
{
    struct weir_downlink *downlink = WEIR_RECORD(alarm, struct weir_downlink, there);
    struct weir_run_job *job = downlink->job;
    while (downlink->aired.first && downlink->aired.first->since_s <= job->flow->clock->now_s) {
        struct weir_batch *batch = take_first(&downlink->aired);
        if (weir_batch_stale(job, batch)) {
            discard_result(downlink, batch, &job->sink.in_transit);
            continue;
        }
        pass(downlink, batch, false);
        weir_watch_end(&job->watch);
        job->sink.in_transit -= batch->count;
        weir_count_delivery(job, batch);
    }
    if (downlink->aired.first)
        weir_alarm_set(job->flow->clock, &downlink->there, downlink->aired.first->since_s);
}

static void leave_line_of(struct weir_post *post, const struct weir_connection *unless)
{
    if (!post->sender.waiter.in || post->sender.connection == unless)
        return;
    weir_wait_over(&post->sender.waiter);
    weir_connection_next(post->sender.connection);
}

/* The first in line goes on the wire to where the device is; false if it must wait. */
static bool forward_first(struct weir_post *post, struct weir_inbox *to)
{
    struct weir_run_job *job = post->downlink->job;
    struct weir_batch *batch = post->line.first, *next = batch->next;
    struct weir_connection *connection = weir_connection_find(job->flow, post->inbox.host, to, &post->edge);
    leave_line_of(post, connection);
    pass(post->downlink, batch, true);
    batch->out_edge = &post->edge;
    post->sender.connection = connection;
    if (!weir_connection_offer(connection, &batch, &post->sender))
        return false;
    weir_watch_end(&job->watch); /* the connection watches it now */
    post->line.first = next;
    if (!next)
        post->line.last = NULL;
    return true;
}

/* Forwards what is at an access point that the device has left; if it has come back, that waits there again. */
static void forward(struct weir_post *post)
{
    struct weir_downlink *downlink = post->downlink;
    struct weir_inbox *sink = &downlink->job->sink;
    while (post->line.first) {
        struct weir_inbox *to = weir_downlink_inbox(downlink);
        if (weir_batch_stale(downlink->job, post->line.first)) {
            leave_line_of(post, NULL);
            discard_result(downlink, take_first(&post->line), &sink->in_hand);
        } else if (to == &post->inbox) {
            leave_line_of(post, NULL);
            sink->in_hand -= post->line.first->count;
            sink->in_transit += post->line.first->count;
            append(&downlink->waiting, take_first(&post->line));
        } else if (!forward_first(post, to)) {
            break;
        }
    }
    send_first(downlink);
}

static void post_wakes(struct weir_soon *soon)
{
    struct weir_waiter *waiter = WEIR_RECORD(soon, struct weir_waiter, wake);
    forward(WEIR_RECORD(WEIR_RECORD(waiter, struct weir_sender, waiter), struct weir_post, sender));
}

/* The access point of a host; made if it is not there. */
static struct weir_post *post_at(struct weir_downlink *downlink, int host)
{
    for (struct weir_post *post = downlink->posts; post; post = post->next)
        if (post->inbox.host == host)
            return post;
    struct weir_post *post = weir_alloc_lines(sizeof *post);
    post->downlink = downlink;
    post->inbox.job = post->sender.job = downlink->job;
    post->inbox.host = post->sender.host = host;
    post->spec.delay_rate = INFINITY;
    post->edge = (struct weir_out_edge){.spec = &post->spec, .sink = &post->inbox, .bytes_per_s = INFINITY};
    post->sender.waiter.wake.ring = post_wakes;
    post->next = downlink->posts;
    return downlink->posts = post;
}

/* It goes on, or back, to where the device is. */
static void put_in_line(struct weir_post *post, struct weir_batch *batch)
{
    struct weir_inbox *sink = &post->downlink->job->sink;
    sink->in_transit -= batch->count;
    sink->in_hand += batch->count;
    append(&post->line, batch);
}

struct weir_inbox *weir_downlink_inbox(struct weir_downlink *downlink)
{
    return &post_at(downlink, downlink->host)->inbox;
}

void weir_downlink_take(struct weir_downlink *downlink, int host, struct weir_batch *batch)
{
    const struct weir_mobility *mobility = &downlink->job->flow->scenario->mobility;
    const struct weir_mobile *mobile = downlink->mobile;
    double open_s = mobile->stays.list[mobile->count].from_s + mobility->handover_s;
    bool here = host == downlink->host;
    weir_watch_begin(&downlink->job->watch);
    if (mobility->loses && (!here || downlink->job->flow->clock->now_s < open_s)) {
        lose_result(downlink, batch);
    } else if (here) {
        append(&downlink->waiting, batch);
        send_first(downlink);
    } else {
        struct weir_post *post = post_at(downlink, host);
        put_in_line(post, batch);
        forward(post);
    }
}

void weir_downlink_handed(struct weir_downlink *downlink)
{
    struct weir_post *old = downlink->waiting.first ? post_at(downlink, downlink->host) : NULL;
    bool loses = downlink->job->flow->scenario->mobility.loses;
    if (downlink->sends && downlink->sent_s < INFINITY) /* just in time */
        air(downlink);
    weir_alarm_stop(downlink->job->flow->clock, &downlink->sent);
    while (downlink->waiting.first) {
        struct weir_batch *batch = take_first(&downlink->waiting);
        pass(downlink, batch, !downlink->sends);
        if (downlink->sends)
            batch->left_bytes = downlink->left_bytes;
        downlink->sends = false;
        if (loses)
            lose_result(downlink, batch);
        else
            put_in_line(old, batch);
    }
    downlink->host = downlink->mobile->host;
    for (struct weir_post *post = downlink->posts; post; post = post->next)
        if (post->line.first && (post == old || post->inbox.host == downlink->host))
            forward(post);
}

struct weir_inbox *weir_downlink_next(const struct weir_downlink *downlink, const struct weir_inbox *inbox)
{
    struct weir_post *next = inbox ? WEIR_RECORD(inbox, struct weir_post, inbox)->next : downlink->posts;
    return next ? &next->inbox : NULL;
}

struct weir_downlink *weir_downlink_new(struct weir_mobile *mobile)
{
    struct weir_downlink *downlink = weir_alloc(1, sizeof *downlink);
    downlink->mobile = mobile;
    downlink->job = mobile->job;
    downlink->host = mobile->host;
    downlink->sent.ring = sent_rings;
    downlink->there.ring = there_rings;
    weir_radio_begin(&downlink->radio, &mobile->stays);
    return downlink;
}

void weir_downlink_free(struct weir_downlink *downlink)
{
    for (struct weir_post *post = downlink ? downlink->posts : NULL, *next; post; post = next) {
        next = post->next;
        weir_peers_free(post->inbox.peers);
        free(post);
    }
    free(downlink);
}
