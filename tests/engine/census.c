#include "tests/engine/census.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

struct world {
    const char *text;
    const struct weir_workload *workload;
    const struct weir_result *result;
    const char *decisions;
};

static bool plans_change(const struct world *world)
{
    return world->result->metrics.rescales + world->result->metrics.migrations > 0;
}

static bool instances_move(const struct world *world)
{
    return world->result->metrics.migrations > 0;
}

static bool state_moves(const struct world *world)
{
    return world->result->metrics.state_moved_bytes > 0;
}

/* A decision with these words in it was carried out. */
static bool is_decided(const struct world *world, const char *words)
{
    for (const char *line = world->decisions; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n'), *found = strstr(line, words);
        if (found && found < end && end - line > 9 && strncmp(end - 9, "| applied", 9) == 0)
            return true;
    }
    return false;
}

static bool rates_are_limited(const struct world *world)
{
    return is_decided(world, "bps -> ") || is_decided(world, "no limit -> ");
}

static bool cores_are_given_in_shares(const struct world *world)
{
    return is_decided(world, " of a core");
}

static bool hosts_or_links_fail(const struct world *world)
{
    return world->result->metrics.restarts > 0;
}

static bool items_are_lost(const struct world *world)
{
    return world->result->metrics.lost > 0;
}

static bool items_come_again(const struct world *world)
{
    return world->result->metrics.replayed > 0;
}

static bool packets_are_lost(const struct world *world)
{
    return strstr(world->text, "\"loss\"") && world->result->metrics.network_bytes > 0;
}

static bool items_are_dropped(const struct world *world)
{
    return world->result->metrics.dropped > 0;
}

static bool work_is_contended(const struct world *world)
{
    return world->result->shared_works > 0;
}

static bool links_are_contended(const struct world *world)
{
    return world->result->shared_transfers > 0;
}

static bool senders_wait(const struct world *world)
{
    return world->result->metrics.blocked_s > 0;
}

static bool in_batches(const struct world *world)
{
    return !strstr(world->text, "\"items_per_batch\": 1,");
}

static bool arrivals_are_continuous(const struct world *world)
{
    return (strstr(world->text, "\"poisson\"") || strstr(world->text, "\"bursts\"")) &&
           world->result->metrics.emitted > 0;
}

static bool energy_is_counted(const struct world *world)
{
    return world->result->metrics.energy_j > 0;
}

/* Whether an operator of a kind has given something. */
static bool has_operator(const struct world *world, bool (*is)(const struct weir_operator *op))
{
    const struct weir_operator_total *total = world->result->operators;
    for (int j = 0; j < world->workload->job_count; j++)
        for (int o = 0; o < world->workload->jobs[j].operator_count; o++, total++)
            if (is(&world->workload->jobs[j].operators[o]) && total->emitted)
                return true;
    return false;
}

static bool is_join(const struct weir_operator *op)
{
    return op->join_all;
}

static bool is_window(const struct weir_operator *op)
{
    return op->window_s > 0;
}

static bool is_event_window(const struct weir_operator *op)
{
    return op->event_time;
}

static bool is_keyed(const struct weir_operator *op)
{
    return op->keys > 0;
}

static bool is_shared(const struct weir_operator *op)
{
    return op->shared_queue && op->parallelism > 1;
}

static bool joins(const struct world *world)
{
    return has_operator(world, is_join);
}

static bool windows(const struct world *world)
{
    return has_operator(world, is_window);
}

static bool event_windows(const struct world *world)
{
    return has_operator(world, is_event_window);
}

static bool is_pairs(const struct weir_operator *op)
{
    return op->join > WEIR_JOIN_ALL;
}

static bool joins_by_key(const struct world *world)
{
    return has_operator(world, is_pairs);
}

static bool several_sources(const struct world *world)
{
    for (int j = 0; j < world->workload->job_count; j++)
        if (world->workload->jobs[j].source_count > 1 && world->result->jobs[j].delivered)
            return true;
    return false;
}

static bool keys(const struct world *world)
{
    return has_operator(world, is_keyed);
}

static bool shared_queues(const struct world *world)
{
    return has_operator(world, is_shared);
}

static const struct {
    const char *name;
    bool (*is)(const struct world *world);
    double least;                /* share of the worlds */
    bool of_failing, of_drawing; /* worlds alone */
} table[] = {
    {"plans change", plans_change, 0.9, false, false},
    {"instances move", instances_move, 0.8, false, false},
    {"state moves", state_moves, 0.5, false, false},
    {"rates are limited", rates_are_limited, 0.9, false, false},
    {"cores are given in shares", cores_are_given_in_shares, 0.9, false, false},
    {"joins give something", joins, 0.3, false, false},
    {"windows give something", windows, 0.2, false, false},
    {"windows in event time give something", event_windows, 0.1, false, false},
    {"joins by key give something", joins_by_key, 0.05, false, false},
    {"several sources", several_sources, 0.1, false, false},
    {"keys", keys, 0.3, false, false},
    {"shared queues", shared_queues, 0.3, false, false},
    {"cores are contended", work_is_contended, 0.8, false, false},
    {"links are contended", links_are_contended, 0.6, false, false},
    {"senders wait", senders_wait, 0.6, false, false},
    {"items are dropped", items_are_dropped, 0.4, false, false},
    {"arrivals are continuous", arrivals_are_continuous, 0.7, false, false},
    {"in batches", in_batches, 0.1, false, false},
    {"energy is counted", energy_is_counted, 1, false, true},
    {"jobs fail", hosts_or_links_fail, 0.6, true, false},
    {"items are lost", items_are_lost, 0.3, true, false},
    {"items come again", items_come_again, 0.3, true, false},
    {"packets are lost", packets_are_lost, 0.3, true, false},
};
#define ROWS (int)(sizeof table / sizeof *table)
_Static_assert(sizeof table / sizeof *table <= WEIR_CENSUS_MOST, "counts for all rows");

void weir_census_add(int *counts, const char *platform, const char *scenario, const struct weir_test_result *got)
{
    struct weir_scenario *read = NULL;
    char *absolute = realpath(platform, NULL), *set = weir_format("platform=%s", absolute);
    const char *sets[] = {set, NULL};
    int code = weir_scenario_read(weir_test_file("census.json", scenario), sets, &read);
    CU_ASSERT_EQUAL(code, WEIR_OK);
    if (code == WEIR_OK) {
        struct world world = {scenario, read->workload, &got->result, got->decisions};
        for (int r = 0; r < ROWS; r++)
            counts[r] += table[r].is(&world);
    }
    weir_scenario_free(read);
    free(absolute);
    free(set);
}

/* Those with watts are short. */
void weir_census_check(const int *counts, int worlds, bool failing, bool drawing)
{
    for (int r = 0; r < ROWS; r++) {
        if ((table[r].of_failing && !failing) || (table[r].of_drawing && !drawing))
            continue;
        printf("\n    %5d of %d worlds: %s", counts[r], worlds, table[r].name);
        CU_ASSERT(counts[r] >= (drawing && !table[r].of_drawing ? 0.4 : 1) * table[r].least * worlds);
    }
}
