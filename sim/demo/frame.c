#include "sim/demo/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/memory.h"

enum { GONE, FRAME, END };

void weir_demo_frame_fini(struct weir_demo_frame *frame)
{
    free(frame->jobs);
    free(frame->ops);
    free(frame->hosts);
    free(frame->events);
    *frame = (struct weir_demo_frame){.window = -1};
}

/* If nobody reads any more, the process is about to be ended. */
static void put(int to, const void *bytes, size_t count)
{
    const char *at = bytes;
    while (count > 0) {
        ssize_t written = write(to, at, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        at += written;
        count -= (size_t)written;
    }
}

static bool get(int from, void *bytes, size_t count)
{
    char *at = bytes;
    while (count > 0) {
        ssize_t got = read(from, at, count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        count -= (size_t)got;
    }
    return true;
}

static void *get_list(int from, int count, size_t size)
{
    void *list = weir_alloc((size_t)count, size);
    if (get(from, list, (size_t)count * size))
        return list;
    free(list);
    return NULL;
}

void weir_demo_write_frame(int to, const struct weir_demo_frame *frame)
{
    int kind = FRAME;
    put(to, &kind, sizeof kind);
    put(to, frame, sizeof *frame);
    put(to, frame->jobs, (size_t)frame->job_count * sizeof *frame->jobs);
    put(to, frame->ops, (size_t)frame->op_count * sizeof *frame->ops);
    put(to, frame->hosts, (size_t)frame->host_count * sizeof *frame->hosts);
    put(to, frame->events, (size_t)frame->event_count * sizeof *frame->events);
}

void weir_demo_write_end(int to, const struct weir_demo_end *end)
{
    int kind = END;
    put(to, &kind, sizeof kind);
    put(to, end, sizeof *end);
}

int weir_demo_read(int from, struct weir_demo_frame *frame, struct weir_demo_end *end)
{
    int kind;
    if (!get(from, &kind, sizeof kind))
        return GONE;
    if (kind == END)
        return get(from, end, sizeof *end) ? END : GONE;
    weir_demo_frame_fini(frame);
    if (!get(from, frame, sizeof *frame)) {
        *frame = (struct weir_demo_frame){.window = -1};
        return GONE;
    }
    frame->jobs = get_list(from, frame->job_count, sizeof *frame->jobs);
    frame->ops = frame->jobs ? get_list(from, frame->op_count, sizeof *frame->ops) : NULL;
    frame->hosts = frame->ops ? get_list(from, frame->host_count, sizeof *frame->hosts) : NULL;
    frame->events = frame->hosts ? get_list(from, frame->event_count, sizeof *frame->events) : NULL;
    if (frame->events)
        return FRAME;
    weir_demo_frame_fini(frame);
    return GONE;
}

void weir_demo_write_answer(int to, const struct weir_demo_answer *answer)
{
    put(to, answer, sizeof *answer);
}

bool weir_demo_read_answer(int from, struct weir_demo_answer *answer)
{
    return get(from, answer, sizeof *answer);
}
