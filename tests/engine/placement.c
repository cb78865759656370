/* Where instances go by themselves, what of a change comes and goes, and where state lies, each against a search of all
 * that there is. */
#include "sim/engine/control/placement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/control/change.h"
#include "sim/engine/shares/state.h"
#include "tests/engine/flow_world.h"
#include "tests/support/test.h"

#define HOSTS     9
#define INSTANCES 8
#define STATE     1024.0

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

/* Hosts of all kinds, and how many instances and bytes each has. */
static struct {
    struct weir_host hosts[HOSTS];
    struct weir_platform platform;
    struct weir_host_view views[HOSTS];
    struct weir_view view;
    int instances[HOSTS];
    double memory_bytes[HOSTS];
    struct weir_space space;
    struct weir_controller controller;
    struct weir_op op;
    int where[HOSTS];
} site;

static void draw_site(void)
{
    for (int h = 0; h < HOSTS; h++) {
        site.hosts[h] = (struct weir_host){.tier = (enum weir_tier)below(WEIR_TIER_COUNT),
                                           .speed_flops_per_s = below(6) ? 1e9 : 0,
                                           .cores = 1 + below(3),
                                           .slots = below(2) ? 1 + below(3) : 0,
                                           .memory_bytes = below(2) ? 100 : 0};
        site.views[h] = (struct weir_host_view){
            .up = below(3) > 0, .slots = site.hosts[h].slots, .memory_bytes = site.hosts[h].memory_bytes};
        site.instances[h] = below(4);
        site.memory_bytes[h] = below(100);
    }
    site.op.where_count = 1 + below(3);
    for (int w = 0, from = below(HOSTS); w < site.op.where_count; w++)
        site.where[w] = (from + 2 * w) % HOSTS;
    site.platform.hosts = site.hosts;
    site.platform.host_count = HOSTS;
    site.view.hosts = site.views;
    site.view.host_count = HOSTS;
    site.space = (struct weir_space){&site.view, site.instances, site.memory_bytes, HOSTS};
    site.controller.platform = &site.platform;
    site.op.where = site.where;
}

static bool has_room(int h, double bytes)
{
    const struct weir_host *host = &site.hosts[h];
    return site.views[h].up && host->speed_flops_per_s > 0 && (!host->slots || site.instances[h] < host->slots) &&
           (!host->memory_bytes || site.memory_bytes[h] + bytes <= host->memory_bytes);
}

/* Of its own hosts the first with room and, without slots, a core to spare; or with room. */
static int own(double bytes)
{
    for (int w = 0; w < site.op.where_count; w++) {
        int h = site.where[w];
        if (has_room(h, bytes) && (site.hosts[h].slots || site.instances[h] < site.hosts[h].cores))
            return h;
    }
    for (int w = 0; w < site.op.where_count; w++)
        if (has_room(site.where[w], bytes))
            return site.where[w];
    return -1;
}

/* Else the first of the lowest tier from its own up; or of the others. */
static int anywhere(double bytes)
{
    int best = own(bytes), rank = 1000;
    for (int h = 0; h < HOSTS && own(bytes) < 0; h++) {
        int up = (int)site.hosts[h].tier - (int)site.hosts[site.where[0]].tier;
        int its = up < 0 ? 100 : up;
        if (has_room(h, bytes) && its < rank) {
            rank = its;
            best = h;
        }
    }
    return best;
}

static int least_down(void)
{
    int best = -1;
    for (int w = 0; w < site.op.where_count; w++) {
        int h = site.where[w];
        bool may = !site.views[h].up && (!site.hosts[h].slots || site.instances[h] < site.hosts[h].slots);
        if (may && (best < 0 || site.instances[h] < site.instances[best]))
            best = h;
    }
    return best;
}

static void where_instances_go(void)
{
    draws = weir_stream_at(31, 0);
    int wrong = 0, elsewhere = 0, nowhere = 0, down = 0;
    for (int round = 0; round < 4000; round++) {
        draw_site();
        double bytes = below(2) ? below(60) : 0;
        int wanted = anywhere(bytes);
        wrong += weir_own_host(&site.controller, &site.op, &site.space, bytes) != own(bytes);
        wrong += weir_default_host(&site.controller, &site.op, &site.space, bytes) != wanted;
        wrong += weir_down_host(&site.controller, &site.op, &site.space) != least_down();
        elsewhere += own(bytes) < 0 && wanted >= 0;
        nowhere += wanted < 0;
        down += least_down() >= 0;
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(elsewhere > 500 && nowhere > 20 && down > 500);
}

static struct weir_instance instances[INSTANCES];

/* Whether instances go from a tier to another: it has more of them in one, and fewer in another. */
static void who_crosses_tiers(void)
{
    draws = weir_stream_at(32, 0);
    int wrong = 0, crosses = 0;
    for (int round = 0; round < 2000; round++) {
        struct weir_instance *come[INSTANCES], *leave[INSTANCES];
        int comes = below(4), leaves = below(4), more[WEIR_TIER_COUNT] = {0};
        draw_site();
        for (int i = 0; i < INSTANCES; i++)
            instances[i] = (struct weir_instance){.host = below(HOSTS)};
        for (int i = 0; i < comes; i++)
            more[site.hosts[(come[i] = &instances[i])->host].tier]++;
        for (int i = 0; i < leaves; i++)
            more[site.hosts[(leave[i] = &instances[4 + i])->host].tier]--;
        bool gains = more[0] > 0 || more[1] > 0 || more[2] > 0, loses = more[0] < 0 || more[1] < 0 || more[2] < 0;
        wrong += weir_tiers_cross(&site.controller, come, comes, leave, leaves) != (gains && loses);
        crosses += gains && loses;
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(crosses > 200 && crosses < 1800);
}

/* Every active instance holds an equal part of the state, and during a change each that will be there takes as much as
 * it will hold, if that is more. */
static void where_state_lies(void)
{
    draws = weir_stream_at(33, 0);
    int wrong = 0, left = 0;
    struct weir_books books = {0};
    struct weir_host_book held[HOSTS];
    for (int round = 0; round < 3000; round++) {
        struct weir_instance *list[INSTANCES];
        int count = below(INSTANCES + 1), active = 0, after = 0, leave = 0;
        draw_site();
        memset(held, 0, sizeof held);
        books.hosts = held;
        site.controller.books = &books;
        site.op.instances = list;
        site.op.instance_count = (size_t)count;
        site.op.changing = below(2);
        site.op.state_bytes = STATE;
        for (int i = 0; i < count; i++) {
            list[i] = &instances[i];
            instances[i] =
                (struct weir_instance){.host = below(HOSTS), .life = (enum weir_life)below(4), .leaves = !below(3)};
            bool is = instances[i].life == WEIR_ACTIVE, comes = instances[i].life == WEIR_STARTING;
            active += is;
            after += (is || comes) && !instances[i].leaves;
            leave += is && instances[i].leaves;
        }
        double holds[HOSTS] = {0}, takes[HOSTS] = {0}, surplus[HOSTS] = {0};
        for (int i = 0; i < count; i++) {
            bool is = instances[i].life == WEIR_ACTIVE;
            bool will = (is || instances[i].life == WEIR_STARTING) && !instances[i].leaves;
            double now = is ? STATE / active : 0, then = will ? STATE / after : 0;
            holds[instances[i].host] += now;
            takes[instances[i].host] += site.op.changing ? fmax(now, then) : now;
            surplus[instances[i].host] += now - then;
        }
        for (int twice = 0; twice < 2; twice++) {
            weir_state_lay(&site.controller, &site.op);
            for (int h = 0; h < HOSTS; h++)
                wrong += fabs(held[h].state_bytes - holds[h]) > 1e-9 || fabs(held[h].taken_bytes - takes[h]) > 1e-9;
        }
        double *beyond = active ? weir_state_surplus(&site.controller, &site.op, active, after) : NULL;
        for (int h = 0; h < HOSTS && beyond; h++)
            wrong += fabs(beyond[h] - surplus[h]) > 1e-9;
        free(beyond);
        weir_state_leave(&site.op);
        wrong += site.op.state_host_count != (active == leave ? leave : 0);
        for (int i = 0, s = 0; i < count && site.op.state_host_count; i++)
            if (instances[i].life == WEIR_ACTIVE)
                wrong += site.op.state_hosts[s++] != instances[i].host;
        left += site.op.state_host_count > 0;
    }
    free(site.op.state_hosts);
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(left > 100);
}

/* As many stay on each host as there are and shall be; the others stop, or are new. */
static void what_comes_and_goes(void)
{
    static struct flow_world world;
    draws = weir_stream_at(34, 0);
    int wrong = 0, moves = 0;
    for (int round = 0; round < 200; round++) {
        flow_world_begin(&world, "",
                         "\"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"operators\": [{\"name\": \"a\", "
                         "\"flops\": \"1Mf\"}]");
        struct weir_host_state states[4] = {0};
        struct weir_shares shares = {.hosts = states};
        struct weir_host_book books[4] = {0};
        struct weir_controller controller = {.clock = &world.clock, .flow = &world.flow};
        struct weir_op *op = &world.job->ops[0];
        struct weir_placement wished[5];
        struct weir_plan_change wish = {.policy = "p", .instances = wished, .count = below(6)};
        int there[4] = {0}, shall[4] = {0}, stay = 0, count = below(6);
        world.flow.shares = &shares;
        world.books.hosts = books;
        for (int i = 0; i < count; i++) {
            struct weir_placement place = {.host = below(4), .weight = 9, .cpu_share = 1};
            struct weir_instance *instance = weir_instance_new(op, &place);
            weir_instance_activate(instance);
            there[place.host]++;
        }
        for (int w = 0; w < wish.count; w++) {
            wished[w] = (struct weir_placement){.host = below(4), .weight = 1 + w, .cpu_share = 0.5};
            shall[wished[w].host]++;
        }
        struct weir_change *change = weir_change_new(&controller, op, &wish);
        for (int h = 0; h < 4; h++)
            stay += there[h] < shall[h] ? there[h] : shall[h];
        wrong += change->kept_count != stay || change->start_count != wish.count - stay;
        wrong += change->stop_count != count - stay;
        wrong += change->moves != (count == wish.count && stay < count);
        moves += change->moves;
        double weights = 0, wanted = 0;
        for (size_t i = 0; i < op->instance_count; i++) {
            const struct weir_instance *instance = op->instances[i];
            there[instance->host] -= instance->leaves;
            if (!instance->leaves) {
                weights += instance->weight;
                wrong += instance->cpu_share != 0.5;
            }
        }
        for (int w = 0; w < wish.count; w++)
            wanted += wished[w].weight;
        wrong += weights != wanted;
        for (int h = 0; h < 4; h++)
            wrong += there[h] > shall[h];
        for (int i = 0; i < change->start_count; i++)
            wrong += change->start[i]->life != WEIR_STARTING;
        for (int i = 0; i < change->stop_count; i++)
            wrong += !change->stop[i]->leaves || change->stop[i]->life != WEIR_ACTIVE;
        weir_change_free(change);
        flow_world_end(&world);
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(moves > 5);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"where instances go", where_instances_go},
                                      {"who crosses tiers", who_crosses_tiers},
                                      {"where state lies", where_state_lies},
                                      {"what comes and goes", what_comes_and_goes},
                                      {0}};
    return weir_test_main("engine/placement", cases, argc, argv);
}
