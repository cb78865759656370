#include "sim/engine/flow/uplink.h"

#include <math.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/flow.h"

struct weir_uplink *weir_uplink_new(struct weir_mobile *mobile)
{
    struct weir_uplink *uplink = weir_alloc(1, sizeof *uplink);
    uplink->mobile = mobile;
    uplink->host = mobile->host;
    weir_radio_begin(&uplink->radio, &mobile->stays);
    return uplink;
}

void weir_uplink_start(struct weir_uplink *uplink)
{
    uplink->free_s = uplink->mobile->job->flow->clock->now_s;
}

void weir_uplink_recovered(struct weir_uplink *uplink)
{
    uplink->free_s = fmax(uplink->free_s, uplink->mobile->job->flow->clock->now_s);
    uplink->known = false;
}

double weir_uplink_ready_s(struct weir_uplink *uplink, const struct weir_arrival *first)
{
    const struct weir_source *source = uplink->mobile->source;
    double bytes = weir_source_bytes(source);
    const struct weir_scenario *scenario = source->job->flow->scenario;
    if (uplink->known && uplink->first.id == first->id && uplink->first.time_s == first->time_s)
        return uplink->ready_s;
    uplink->known = true;
    uplink->first = *first;
    uplink->start_s = fmax(first->time_s, uplink->free_s);
    double sent_s = weir_radio_send(&uplink->radio, uplink->start_s, bytes, scenario->duration_s, &uplink->lost);
    uplink->free_s = sent_s;
    uplink->ready_s = uplink->lost ? sent_s : sent_s + scenario->mobility.latency_s;
    uplink->host = weir_mobile_host(uplink->mobile, weir_radio_at(&uplink->radio));
    return uplink->ready_s;
}

void weir_uplink_sends(struct weir_uplink *uplink, struct weir_item *item)
{
    item->network = uplink->ready_s - uplink->start_s;
    item->blocked = item->at - item->birth - item->network;
    uplink->mobile->source->sender.host = uplink->host;
    uplink->known = false;
}
