/* What is gathered in windows of event time, by key: an operator's, whatever its instances are, as state by key is that
 * moves with its group. The dates at which something is to become of a window are kept for each group. */
#ifndef WEIR_ENGINE_PANES_H
#define WEIR_ENGINE_PANES_H

#include <stdbool.h>

#include "sim/engine/flow/flow.h"

/* Items of one input of a join. */
struct weir_pane_side {
    struct weir_item *items;
    size_t count, capacity;
};

/* A window of a key; or, of a join by interval, an item of it that waits for partners. */
struct weir_pane {
    struct weir_pane *next; /* of its key, by their beginnings */
    uint64_t key;
    double start_s, end_s; /* end_s is no part of it */
    uint64_t fresh;        /* items since it gave a result last */
    uint64_t results;      /* that it has given */
    unsigned segment;      /* of its first item; what is fresh keeps it alive */
    bool given;            /* before the job went back: what it holds is played again */
    struct weir_item latest;
    unsigned input;                 /* of a join by interval: that of the item */
    struct weir_pane_side sides[2]; /* of a join in windows */
};

/* Something is to become of a window of a key: sorted by date, then key and beginning. */
struct weir_pane_date {
    double date_s;
    uint64_t key;
    double start_s, end_s;
};

struct weir_panes;
struct weir_panes *weir_panes_new(void);
void weir_panes_free(struct weir_panes *panes);

/* Where the windows of a key begin, made if they are not there; valid until the next key is asked for. */
struct weir_pane **weir_panes_of(struct weir_panes *panes, uint64_t key);
/* The window with these bounds; NULL if it is not there. */
struct weir_pane *weir_panes_find(struct weir_panes *panes, uint64_t key, double start_s, double end_s);
/* A new one, empty. */
struct weir_pane *weir_panes_add(struct weir_panes *panes, uint64_t key, double start_s, double end_s);
/* An item more of an input; all that another one has. */
void weir_pane_keep(struct weir_pane *pane, unsigned input, const struct weir_item *item);
void weir_pane_take_in(struct weir_pane *into, const struct weir_pane *pane);
/* Takes one out, and frees it. */
void weir_panes_remove(struct weir_panes *panes, struct weir_pane *pane);
/* Calls for each window; it may be removed by that. */
void weir_panes_each(struct weir_panes *panes, void (*call)(struct weir_pane *pane, void *context), void *context);

/* Keeps a date for a window of a group of keys. */
void weir_panes_date(struct weir_panes *panes, uint64_t group, const struct weir_pane *pane, double date_s);
/* Takes out the first date of a group that has come by until_s; false if there is none. */
bool weir_panes_take_date(struct weir_panes *panes, uint64_t group, double until_s, struct weir_pane_date *date);
/* Forgets all dates. */
void weir_panes_forget_dates(struct weir_panes *panes);
/* The first of all groups; INFINITY: there is none. O(1), but for the first time after some were taken. */
double weir_panes_next_s(struct weir_panes *panes);

#endif
