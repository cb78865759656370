#include "sim/engine/flow/mobile.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/flow.h"

static int host_at(const struct weir_mobile *mobile, const struct weir_roam *roam)
{
    return mobile->job->flow->scenario->mobility.access[roam->at].host;
}

/* The source's items come from a host. */
static void sit(const struct weir_mobile *mobile, int host)
{
    mobile->source->host = host;
    if (!mobile->source->index)
        mobile->job->source_host = host;
}

/* Sets the alarm to the next handover. */
static void look_ahead(struct weir_mobile *mobile)
{
    bool any = weir_roam_handover(&mobile->walk, mobile->end_s);
    mobile->next_s = any ? mobile->walk.from_s : INFINITY;
    weir_alarm_set_first(mobile->job->flow->clock, &mobile->alarm, mobile->next_s);
}

static void hand_over(struct weir_alarm *alarm)
{
    struct weir_mobile *mobile = WEIR_RECORD(alarm, struct weir_mobile, alarm);
    struct weir_run_job *job = mobile->job;
    double begun_s = mobile->next_s;
    if (job->life == WEIR_JOB_GONE)
        return;
    sit(mobile, host_at(mobile, &mobile->walk));
    WEIR_ONE_MORE(mobile->dates, mobile->count, mobile->capacity);
    mobile->dates[mobile->count++] = begun_s;
    look_ahead(mobile);
    const struct weir_scenario *scenario = job->flow->scenario;
    double until_s = fmin(mobile->next_s, scenario->duration_s);
    double ends_s = fmin(begun_s + scenario->mobility.handover_s, until_s);
    mobile->handovers += job->flow->books->warm;
    mobile->interrupted_s += fmax(0, ends_s - fmax(begun_s, scenario->warmup_s)); /* what is after the warm-up */
}

struct weir_mobile *weir_mobile_new(struct weir_source *source, unsigned long long seed)
{
    struct weir_run_job *job = source->job;
    const struct weir_scenario *scenario = job->flow->scenario;
    const struct weir_mobility *mobility = &scenario->mobility;
    int device = weir_mobility_device(mobility, job->index, source->index);
    if (device < 0)
        return NULL;
    struct weir_mobile *mobile = weir_alloc(1, sizeof *mobile);
    mobile->job = job;
    mobile->source = source;
    mobile->alarm.ring = hand_over;
    mobile->end_s = fmin(job->spec->depart_s, scenario->duration_s);
    mobile->next_s = INFINITY;
    weir_roam_begin(&mobile->walk, mobility, &mobility->devices[device], seed, job->spec->arrive_s);
    mobile->air = mobile->seen = mobile->walk;
    mobile->host = mobile->host_at_window = host_at(mobile, &mobile->walk);
    sit(mobile, mobile->host);
    job->moves = true;
    return mobile;
}

void weir_mobile_free(struct weir_mobile *mobile)
{
    if (!mobile)
        return;
    free(mobile->dates);
    free(mobile);
}

void weir_mobile_start(struct weir_mobile *mobile)
{
    mobile->free_s = mobile->job->flow->clock->now_s;
    look_ahead(mobile);
}

void weir_mobile_recovered(struct weir_mobile *mobile)
{
    mobile->free_s = fmax(mobile->free_s, mobile->job->flow->clock->now_s);
    mobile->known = false;
}

double weir_mobile_ready_s(struct weir_mobile *mobile, const struct weir_arrival *first)
{
    const struct weir_source *source = mobile->source;
    double bytes = source->spec ? source->spec->source_bytes : mobile->job->spec->source_bytes;
    const struct weir_scenario *scenario = mobile->job->flow->scenario;
    if (mobile->known && mobile->first.id == first->id && mobile->first.time_s == first->time_s)
        return mobile->ready_s;
    mobile->known = true;
    mobile->first = *first;
    mobile->start_s = fmax(first->time_s, mobile->free_s);
    double sent_s = weir_roam_send(&mobile->air, mobile->start_s, bytes, scenario->duration_s, &mobile->lost);
    mobile->free_s = sent_s;
    mobile->ready_s = mobile->lost ? sent_s : sent_s + scenario->mobility.latency_s;
    mobile->host = host_at(mobile, &mobile->air);
    return mobile->ready_s;
}

void weir_mobile_sends(struct weir_mobile *mobile, struct weir_item *item)
{
    item->network = mobile->ready_s - mobile->start_s;
    item->blocked = item->at - item->birth - item->network;
    mobile->source->sender.host = mobile->host;
    mobile->known = false;
}

/* The number of handovers until a date. */
static size_t handed_until(const struct weir_mobile *mobile, double date_s)
{
    size_t low = 0, high = mobile->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (mobile->dates[middle] <= date_s)
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
    double next_s = handed < mobile->count ? mobile->dates[handed] : mobile->next_s;
    if (handed && item->birth - mobile->dates[handed - 1] < span_s)
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
    while (mobile->seen.until_s <= now_s && weir_roam_next(&mobile->seen))
        continue;
    weir_roam_place(&mobile->seen, now_s, x, y);
}
