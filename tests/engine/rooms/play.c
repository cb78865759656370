#include "tests/engine/rooms/play.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/instance.h"
#include "tests/support/test.h"

struct play {
    const char *job;
    const struct action *actions;
    int count;
    struct outcome *outcome;
    struct weir_flow flow;
    struct weir_clock clock;
    struct ring {
        struct weir_alarm alarm;
        struct play *play;
        const struct action *action;
    } rings[16];
};

static void act(struct play *play, const struct action *action)
{
    struct weir_run_job *job = &play->flow.jobs[0];
    struct weir_op *op = &job->ops[action->op];
    switch (action->what) {
    case START:
        weir_instance_activate(
            weir_instance_new(op, &(struct weir_placement){.host = action->host, .weight = 1, .cpu_share = 1}));
        return;
    case RETIRE:
        weir_instance_retire(op->instances[action->host]);
        return;
    case PAUSE:
        weir_op_pause(op);
        return;
    case RESUME:
        weir_op_resume(op);
        return;
    case HALT:
        weir_job_halt(job);
        return;
    case GO_ON:
        weir_job_resume(job);
        return;
    case STALL:
        op->instances[action->host]->stall_s = 0.5;
        weir_soon(&play->clock, &op->instances[action->host]->go);
        return;
    }
}

static void rings(struct weir_alarm *alarm)
{
    struct ring *ring = WEIR_RECORD(alarm, struct ring, alarm);
    act(ring->play, ring->action);
}

static void tell(struct play *play)
{
    struct weir_run_job *job = &play->flow.jobs[0];
    struct outcome *outcome = play->outcome;
    outcome->job = job->counts;
    outcome->under_way = job->watch.under_way;
    outcome->left = job->sink.in_hand + job->sink.in_transit + (long)play->flow.pool.all_count;
    for (int c = 0; c < WEIR_SIZE_CLASSES; c++)
        for (const struct weir_batch *batch = play->flow.pool.idle[c]; batch; batch = batch->next)
            outcome->left--;
    for (size_t c = 0; c < play->flow.connection_count; c++) {
        const struct weir_connection *connection = play->flow.connections[c];
        int lanes = connection->inbox->op ? connection->inbox->op->in_edges : 1;
        outcome->left += connection->open + connection->failed;
        for (int l = 0; l < lanes; l++)
            outcome->left += labs(connection->lanes[l].inside) + labs(connection->lanes[l].promised);
    }
    outcome->left += !weir_job_is_empty(job) + !weir_job_drained(job);
    weir_spent_set(&job->source.spent, WEIR_IDLE, play->clock.now_s);
    memcpy(outcome->source_s, job->source.spent.spent_s, sizeof outcome->source_s);
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        weir_op_flush(op, play->clock.now_s);
        outcome->ops[o] = op->counts;
        outcome->left += labs(op->in_hand) + labs(op->queued) + labs(op->in_transit) + labs(op->in_service);
        for (const struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
            for (int e = 0; e < op->in_edges; e++) {
                outcome->left += labs(inbox->room[e].used) + labs(inbox->room[e].promised) + labs(inbox->serving);
                outcome->most[o] = inbox->room[e].most > outcome->most[o] ? inbox->room[e].most : outcome->most[o];
            }
    }
    struct weir_arrivals arrivals = weir_arrivals_open(job->spec->load, 1, "arrivals/j");
    for (int n = 0; n < ITEMS; n++)
        outcome->at_s[n] = weir_arrivals_next(&arrivals);
    outcome->latency_s = job->window.sum;
    outcome->latency_most_s = job->window.max;
    outcome->end_s = play->clock.now_s;
}

static int perform(struct play *play)
{
    struct weir_scenario *scenario;
    char *here = getcwd(NULL, 0);
    char *text = weir_format("{\"platform\": \"%s/tests/input/valid/two-tier.xml\", \"duration\": \"1000s\","
                             " \"workload\": {\"jobs\": [{\"name\": \"j\", %s}]}}",
                             here, play->job);
    int code = weir_scenario_read(weir_test_file("rooms-flow.json", text), NULL, &scenario);
    free(text);
    free(here);
    if (code)
        return code;
    weir_clock_init(&play->clock);
    struct weir_shares *shares =
        weir_shares_new(&(struct weir_shares_spec){.scenario = scenario, .platform = scenario->platform}, &play->clock);
    if (!shares)
        return weir_error_code();
    struct weir_books books;
    int count = weir_shares_link_count(shares);
    struct weir_link_view *links = weir_alloc((size_t)count, sizeof *links);
    for (int l = 0; l < count; l++)
        links[l].name = weir_link_name(shares, l);
    weir_books_init(&books, &(struct weir_run_spec){.scenario = scenario, .seed = 1}, links, count);
    free(links);
    weir_flow_init(&play->flow, scenario, 1, &play->clock, shares, &books);
    play->flow.jobs[0].life = WEIR_JOB_RUNNING;
    for (int a = 0; a < play->count; a++) {
        play->rings[a] = (struct ring){{.ring = rings}, play, &play->actions[a]};
        if (play->actions[a].at_s > 0)
            weir_alarm_set(&play->clock, &play->rings[a].alarm, play->actions[a].at_s);
        else
            act(play, &play->actions[a]);
    }
    weir_source_start(&play->flow.jobs[0]);
    weir_shares_run(shares);
    code = play->clock.code;
    tell(play);
    weir_flow_fini(&play->flow);
    weir_books_fini(&books);
    weir_shares_free(shares);
    weir_clock_fini(&play->clock);
    weir_scenario_free(scenario);
    return code;
}

static int child(void *context)
{
    int code = perform(context);
    weir_test_leak_check();
    return code;
}

struct outcome play_job(const char *job, const struct action *actions, int count)
{
    struct outcome *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    static struct play play;
    play = (struct play){.job = job, .actions = actions, .count = count, .outcome = shared};
    weir_test_folder();
    CU_ASSERT_EQUAL_FATAL(weir_shares_open(), WEIR_OK);
    int ended = weir_apart(child, &play, 60, WEIR_EENGINE);
    if (ended)
        printf("\n    %s\n", weir_error_message());
    weir_error_clear();
    CU_ASSERT_EQUAL_FATAL(ended, WEIR_OK); /* the run's code */
    struct outcome outcome = *shared;
    munmap(shared, sizeof *shared);
    CHECK_NEAR((double)outcome.left, 0, 0);
    CHECK_NEAR((double)outcome.under_way, 0, 0);
    CHECK_NEAR((double)outcome.job.emitted, ITEMS, 0);
    return outcome;
}
