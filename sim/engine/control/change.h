/* A change of an operator under way, as the files share it that carry it out. */
#ifndef WEIR_ENGINE_CHANGE_H
#define WEIR_ENGINE_CHANGE_H

#include "sim/engine/control/changes.h"
#include "sim/engine/control/moves.h"

enum weir_change_stage {
    WEIR_CHANGE_STARTS,
    WEIR_CHANGE_DRAINS,
    WEIR_CHANGE_WRITES,
    WEIR_CHANGE_MOVES,
    WEIR_CHANGE_RESTORES
};

struct weir_change {
    struct weir_change *next;
    struct weir_controller *controller;
    struct weir_op *op;
    char *policy; /* that asked for it */
    enum weir_change_stage stage;
    void (*step)(struct weir_change *change); /* what comes next */
    struct weir_alarm alarm;                  /* after a while */
    struct weir_soon go;                      /* at once */
    struct weir_alarm patience;               /* for what drains */
    uint64_t processed;                       /* by what drains when it was set */
    struct weir_instance **start, **stop;
    int start_count, stop_count, kept_count;
    bool moves;        /* as many instances as before, on other hosts */
    bool opened;       /* what it starts takes its place already, and stands still until it has its state */
    bool waits, ready; /* halt.c: for other changes of its job; and for none any more */
    double begun_s, paused_since_s, paused_s;
    struct weir_moves state;
};

/* compare.c: what is to start and to stop for a wish. Weights and shares of what stays are set. Of its links and alarms
 * nothing is set yet. */
struct weir_change *weir_change_new(struct weir_controller *controller, struct weir_op *op,
                                    const struct weir_plan_change *wish);
/* Takes it off the controller's list, if it is there. */
void weir_change_free(struct weir_change *change);

#endif
