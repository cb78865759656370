/* Patience: when a wish for another number of instances is followed, and how far. Streaks of windows, stabilisation
 * with the meaning that Kubernetes' HorizontalPodAutoscaler gives it, and cool-downs. */
#ifndef WEIR_POLICIES_SUPPORT_PATIENCE_H
#define WEIR_POLICIES_SUPPORT_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Growing and shrinking are judged alike, each by its own row. */
struct weir_patience_way {
    int windows; /* in a row that must ask for it, at least 1 */
    double
        stabilize_s; /* what was asked for since then counts as well, as stabilizationWindowSeconds does; 0: nothing */
    double cooldown_s; /* least time from the last change on */
};

struct weir_patience_rule {
    struct weir_patience_way up, down;
};

/* Of one operator. Zeroed it is empty and valid; what is in it is not for its users. */
struct weir_patience {
    struct weir_patience_asked {
        double time_s;
        int instances;
    } * asked; /* oldest first; owned */
    size_t first, end, capacity;
    int up, down; /* windows in a row that asked for more, for fewer */
    bool acted;
    double acted_s;
};

/* A window that ends at now_s asks for `wanted` instances where there are `present`. The number to go to now:
 * `present`, or as far as all of these asked for, be it up or down: the last `windows` windows, and those that ended
 * within (now_s - stabilize_s, now_s]. So growth goes to the least of them and shrinking to the most of them. The first
 * call counts as if `present` had been asked for, too: nothing shrinks within the first stabilize_s. Times never fall
 * from call to call. O(windows that count). */
int weir_patience_ask(struct weir_patience *patience, const struct weir_patience_rule *rule, double now_s, int present,
                      int wanted);

/* A window that cannot be judged: streaks begin anew. What was asked for before counts on within its time. */
void weir_patience_pass(struct weir_patience *patience);

/* A change has been decided at now_s, or has ended: streaks begin anew, cool-downs run from here. */
void weir_patience_acted(struct weir_patience *patience, double now_s);

/* Frees what it holds; it is empty then. */
void weir_patience_fini(struct weir_patience *patience);

#endif
