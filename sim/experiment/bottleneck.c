#include "sim/experiment/bottleneck.h"

#include <stddef.h>

const char *const weir_hold_names[] = {"none", "operator", "link", "host", NULL};

static void rather(struct weir_hold *hold, enum weir_hold_kind kind, int at, double level)
{
    if (level > hold->level) {
        hold->kind = kind;
        hold->at = at;
        hold->level = level;
    }
}

static void note_failed(struct weir_hold *hold, int stage, double down)
{
    if (down > hold->down) {
        hold->failed = stage;
        hold->down = down;
    }
}

/* What a stage waits for along one way. */
static void along(struct weir_hold *hold, const struct weir_stage *stages, const struct weir_hold *holds,
                  const struct weir_way *way, int number)
{
    int to = way->to;
    if (to >= 0) {
        rather(hold, WEIR_HOLD_HOST, to, stages[to].down);
        rather(hold, WEIR_HOLD_OPERATOR, to, stages[to].busy);
        note_failed(hold, to, stages[to].down);
        note_failed(hold, holds[to].failed, holds[to].down);
    }
    rather(hold, WEIR_HOLD_LINK, number, way->used);
    if (to >= 0 && stages[to].held > 0)
        rather(hold, holds[to].kind, holds[to].at, holds[to].level);
}

void weir_bottleneck_holds(const struct weir_stage *stages, int stage_count, const struct weir_way *ways, int way_count,
                           struct weir_hold *holds)
{
    for (int s = stage_count - 1; s >= 0; s--) {
        holds[s] = (struct weir_hold){.kind = WEIR_HOLD_NONE, .at = -1, .failed = -1};
        for (int w = 0; w < way_count; w++)
            if (ways[w].from == s)
                along(&holds[s], stages, holds, &ways[w], w);
        rather(&holds[s], WEIR_HOLD_HOST, holds[s].failed, holds[s].down);
    }
}
