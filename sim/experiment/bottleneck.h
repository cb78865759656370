/* Who holds whom back: what a sender that is held back waits for, by the utilisation law. Of all that lies after it and
 * that it may wait for, the most used resource sets the pace. */
#ifndef WEIR_EXPERIMENT_BOTTLENECK_H
#define WEIR_EXPERIMENT_BOTTLENECK_H

enum weir_hold_kind { WEIR_HOLD_NONE, WEIR_HOLD_OPERATOR, WEIR_HOLD_LINK, WEIR_HOLD_HOST };
extern const char *const weir_hold_names[]; /* "none", "operator", "link", "host" */

/* The source (stage 0) or an operator of a job in a window. All are shares of the window's time, 0 to 1. */
struct weir_stage {
    double held; /* backpressured: it had something to send, and could not */
    double busy; /* of its busiest instance; 0 of a source */
    double down; /* one of its hosts had failed */
};

/* An edge of the job's graph. */
struct weir_way {
    int from, to; /* stages; to -1: the sink */
    double used;  /* of the fullest link on it: the share of its bandwidth in use or taken away by faults */
};

/* What a stage waits for. */
struct weir_hold {
    enum weir_hold_kind kind;
    int at;       /* a stage (operator, host) or a way (link) */
    double level; /* how much it is used */
    int failed;   /* of the stages after it the one whose host was down most, -1: none was; and how much */
    double down;
};

/* holds[s]: what stage s would wait for, whether it is held back or not: the most used of the ways from it, of the
 * stages at their ends and of what these wait for, if they are held back themselves. The nearer one where two are
 * equal. Ways go from a lower stage to a higher one; in any order. NONE where nothing after it is used at all. O(stages
 * x ways). */
void weir_bottleneck_holds(const struct weir_stage *stages, int stage_count, const struct weir_way *ways, int way_count,
                           struct weir_hold *holds);

#endif
