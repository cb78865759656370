/* Room for instances on hosts: up, slots and memory, and how much of them is taken. This is known here alone; asked by
 * default placement, recovery, and the check of plans. Not public. */
#ifndef WEIR_API_SPACE_H
#define WEIR_API_SPACE_H

#include "sim/api/view.h"

struct weir_space {
    const struct weir_view *view;
    int *instances;       /* [host] taken so far */
    double *memory_bytes; /* [host] */
    int size;
};

/* What a host lacks. */
enum weir_lack { WEIR_LACKS_NOTHING, WEIR_LACKS_POWER, WEIR_LACKS_SLOTS, WEIR_LACKS_MEMORY };

/* As the view shows it, which must outlive the space. Zero-initialised before the first call; may be called again. */
void weir_space_begin(struct weir_space *space, const struct weir_view *view);
void weir_space_fini(struct weir_space *space);

/* Takes so many instances and bytes of state from a host; below 0: gives them back. */
void weir_space_take(struct weir_space *space, int host, int instances, double bytes);

/* What a host lacks for so many instances and bytes more; 0 or fewer of either are always there. */
enum weir_lack weir_space_lack(const struct weir_space *space, int host, int instances, double bytes);

#endif
