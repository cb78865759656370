#include "tests/engine/flow_world.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "tests/support/test.h"

void flow_world_begin(struct flow_world *world, const char *more, const char *job)
{
    char *here = getcwd(NULL, 0);
    char *text =
        weir_format("{\"platform\": \"%s/tests/input/valid/two-tier.xml\", \"duration\": \"100s\", %s"
                    "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"sink\": \"cloud\", %s}]}}",
                    here, more, job);
    memset(world, 0, sizeof *world);
    int failed = weir_scenario_read(weir_test_file("flow.json", text), NULL, &world->scenario);
    if (failed)
        printf("\n    %s\n", weir_error_message());
    CU_ASSERT_FALSE_FATAL(failed);
    free(text);
    free(here);
    weir_clock_init(&world->clock);
    world->books =
        (struct weir_books){.warm = true, .scenario = world->scenario, .platform = world->scenario->platform};
    weir_flow_init(&world->flow, world->scenario, 1, &world->clock, NULL, &world->books);
    world->job = &world->flow.jobs[0];
}

void flow_world_end(struct flow_world *world)
{
    weir_flow_fini(&world->flow);
    weir_clock_fini(&world->clock);
    weir_scenario_free(world->scenario);
}

struct weir_batch *flow_world_batch(struct flow_world *world, int count, uint64_t id)
{
    struct weir_batch *batch = weir_batch_new(&world->flow.pool, count);
    memset(batch->items, 0, (size_t)count * sizeof batch->items[0]);
    weir_batch_tag(batch, NULL, 0);
    batch->edge = 0;
    batch->item_bytes = 0;
    batch->count = count;
    for (int i = 0; i < count; i++)
        batch->items[i].id = id + (uint64_t)i;
    return batch;
}

int flow_world_idle_batches(const struct flow_world *world)
{
    int count = 0;
    for (int c = 0; c < WEIR_SIZE_CLASSES; c++)
        for (const struct weir_batch *batch = world->flow.pool.idle[c]; batch; batch = batch->next)
            count++;
    return count;
}
