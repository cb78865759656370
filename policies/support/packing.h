/* Instances packed on few hosts: who uses how much of which host, and whether what one host has fits on others. Best
 * fit decreasing, as of consolidation in data centres (Beloglazov, Buyya, CCPE 2012), within one region and tier. */
#ifndef WEIR_POLICIES_SUPPORT_PACKING_H
#define WEIR_POLICIES_SUPPORT_PACKING_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/api/plan.h"

struct weir_packing_item {
    int job, op, index; /* in the operator's planned list */
    int host, to;       /* where it is; where it shall be */
    double work;        /* flop/s of the operator's class */
    double share;       /* of a core, at most */
    bool moves;         /* it may be moved */
};
struct weir_packing_host {
    int group;    /* hosts of one region and tier have one number */
    double used;  /* cores, of what is planned there and moved there */
    int count;    /* instances */
    double bytes; /* of state moved there */
    bool fixed;   /* has an instance that may not be moved */
    bool closed;  /* takes nothing: it is down, asleep, or is being emptied */
};
struct weir_packing {
    const struct weir_view *view;
    const struct weir_plan *plan;
    struct weir_packing_host *hosts; /* [host of the view] */
    struct weir_packing_item *items;
    int item_count, group_count;
    size_t item_capacity;
};

void weir_packing_init(struct weir_packing *pack, const struct weir_view *view, const struct weir_plan *plan);
void weir_packing_fini(struct weir_packing *pack);

/* An instance that is planned, the operator's instances in turn. */
void weir_packing_add(struct weir_packing *pack, int job, int op, int index, const struct weir_placement *at,
                      double work, bool moves);

/* Cores that an instance uses on a host. */
double weir_packing_cores(const struct weir_packing *pack, const struct weir_packing_item *item, int host);

/* The host of the item's group that has room for it up to a share `high` of its cores, and the most in use besides; a
 * host without instances only if it must stay awake anyway, unless `empty_too`. -1: there is none. The first if equal.
 */
int weir_packing_find(const struct weir_packing *pack, const struct weir_packing_item *item, double high,
                      bool empty_too);

/* Moves an item. */
void weir_packing_move(struct weir_packing *pack, struct weir_packing_item *item, int host);

/* Moves all that a host has to others in use, largest first; or nothing, if not all of it has room. */
bool weir_packing_drain(struct weir_packing *pack, int host, double high);

/* Flop/s that all instances of a group are to do, and what its hosts that are awake or boot can do, `but` one (-1:
 * all). */
double weir_packing_need(const struct weir_packing *pack, int group);
double weir_packing_room(const struct weir_packing *pack, int group, int but);

#endif
