#include "tests/engine/rooms/world.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/shares/shares.h"
#include "sim/engine/shares/simgrid.h"
#include "tests/support/test.h"

struct doing {
    struct play *play;
    const struct world_step *step;
    struct weir_alarm alarm, way;
    struct weir_work work;
    struct weir_transfer transfer;
    bool again;
};

struct play {
    const struct world *world;
    struct world_outcome *outcome;
    struct weir_clock clock;
    struct weir_shares *shares;
    struct doing *doings;
    struct weir_alarm until;
    int turns;
};

static void begin(struct doing *doing);

static void tell(struct doing *doing, bool ok)
{
    struct world_end *end = &doing->play->outcome->ends[doing->step - doing->play->world->steps];
    end->told++;
    end->turn = ++doing->play->turns;
    end->ok = ok;
    end->end_s = doing->play->clock.now_s;
    if (doing->again) {
        doing->again = false;
        begin(doing);
    }
    for (int then = doing->step->then; then; then = doing->play->world->steps[then].then)
        begin(&doing->play->doings[then]);
}

static void worked(struct weir_work *work, bool ok)
{
    tell(WEIR_RECORD(work, struct doing, work), ok);
}

static void arrived(struct weir_alarm *alarm)
{
    struct doing *doing = WEIR_RECORD(alarm, struct doing, way);
    weir_transfer_stop(&doing->transfer);
    tell(doing, true);
}

static void sent(struct weir_transfer *transfer, bool ok)
{
    struct doing *doing = WEIR_RECORD(transfer, struct doing, transfer);
    if (!ok || !(doing->step->way_s > 0)) {
        weir_alarm_stop(&doing->play->clock, &doing->way);
        tell(doing, ok);
        return;
    }
    doing->way.ring = arrived;
    weir_alarm_set(&doing->play->clock, &doing->way, doing->play->clock.now_s + doing->step->way_s);
    weir_transfer_leave(transfer);
}

static void begin_transfer(struct doing *doing)
{
    const struct world_step *step = doing->step;
    doing->transfer.done = sent;
    weir_transfer_begin(doing->play->shares, &doing->transfer, weir_route_find(doing->play->shares, step->a, step->b),
                        step->amount, step->limit > 0 ? step->limit : INFINITY);
}

static void begin(struct doing *doing)
{
    const struct world_step *step = doing->step;
    struct weir_shares *shares = doing->play->shares;
    struct world_outcome *outcome = doing->play->outcome;
    struct world_end *end = &outcome->ends[step - doing->play->world->steps];
    switch (step->what) {
    case WORK:
        doing->work.done = worked;
        weir_work_begin(shares, &doing->work, step->a, step->amount, step->limit > 0 ? step->limit : 1);
        return;
    case TRANSFER:
        begin_transfer(doing);
        return;
    case STOP:
        weir_work_stop(&doing->play->doings[step->a].work);
        weir_transfer_stop(&doing->play->doings[step->a].transfer);
        weir_alarm_stop(&doing->play->clock, &doing->play->doings[step->a].way);
        return;
    case DOWN:
    case UP:
        weir_host_switch(shares, step->a, step->what == UP);
        return;
    case SLOW:
        weir_host_slow(shares, step->a, step->amount);
        return;
    case LINK_DOWN:
    case LINK_UP:
        weir_link_switch(shares, step->name, step->what == LINK_UP);
        return;
    case RESIZE:
        weir_link_resize(shares, step->name, step->amount);
        return;
    case LOSE:
        weir_link_lose(shares, step->name, step->amount);
        return;
    case ENERGY:
        end->end_s = weir_shares_energy_j(shares);
        return;
    case STILL:
        end->end_s = weir_shares_still(shares, step->amount, step->limit, outcome->text, sizeof outcome->text);
        return;
    }
}

static void due(struct weir_alarm *alarm)
{
    begin(WEIR_RECORD(alarm, struct doing, alarm));
}

static void over(struct weir_alarm *alarm)
{
    weir_clock_end(&WEIR_RECORD(alarm, struct play, until)->clock);
}

static void count_change(void *context)
{
    ((struct world_outcome *)context)->changes++;
}

static const struct weir_simgrid *simgrid;
static int *sent_count;

static struct weir_activity *send_counted(sg_host_t from, sg_host_t to, double bytes, double bound, void *owner)
{
    ++*sent_count;
    return simgrid->send(from, to, bytes, bound, owner);
}

/* What SimGrid is given is counted. */
static void count_sent(struct world_outcome *outcome)
{
    static struct weir_simgrid counting;
    simgrid = weir_simgrid;
    sent_count = &outcome->sent;
    counting = *simgrid;
    counting.send = send_counted;
    weir_simgrid = &counting;
}

static void prepare(struct play *play)
{
    count_sent(play->outcome);
    weir_shares_on_change(play->shares, count_change, play->outcome);
    play->doings = weir_alloc((size_t)play->world->count, sizeof *play->doings);
    for (int s = 0; s < play->world->count; s++) {
        struct doing *doing = &play->doings[s];
        doing->play = play;
        doing->step = &play->world->steps[s];
        doing->again = doing->step->again;
        doing->alarm.ring = due;
        if (!isinf(doing->step->at_s))
            weir_alarm_set(&play->clock, &doing->alarm, doing->step->at_s);
        play->outcome->ends[s].end_s = INFINITY;
    }
    play->until.ring = over;
    if (play->world->until_s > 0)
        weir_alarm_set(&play->clock, &play->until, play->world->until_s);
}

static int perform(struct play *play)
{
    const struct world *world = play->world;
    char *text = weir_format("<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"
                             "<platform version=\"4.1\">%s</platform>",
                             world->platform);
    struct weir_option option = {(char *)world->option, (char *)world->value};
    struct weir_scenario scenario = {.energy = true,
                                     .all_activities = world->all,
                                     .fairness = world->rtt ? WEIR_FAIRNESS_RTT : WEIR_FAIRNESS_MAX_MIN,
                                     .options = &option,
                                     .option_count = world->option != NULL};
    struct weir_platform *platform;
    for (int f = 0; f < 2 && world->profiles[f]; f++)
        weir_test_file(f ? "1.profile" : "0.profile", world->profiles[f]);
    int code = weir_platform_read(weir_test_file("world.xml", text), &platform);
    free(text);
    if (code != WEIR_OK)
        return code;
    weir_clock_init(&play->clock);
    play->shares =
        weir_shares_new(&(struct weir_shares_spec){.scenario = &scenario, .platform = platform}, &play->clock);
    if (!play->shares)
        return weir_error_code();
    prepare(play);
    weir_shares_run(play->shares);
    play->outcome->over_s = play->clock.now_s;
    play->outcome->latencies = weir_shares_latencies(play->shares);
    weir_shares_handed(play->shares, &play->outcome->works, &play->outcome->transfers);
    play->outcome->failures = weir_host_failures(play->shares, 0);
    code = play->clock.code ? weir_error(play->clock.code, "%s", play->clock.message) : WEIR_OK;
    weir_shares_free(play->shares);
    weir_clock_fini(&play->clock);
    weir_platform_free(platform);
    free(play->doings);
    return code;
}

static int child(void *context)
{
    int code = perform(context);
    weir_test_leak_check();
    return code;
}

void world_run(const struct world *world, struct world_outcome *outcome)
{
    struct world_outcome *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct play play = {.world = world, .outcome = shared};
    weir_test_folder(); /* the parent's, which removes it */
    weir_error_clear();
    CU_ASSERT_EQUAL_FATAL(weir_shares_open(), WEIR_OK); /* once, not in each child */
    shared->code = weir_apart(child, &play, 60, WEIR_EENGINE);
    *outcome = *shared;
    munmap(shared, sizeof *shared);
}

void world_check(struct world world, const double *wanted_s)
{
    static struct world_outcome own, all;
    world.all = false;
    world_run(&world, &own);
    if (own.code)
        printf("\n    %s\n", weir_error_message());
    CU_ASSERT_EQUAL_FATAL(own.code, WEIR_OK);
    world.all = true;
    world_run(&world, &all);
    if (all.code)
        printf("\n    all: %s\n", weir_error_message());
    CU_ASSERT_EQUAL_FATAL(all.code, WEIR_OK);
    for (int s = 0; s < world.count; s++) {
        CU_ASSERT_EQUAL(own.ends[s].told, all.ends[s].told);
        CU_ASSERT_EQUAL(own.ends[s].ok, all.ends[s].ok);
        double end_s = own.ends[s].end_s;
        if (isinf(end_s) || isinf(all.ends[s].end_s))
            CU_ASSERT_EQUAL(end_s, all.ends[s].end_s)
        else
            CHECK_NEAR(end_s, all.ends[s].end_s, 2e-9 * fmax(1, end_s));
        if (wanted_s[s] >= 0 && isinf(wanted_s[s]))
            CU_ASSERT(isinf(end_s))
        else if (wanted_s[s] >= 0)
            CHECK_NEAR(end_s, wanted_s[s], 2e-9 * fmax(1, end_s));
    }
}
