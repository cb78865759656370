/* Parts of an instance's record: what its windows hold, and in which order it serves. */
#ifndef WEIR_ENGINE_CONTENT_H
#define WEIR_ENGINE_CONTENT_H

#include <stddef.h>
#include <stdint.h>

struct weir_batch;

/* The items of a window that belong to one checkpoint interval, and the times of the latest of them. */
struct weir_window_part {
    double end_s; /* of the window */
    unsigned segment, kind;
    uint64_t count, path;
    double birth, at, waiting, service, network, blocked;
    struct weir_window_numbers {
        uint64_t *all; /* as many as items, drawn from their ids; NULL: they are never played again */
        size_t capacity;
    } numbers;
};
struct weir_window_content {
    uint64_t count;
    double carry; /* fraction of a result owed */
    struct weir_window_part *parts;
    int part_count, part_capacity;
    double lag_s, lag_before_s; /* how far items' clocks were behind when they were added; before the last results */
    uint64_t number;            /* results so far, for their ids */
    /* In event time (watermark.h): of each source the latest birth seen, NULL: nothing yet; and the watermark. */
    double *own, mark_s;
    struct weir_batch *ready; /* results of joins by interval, to be sent */
};

/* Who is served first: of the lowest key, and of these of the lowest number. */
struct weir_rank {
    double key;
    uint64_t number; /* in the order of coming to the input */
};

/* Why an instance that rests or works is to look. */
enum {
    WEIR_HEEDS_BATCH = 1 /* it rests until a batch is full */,
    WEIR_HEEDS_RANK = 2 /* what should go first has come */,
    WEIR_HEEDS_BARRIER = 4 /* a barrier that overtakes has come */
};

#endif
