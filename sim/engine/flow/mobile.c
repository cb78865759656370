#include "sim/engine/flow/mobile.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/books/outages.h"
#include "sim/engine/flow/downlink.h"
#include "sim/engine/flow/flow.h"
#include "sim/engine/flow/uplink.h"

static int by_date(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The list of a host's dates; NULL: it is never down. */
static const struct weir_outages *outages_of(const struct weir_books *books, int host)
{
    for (size_t o = 0; o < books->outage_count; o++)
        if (!books->outages[o].link && books->outages[o].host == host && !books->outages[o].shares)
            return &books->outages[o];
    return NULL;
}

struct weir_downs *weir_mobile_downs_new(const struct weir_flow *flow)
{
    const struct weir_mobility *mobility = &flow->scenario->mobility;
    size_t count = 0;
    if (!mobility->on || !mobility->leaves)
        return NULL;
    struct weir_downs *downs = weir_alloc(1, sizeof *downs);
    downs->of = weir_alloc((size_t)mobility->access_count, sizeof *downs->of);
    for (int a = 0; a < mobility->access_count; a++) {
        const struct weir_outages *outages = outages_of(flow->books, mobility->access[a].host);
        if (outages)
            downs->of[a] = (struct weir_down){outages->dates_s, outages->count};
        count += downs->of[a].count;
    }
    if (!count) {
        weir_mobile_downs_free(downs);
        return NULL;
    }
    downs->dates_s = weir_alloc(count, sizeof *downs->dates_s);
    for (int a = 0; a < mobility->access_count; a++)
        for (size_t d = 0; d < downs->of[a].count; d++)
            downs->dates_s[downs->count++] = downs->of[a].dates_s[d];
    qsort(downs->dates_s, downs->count, sizeof *downs->dates_s, by_date);
    return downs;
}

void weir_mobile_downs_free(struct weir_downs *downs)
{
    if (!downs)
        return;
    free(downs->of);
    free(downs->dates_s);
    free(downs);
}

int weir_mobile_host(const struct weir_mobile *mobile, int at)
{
    return mobile->job->flow->scenario->mobility.access[at].host;
}

/* It is attached to an access point. */
static void attach_to(struct weir_mobile *mobile, int at)
{
    struct weir_run_job *job = mobile->job;
    mobile->host = weir_mobile_host(mobile, at);
    if (mobile->source)
        mobile->source->host = mobile->host;
    if (mobile->source == &job->source)
        job->source_host = mobile->host;
    if (mobile->device->is_sink)
        job->sink.host = mobile->host;
}

/* Sets the alarm to the next handover. */
static void await_handover(struct weir_mobile *mobile)
{
    double next_s = weir_stays_from_s(&mobile->stays, mobile->count + 1);
    mobile->next_s = next_s < mobile->end_s ? next_s : INFINITY;
    weir_alarm_set_first(mobile->job->flow->clock, &mobile->alarm, mobile->next_s);
}

static void hand_over(struct weir_alarm *alarm)
{
    struct weir_mobile *mobile = WEIR_RECORD(alarm, struct weir_mobile, alarm);
    struct weir_run_job *job = mobile->job;
    double begun_s = mobile->next_s;
    if (job->life == WEIR_JOB_GONE)
        return;
    mobile->count++;
    attach_to(mobile, mobile->stays.list[mobile->count].at);
    await_handover(mobile);
    const struct weir_scenario *scenario = job->flow->scenario;
    double until_s = fmin(mobile->next_s, scenario->duration_s);
    double ends_s = fmin(begun_s + scenario->mobility.handover_s, until_s);
    mobile->handovers += job->flow->books->warm;
    mobile->interrupted_s += fmax(0, ends_s - fmax(begun_s, scenario->warmup_s)); /* what is after the warm-up */
    if (mobile->device->is_sink)
        weir_downlink_handed(job->downlink);
}

/* The device of a source, or of the sink alone (NULL); NULL if there is none. */
static struct weir_mobile *mobile_new(struct weir_run_job *job, struct weir_source *source, int device)
{
    const struct weir_flow *flow = job->flow;
    const struct weir_scenario *scenario = flow->scenario;
    const struct weir_mobility *mobility = &scenario->mobility;
    if (device < 0)
        return NULL;
    struct weir_mobile *mobile = weir_alloc(1, sizeof *mobile);
    struct weir_roam walk;
    job->moves = true;
    mobile->job = job;
    mobile->source = source;
    mobile->device = &mobility->devices[device];
    mobile->alarm.ring = hand_over;
    mobile->next_s = INFINITY;
    /* A sink that moves is on its way until the last result has come. */
    mobile->end_s = mobile->device->is_sink ? scenario->duration_s : fmin(job->spec->depart_s, scenario->duration_s);
    weir_roam_begin(&walk, mobility, flow->downs, mobile->device, flow->seed, job->spec->arrive_s);
    mobile->seen = walk.trip;
    weir_stays_begin(&mobile->stays, &walk, scenario->duration_s);
    attach_to(mobile, walk.at);
    mobile->host_at_window = mobile->host;
    if (source)
        source->uplink = weir_uplink_new(mobile);
    if (mobile->device->is_sink) {
        job->sink_mobile = mobile;
        job->downlink = weir_downlink_new(mobile);
    }
    return mobile;
}

void weir_mobiles_init(struct weir_run_job *job)
{
    const struct weir_mobility *mobility = &job->flow->scenario->mobility;
    if (!mobility->on)
        return;
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        source->mobile = mobile_new(job, source, weir_mobility_device(mobility, job->index, s));
    }
    if (!job->sink_mobile)
        mobile_new(job, NULL, weir_mobility_sink(mobility, job->index));
}

static void mobile_free(struct weir_mobile *mobile)
{
    if (!mobile)
        return;
    weir_stays_fini(&mobile->stays);
    free(mobile);
}

void weir_mobiles_fini(struct weir_run_job *job)
{
    weir_downlink_free(job->downlink);
    if (job->sink_mobile && !job->sink_mobile->source)
        mobile_free(job->sink_mobile);
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        free(source->uplink);
        mobile_free(source->mobile);
    }
}

void weir_mobile_start(struct weir_mobile *mobile)
{
    if (mobile->source)
        weir_uplink_start(mobile->source->uplink);
    await_handover(mobile);
}

/* The number of handovers until a date. */
static size_t handed_until(const struct weir_mobile *mobile, double date_s)
{
    const struct weir_stay *list = mobile->stays.list; /* the first is that before all handovers */
    size_t low = 0, high = mobile->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle + 1].from_s <= date_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add(struct weir_around *around, double latency_s)
{
    around->count++;
    around->sum_s += latency_s;
}

void weir_mobile_delivered(struct weir_mobile *mobile, const struct weir_item *item)
{
    double span_s = mobile->job->flow->scenario->window_s, latency_s = item->at - item->birth;
    size_t handed = handed_until(mobile, item->birth);
    double next_s = handed < mobile->count ? mobile->stays.list[handed + 1].from_s : mobile->next_s;
    if (handed && item->birth - mobile->stays.list[handed].from_s < span_s)
        add(&mobile->after, latency_s);
    if (next_s - item->birth <= span_s)
        add(&mobile->before, latency_s);
}

int weir_mobile_window(struct weir_source *source)
{
    struct weir_mobile *mobile = source->mobile;
    if (!mobile)
        return weir_source_host(source);
    int before = mobile->host_at_window;
    mobile->host_at_window = weir_source_host(source);
    return before;
}

void weir_mobile_place(struct weir_mobile *mobile, double now_s, double *x, double *y)
{
    while (mobile->seen.leg.until_s <= now_s)
        weir_trip_next(&mobile->seen);
    weir_trip_place(&mobile->seen, now_s, x, y);
}
