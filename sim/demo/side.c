#include "sim/demo/side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static void forget(struct weir_demo_side *side)
{
    for (int f = 0; f < side->frame_count; f++)
        weir_demo_frame_fini(&side->frames[f]);
    side->frame_count = 0;
    side->bytes = 0;
}

int weir_demo_side_begin(struct weir_demo_side *side)
{
    forget(side);
    weir_demo_session_reset(side->session);
    side->holds = side->over = false;
    return weir_demo_player_start(&side->player, side->session);
}

void weir_demo_side_stop(struct weir_demo_side *side)
{
    weir_demo_player_stop(&side->player);
    forget(side);
    free(side->frames);
    side->frames = NULL;
    side->frame_capacity = 0;
}

static size_t bytes_of(const struct weir_demo_frame *frame)
{
    return sizeof *frame + (size_t)frame->job_count * sizeof *frame->jobs +
           (size_t)frame->op_count * sizeof *frame->ops + (size_t)frame->host_count * sizeof *frame->hosts +
           (size_t)frame->event_count * sizeof *frame->events;
}

static void *copy_list(const void *list, int count, size_t size)
{
    void *copy = weir_alloc((size_t)count + 1, size);
    if (count > 0)
        memcpy(copy, list, (size_t)count * size);
    return copy;
}

static void drop_oldest(struct weir_demo_side *side)
{
    int dropped = 0;
    while (side->bytes > WEIR_DEMO_KEPT_BYTES && dropped < side->frame_count - 1) {
        side->bytes -= bytes_of(&side->frames[dropped]);
        weir_demo_frame_fini(&side->frames[dropped++]);
    }
    if (dropped)
        memmove(side->frames, side->frames + dropped, (size_t)(side->frame_count - dropped) * sizeof *side->frames);
    side->frame_count -= dropped;
}

void weir_demo_side_take(struct weir_demo_side *side)
{
    const struct weir_demo_frame *frame = &side->player.frame;
    weir_demo_session_see(side->session, frame);
    side->frames = weir_grow(side->frames, (size_t)side->frame_count + 1, &side->frame_capacity, sizeof *side->frames);
    struct weir_demo_frame *kept = &side->frames[side->frame_count++];
    *kept = *frame;
    kept->jobs = copy_list(frame->jobs, frame->job_count, sizeof *frame->jobs);
    kept->ops = copy_list(frame->ops, frame->op_count, sizeof *frame->ops);
    kept->hosts = copy_list(frame->hosts, frame->host_count, sizeof *frame->hosts);
    kept->events = copy_list(frame->events, frame->event_count, sizeof *frame->events);
    side->bytes += bytes_of(kept);
    drop_oldest(side);
    side->holds = true;
}

const struct weir_demo_frame *weir_demo_side_frame(const struct weir_demo_side *side, int back)
{
    if (!side->frame_count)
        return &side->player.frame;
    return &side->frames[back < side->frame_count ? side->frame_count - 1 - back : 0];
}

void weir_demo_side_look(struct weir_demo_side *side, int job)
{
    side->session->job = job;
    side->session->past_count = 0;
    for (int f = 0; f < side->frame_count; f++)
        weir_demo_session_note(side->session, &side->frames[f]);
}

double weir_demo_figure(const struct weir_demo_frame *frame, int job, enum weir_demo_figure figure)
{
    if (frame->window < 0 || job >= frame->job_count)
        return NAN;
    const struct weir_demo_job *one = &frame->jobs[job];
    double instances = 0;
    switch (figure) {
    case WEIR_DEMO_INGRESS:
        return one->ingress_rate;
    case WEIR_DEMO_BACKLOG:
        return one->backlog;
    case WEIR_DEMO_LATENCY:
        return one->delivered_rate > 0 ? one->latency_mean_s : NAN;
    case WEIR_DEMO_INSTANCES:
        break;
    }
    for (int o = 0; o < one->op_count; o++)
        instances += frame->ops[one->op_first + o].instances;
    return instances;
}
