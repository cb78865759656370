#include "policies/support/patience.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static void push(struct weir_patience *patience, double now_s, int instances)
{
    if (patience->end == patience->capacity && patience->first > patience->end / 2) {
        size_t kept = patience->end - patience->first;
        memmove(patience->asked, patience->asked + patience->first, kept * sizeof *patience->asked);
        patience->first = 0;
        patience->end = kept;
    }
    patience->asked = weir_grow(patience->asked, patience->end + 1, &patience->capacity, sizeof *patience->asked);
    patience->asked[patience->end++] = (struct weir_patience_asked){now_s, instances};
}

/* Forgets what counts for neither way any more. */
static void drop_old(struct weir_patience *patience, const struct weir_patience_rule *rule, double now_s)
{
    double longest_s = rule->up.stabilize_s > rule->down.stabilize_s ? rule->up.stabilize_s : rule->down.stabilize_s;
    size_t windows = (size_t)(rule->up.windows > rule->down.windows ? rule->up.windows : rule->down.windows);
    while (patience->end - patience->first > windows && patience->asked[patience->first].time_s <= now_s - longest_s)
        patience->first++;
}

/* The nearest to `present` of what counts: the least for growth (sign 1), the most for shrinking (sign -1). */
static int as_far_as_all(const struct weir_patience *patience, const struct weir_patience_way *way, double now_s,
                         int sign)
{
    size_t last = patience->end - 1;
    int nearest = patience->asked[last].instances;
    for (size_t back = 1; back <= last - patience->first; back++) {
        const struct weir_patience_asked *asked = &patience->asked[last - back];
        if (back >= (size_t)way->windows && asked->time_s <= now_s - way->stabilize_s)
            break;
        if (sign * asked->instances < sign * nearest)
            nearest = asked->instances;
    }
    return nearest;
}

static int follow(const struct weir_patience *patience, const struct weir_patience_way *way, double now_s, int present,
                  int streak, int sign)
{
    if (streak < way->windows || (patience->acted && now_s - patience->acted_s < way->cooldown_s))
        return present;
    int nearest = as_far_as_all(patience, way, now_s, sign);
    return sign * nearest > sign * present ? nearest : present;
}

int weir_patience_ask(struct weir_patience *patience, const struct weir_patience_rule *rule, double now_s, int present,
                      int wanted)
{
    if (patience->end == 0)
        push(patience, now_s, present);
    push(patience, now_s, wanted);
    drop_old(patience, rule, now_s);
    patience->up = wanted > present ? patience->up + 1 : 0;
    patience->down = wanted < present ? patience->down + 1 : 0;
    if (wanted > present)
        return follow(patience, &rule->up, now_s, present, patience->up, 1);
    return wanted < present ? follow(patience, &rule->down, now_s, present, patience->down, -1) : present;
}

void weir_patience_pass(struct weir_patience *patience)
{
    patience->up = patience->down = 0;
}

void weir_patience_acted(struct weir_patience *patience, double now_s)
{
    weir_patience_pass(patience);
    patience->acted = true;
    patience->acted_s = now_s;
}

void weir_patience_fini(struct weir_patience *patience)
{
    free(patience->asked);
    *patience = (struct weir_patience){0};
}
