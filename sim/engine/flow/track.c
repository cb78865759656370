#include "sim/engine/flow/track.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static void reserve(struct weir_track *track, int count)
{
    if (count <= track->capacity)
        return;
    int capacity = track->capacity ? track->capacity : 4;
    while (capacity < count)
        capacity *= 2;
    track->gaps = weir_resize(track->gaps, (size_t)capacity, sizeof *track->gaps);
    track->capacity = capacity;
}

void weir_track_fini(struct weir_track *track)
{
    free(track->gaps);
    memset(track, 0, sizeof *track);
}

void weir_track_reset(struct weir_track *track, double free_s)
{
    reserve(track, 1);
    track->gaps[0] = (struct weir_gap){free_s, INFINITY};
    track->count = 1;
    track->cursor = 0;
}

void weir_track_begin(struct weir_track *track, double at_s, double now_s)
{
    if (!track->count)
        weir_track_reset(track, 0);
    if (now_s - at_s > track->lag_s)
        track->lag_s = now_s - at_s;
    int gone = 0;
    while (gone < track->count - 1 && track->gaps[gone].end_s <= now_s - track->lag_s)
        gone++;
    track->count -= gone;
    if (gone)
        memmove(track->gaps, track->gaps + gone, (size_t)track->count * sizeof *track->gaps);
    track->cursor = 0;
    track->at_s = at_s;
}

double weir_track_take_any(struct weir_track *track, double at_s, double work_s)
{
    if (at_s < track->at_s)
        track->cursor = 0;
    track->at_s = at_s;
    while (track->gaps[track->cursor].end_s <= at_s)
        track->cursor++;
    for (int i = track->cursor;; i++) {
        struct weir_gap *gap = &track->gaps[i];
        double start_s = fmax(at_s, gap->start_s);
        double room_s = gap->end_s - start_s;
        if (work_s > room_s + WEIR_TRACK_SHORTEST_S) { /* the rest of this gap, and on */
            work_s -= room_s;
            gap->end_s = start_s;
            continue;
        }
        double end_s = fmin(start_s + work_s, gap->end_s);
        if (start_s - gap->start_s <= WEIR_TRACK_SHORTEST_S) {
            gap->start_s = end_s;
        } else {
            reserve(track, track->count + 1);
            memmove(track->gaps + i + 1, track->gaps + i, (size_t)(track->count - i) * sizeof *track->gaps);
            track->count++;
            track->gaps[i].end_s = start_s;
            track->gaps[i + 1].start_s = end_s;
        }
        return end_s;
    }
}

void weir_track_block(struct weir_track *track, double until_s)
{
    if (!track->count)
        weir_track_reset(track, 0);
    struct weir_gap *last = &track->gaps[track->count - 1];
    last->start_s = fmax(last->start_s, until_s);
}

double weir_track_free_s(const struct weir_track *track)
{
    return track->count ? track->gaps[track->count - 1].start_s : 0;
}
