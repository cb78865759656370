/* Decisions of the offloading policies against all placements, one by one, under a model of costs of the test's own:
 * jobs that arrive at 0 s and later, networks in which ways share links, and weights of users. */
#define _GNU_SOURCE /* pipe2 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "sim/engine/run.h"
#include "tests/support/test.h"

#ifndef CASES
#define CASES 40
#endif

#define NODES   5
#define JOBS    3
#define STEPS   3
#define PLACES  125 /* NODES ^ STEPS */
#define WIRES   10  /* pairs of nodes */
#define LINKS   20  /* both directions of each */
#define LATENCY 1e-3

/* A drawn case: what the model knows of it. */
struct world {
    bool wire[NODES][NODES]; /* a < b: joined */
    double bytes_per_s[NODES][NODES], flops[NODES];
    int next[NODES][NODES]; /* first stop of the way */
    int source[JOBS], sink[JOBS];
    double arrive_s[JOBS], omega[JOBS];
    double work[JOBS][STEPS], data[JOBS][STEPS + 1];
    int slots; /* of a host; 0: no limit */
};

static double between(struct weir_stream *dice, double low, double high)
{
    return low + (high - low) * weir_stream_uniform(dice);
}

/* Ways of least hops, ties by the lower number. */
static bool find_ways(struct world *world)
{
    int hops[NODES][NODES];
    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++) {
            bool joined = a != b && world->wire[a < b ? a : b][a < b ? b : a];
            hops[a][b] = a == b ? 0 : joined ? 1 : 99;
            world->next[a][b] = joined ? b : -1;
        }
    for (int k = 0; k < NODES; k++)
        for (int a = 0; a < NODES; a++)
            for (int b = 0; b < NODES; b++)
                if (hops[a][k] + hops[k][b] < hops[a][b]) {
                    hops[a][b] = hops[a][k] + hops[k][b];
                    world->next[a][b] = world->next[a][k];
                }
    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++)
            if (hops[a][b] >= 99)
                return false;
    return true;
}

static struct world draw(uint64_t number, bool weights)
{
    struct weir_stream dice = weir_stream_at(weir_stream_key(20, "offload-plan"), number);
    struct world world;
    do {
        memset(&world, 0, sizeof world);
        for (int a = 0; a < NODES; a++)
            for (int b = a + 1; b < NODES; b++) {
                world.wire[a][b] = weir_stream_uniform(&dice) < 0.5;
                world.bytes_per_s[a][b] = world.bytes_per_s[b][a] = 1e6 * (double)(int)between(&dice, 12, 125);
            }
    } while (!find_ways(&world));
    for (int m = 0; m < NODES; m++)
        world.flops[m] = 1e9 * (double)(int)between(&dice, 100, 500);
    for (int u = 0; u < JOBS; u++) {
        static const double dates[] = {0, 7, 7.5, 23}; /* 7.5: while what moves at 7 is on its way */
        world.arrive_s[u] = u == 0 ? 0 : dates[weir_stream_below(&dice, 4)];
        world.source[u] = (int)weir_stream_below(&dice, NODES);
        world.sink[u] = (world.source[u] + 1 + (int)weir_stream_below(&dice, NODES - 1)) % NODES;
        world.omega[u] = weights ? (double)(1 + (int)weir_stream_below(&dice, 9)) : 1;
        for (int s = 0; s < STEPS; s++)
            world.work[u][s] = 1e9 * (double)(int)between(&dice, 5, 30);
        for (int s = 0; s <= STEPS; s++)
            world.data[u][s] = 1e5 * (double)(int)between(&dice, 5, 50);
    }
    return world;
}

/* ---- the model: (19), with the latency of links ---- */

/* What a user loads at a placement: w by node, then by direction of wires; and the seconds of its links. */
struct strategy {
    double load[NODES + NODES * NODES], delay_s;
};

static void load_way(const struct world *world, int from, int to, double root, struct strategy *into)
{
    for (int at = from; at != to; at = world->next[at][to]) {
        into->load[NODES + at * NODES + world->next[at][to]] += root;
        into->delay_s += LATENCY;
    }
}

static struct strategy strategy_of(const struct world *world, int u, int number)
{
    struct strategy strategy = {.delay_s = 0};
    int at = world->source[u];
    for (int s = 0; s <= STEPS; s++) {
        int next = s == STEPS ? world->sink[u] : number % NODES;
        number /= NODES;
        load_way(world, at, next, sqrt(world->omega[u] * world->data[u][s]), &strategy);
        if (s < STEPS)
            strategy.load[next] += sqrt(world->omega[u] * world->work[u][s]);
        at = next;
    }
    return strategy;
}

static double capacity(const struct world *world, int r)
{
    return r < NODES ? world->flops[r] : world->bytes_per_s[(r - NODES) / NODES][(r - NODES) % NODES];
}

static double dot(const struct world *world, const struct strategy *a, const struct strategy *b)
{
    double sum = 0;
    for (int r = 0; r < NODES + NODES * NODES; r++)
        if (a->load[r] > 0 && b->load[r] > 0)
            sum += a->load[r] * b->load[r] / capacity(world, r);
    return sum;
}

/* All there is to know of three users: <w, w> of their placements. */
struct table {
    struct strategy strategies[JOBS][PLACES];
    double alone[JOBS][PLACES]; /* omega T_u if alone */
    double product[JOBS][JOBS][PLACES][PLACES];
};

static struct table *tabulate(const struct world *world)
{
    struct table *table = weir_alloc(1, sizeof *table);
    for (int u = 0; u < JOBS; u++)
        for (int k = 0; k < PLACES; k++) {
            struct strategy *own = &table->strategies[u][k];
            *own = strategy_of(world, u, k);
            table->alone[u][k] = dot(world, own, own) + world->omega[u] * own->delay_s;
        }
    for (int u = 0; u < JOBS; u++)
        for (int v = u + 1; v < JOBS; v++)
            for (int k = 0; k < PLACES; k++)
                for (int l = 0; l < PLACES; l++)
                    table->product[u][v][k][l] = table->product[v][u][l][k] =
                        dot(world, &table->strategies[u][k], &table->strategies[v][l]);
    return table;
}

/* T_u times omega_u. */
static double cost(const struct table *table, const int *at, int u)
{
    double sum = table->alone[u][at[u]];
    for (int v = 0; v < JOBS; v++)
        sum += v == u ? 0 : table->product[u][v][at[u]][at[v]];
    return sum;
}

static double cost_of_all(const struct table *table, const int *at)
{
    double sum = 0;
    for (int u = 0; u < JOBS; u++)
        sum += cost(table, at, u);
    return sum;
}

/* The least of all 5^9. */
static double least(const struct table *table)
{
    double best = INFINITY;
    for (int a = 0; a < PLACES; a++)
        for (int b = 0; b < PLACES; b++) {
            double both = table->alone[0][a] + table->alone[1][b] + 2 * table->product[0][1][a][b];
            const double *first = table->product[0][2][a], *second = table->product[1][2][b];
            for (int c = 0; c < PLACES; c++) {
                double sum = both + table->alone[2][c] + 2 * (first[c] + second[c]);
                best = sum < best ? sum : best;
            }
        }
    return best;
}

/* The least a user could cost while the others stay. */
static double best_response(const struct table *table, const int *at, int u)
{
    double best = INFINITY;
    int other[JOBS];
    memcpy(other, at, sizeof other);
    for (other[u] = 0; other[u] < PLACES; other[u]++)
        best = fmin(best, cost(table, other, u));
    return best;
}

/* ---- the same as files, and what weir says of them ---- */

static const char *platform(const struct world *world)
{
    struct weir_text text = {0};
    weir_text_add(&text, "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                         "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">\n");
    for (int m = 0; m < NODES; m++)
        weir_text_addf(&text, "<host id=\"h%d\" speed=\"%.0ff\"><prop id=\"slots\" value=\"%d\"/></host>\n", m,
                       world->flops[m], world->slots ? world->slots : 1000);
    for (int a = 0; a < NODES; a++)
        for (int b = a + 1; b < NODES; b++)
            if (world->wire[a][b])
                weir_text_addf(&text,
                               "<link id=\"l%d%d\" bandwidth=\"%.0fBps\" latency=\"1ms\" "
                               "sharing_policy=\"SPLITDUPLEX\"/>\n",
                               a, b, world->bytes_per_s[a][b]);
    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++) {
            if (a == b)
                continue;
            weir_text_addf(&text, "<route src=\"h%d\" dst=\"h%d\" symmetrical=\"NO\">", a, b);
            for (int at = a; at != b; at = world->next[at][b]) {
                int next = world->next[at][b];
                weir_text_addf(&text, "<link_ctn id=\"l%d%d\" direction=\"%s\"/>", at < next ? at : next,
                               at < next ? next : at, at < next ? "UP" : "DOWN");
            }
            weir_text_add(&text, "</route>\n");
        }
    weir_text_add(&text, "</zone></platform>\n");
    const char *path = weir_test_file("plan.xml", weir_text_string(&text));
    weir_text_fini(&text);
    return path;
}

static const char *scenario(const struct world *world, const char *more)
{
    struct weir_text text = {0};
    weir_text_addf(&text,
                   "{\"platform\": \"%s\", \"duration\": \"90s\", \"window\": \"10s\"%s, \"workload\": {\"jobs\": [",
                   platform(world), more);
    for (int u = 0; u < JOBS; u++) {
        weir_text_addf(&text,
                       "%s{\"name\": \"u%d\", \"source\": \"h%d\", \"sink\": \"h%d\", \"source_bytes\": \"%.0fB\","
                       " \"arrive\": \"%gs\", \"omega\": %g, \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\","
                       " \"start\": \"60s\", \"count\": 1}, \"operators\": [",
                       u ? ", " : "", u, world->source[u], world->sink[u], world->data[u][0], world->arrive_s[u],
                       world->omega[u]);
        for (int s = 0; s < STEPS; s++)
            weir_text_addf(&text, "%s{\"name\": \"s%d\", \"flops\": \"%.0ff\", \"bytes\": \"%.0fB\"}", s ? ", " : "", s,
                           world->work[u][s], world->data[u][s + 1]);
        weir_text_add(&text, "]}");
    }
    weir_text_add(&text, "]}}");
    const char *path = weir_test_file("plan.json", weir_text_string(&text));
    weir_text_fini(&text);
    return path;
}

struct listener {
    FILE *pipe;
    double at_s;
};

static bool hear(void *context, double time_s, const char *policy, const char *text)
{
    struct listener *listener = context;
    if (time_s < listener->at_s || !text)
        return false;
    fputs(text, listener->pipe);
    return true;
}

static int explain(const char *path, const char *policy, double at_s, const struct weir_explain_wish *wish, FILE *pipe)
{
    struct weir_scenario *read = NULL;
    struct weir_stack stack = {0};
    struct weir_result result = {0};
    struct listener listener = {pipe, at_s};
    struct weir_observer observer = {.context = &listener, .explained = hear, .explain_wish = wish};
    int code = weir_scenario_read(path, NULL, &read);
    if (code == WEIR_OK)
        code = weir_stack_parse(policy, &stack);
    struct weir_run_spec spec = {
        .scenario = read, .stack = &stack, .catalog = weir_catalog, .seed = 1, .observer = &observer};
    if (code == WEIR_OK)
        code = weir_run(&spec, &result);
    if (code != WEIR_OK)
        fprintf(stderr, "\n%s: %s\n", policy, weir_error_message());
    weir_result_fini(&result);
    weir_stack_fini(&stack);
    weir_scenario_free(read);
    return code;
}

/* What a policy says at a time, from a process of its own. Owned. */
static char *told(const char *path, const char *policy, double at_s, const struct weir_explain_wish *wish)
{
    int ends[2], status;
    CU_ASSERT_EQUAL_FATAL(pipe2(ends, 0), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        FILE *out = fdopen(ends[1], "w");
        int code = explain(path, policy, at_s, wish, out);
        fclose(out);
        _exit(code == WEIR_OK ? 0 : 1);
    }
    close(ends[1]);
    struct weir_text text = {0};
    char bytes[4096];
    for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
        weir_text_add_bytes(&text, bytes, (size_t)got);
    close(ends[0]);
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}

/* A plan in force: where it is, and what is said of each user. */
struct said {
    int at[JOBS]; /* numbers of placements */
    double cost_s[JOBS], least_s[JOBS];
    bool gains[JOBS], equilibrium, not_as_decided;
    double optimum_s, bound_s, anarchy; /* with the bound */
};

static double number(const struct weir_json *at, const char *key)
{
    double value = NAN;
    CU_ASSERT_EQUAL(weir_json_opt_number(at, key, -1e300, 1e300, &value), WEIR_OK);
    return value;
}

static bool truth(const struct weir_json *at, const char *key)
{
    bool value = false;
    CU_ASSERT_EQUAL(weir_json_opt_bool(at, key, &value), WEIR_OK);
    return value;
}

static void read_user(const struct weir_json *user, struct said *said)
{
    struct weir_json operators, op;
    const char *name = "";
    CU_ASSERT_EQUAL_FATAL(weir_json_opt_string(user, "name", &name), WEIR_OK);
    int u = atoi(name + 1);
    said->cost_s[u] = number(user, "cost_s");
    said->least_s[u] = number(user, "least_cost_s");
    said->gains[u] = truth(user, "gains");
    CU_ASSERT_FATAL(weir_json_get(user, "operators", &operators));
    for (int s = 0, unit = 1; s < STEPS; s++, unit *= NODES) {
        const char *host = "";
        op = weir_json_at(&operators, s);
        CU_ASSERT_EQUAL_FATAL(weir_json_opt_string(&op, "host", &host), WEIR_OK);
        said->at[u] += unit * atoi(host + 1);
        const char *decided = "";
        CU_ASSERT_EQUAL_FATAL(weir_json_opt_string(&op, "decided", &decided), WEIR_OK);
        said->not_as_decided |= strcmp(host, decided) != 0;
    }
}

static struct said ask(const char *path, const char *policy, bool bound)
{
    const struct weir_explain_wish wish = {.json = true, .bound = bound};
    struct said said = {.equilibrium = false};
    struct weir_json_doc *doc = NULL;
    struct weir_json users, user, bounds;
    char *text = told(path, policy, 55, &wish);
    if (weir_json_parse(text, "explained", &doc) != WEIR_OK)
        fprintf(stderr, "\n%s: %s: %s\n", policy, weir_error_message(), text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(doc);
    struct weir_json root = weir_json_root(doc);
    said.equilibrium = truth(&root, "equilibrium");
    CU_ASSERT_FATAL(weir_json_get(&root, "users", &users));
    CU_ASSERT_EQUAL_FATAL(weir_json_size(&users), JOBS);
    for (int u = 0; u < JOBS; u++) {
        user = weir_json_at(&users, u);
        read_user(&user, &said);
    }
    if (bound && weir_json_get(&root, "bound", &bounds)) {
        said.optimum_s = number(&bounds, "optimum_s");
        said.bound_s = number(&bounds, "least_s");
        said.anarchy = number(&bounds, "anarchy");
    }
    weir_json_free(doc);
    free(text);
    return said;
}

/* ---- the cases ---- */

/* What is said of users is so: costs, what each could gain at most, and whether anybody gains. */
static void check_said(const struct world *world, const struct table *table, const struct said *said)
{
    bool anybody = false;
    for (int u = 0; u < JOBS; u++) {
        double now = cost(table, said->at, u) / world->omega[u];
        double best = best_response(table, said->at, u) / world->omega[u];
        CHECK_NEAR(said->cost_s[u], now, 1e-9 * now);
        CHECK_NEAR(said->least_s[u], best, 1e-9 * best); /* so few placements are all looked at */
        CU_ASSERT_EQUAL(said->gains[u], best < now * (1 - 1e-9));
        anybody |= best < now * (1 - 1e-9);
    }
    CU_ASSERT_EQUAL(said->equilibrium, !anybody);
}

/* `optimal` is the optimum, however the jobs arrive, and `dwo` with enumeration leaves nobody anything to gain. */
static void against_all(void)
{
    int optima = 0, equilibria = 0, late = 0;
    for (uint64_t i = 0; i < CASES; i++) {
        struct world world = draw(i, i % 4 == 3);
        struct table *table = tabulate(&world);
        const char *path = scenario(&world, "");
        struct said optimal = ask(path, "optimal", i % 5 == 0);
        struct said dwo = ask(path, "{\"name\": \"dwo\", \"best_response\": \"enumerate\"}", i % 5 == 0);
        check_said(&world, table, &optimal);
        check_said(&world, table, &dwo);
        double best = least(table), got = cost_of_all(table, optimal.at), played = cost_of_all(table, dwo.at);
        optima += fabs(got - best) <= 1e-9 * best;
        equilibria += dwo.equilibrium;
        late += world.arrive_s[1] > 0 || world.arrive_s[2] > 0;
        CU_ASSERT(played <= (3 + sqrt(5)) / 2 * best);
        if (i % 5 == 0) {
            CHECK_NEAR(optimal.optimum_s, best, 1e-9 * best);
            CHECK_NEAR(dwo.optimum_s, best, 1e-9 * best);
            CHECK_NEAR(dwo.anarchy, (3 + sqrt(5)) / 2, 1e-9);
            CU_ASSERT(dwo.bound_s <= best * (1 + 1e-9));
            CU_ASSERT(dwo.bound_s >= played / dwo.anarchy * (1 - 1e-9));
        }
        free(table);
    }
    printf("\n%d of %d optima, %d equilibria; %d cases with later arrivals\n", optima, CASES, equilibria, late);
    CU_ASSERT_EQUAL(optima, CASES);
    CU_ASSERT_EQUAL(equilibria, CASES);
    CU_ASSERT(late > CASES / 3);
}

/* The programme, the heuristics and random places: what is said of them is so, whether or not somebody gains. */
static void honest(void)
{
    static const char *const policies[] = {"dwo", "{\"name\": \"dwo\", \"best_response\": \"viterbi\"}", "heu-wo",
                                           "random-offload", "{\"name\": \"dwo\", \"least_gain\": 0.5}"};
    int gained = 0, settled = 0;
    for (uint64_t i = 0; i < CASES / 4; i++) {
        struct world world = draw(1000 + i, i % 2);
        struct table *table = tabulate(&world);
        const char *path = scenario(&world, "");
        for (size_t p = 0; p < sizeof policies / sizeof policies[0]; p++) {
            struct said said = ask(path, policies[p], false);
            check_said(&world, table, &said);
            gained += !said.equilibrium;
            settled += said.equilibrium;
            char *text = told(path, policies[p], 55, NULL);
            CU_ASSERT_EQUAL(strstr(text, "quilibrium") != NULL, said.equilibrium);
            CU_ASSERT_EQUAL(strstr(text, "would save") != NULL, !said.equilibrium);
            free(text);
        }
        free(table);
    }
    CU_ASSERT(gained > 0);
    CU_ASSERT(settled > 0);
}

/* Three slots a host for nine operators, of which most would be on the fastest: nothing that is decided is refused, and
 * no host holds more than it can. */
static void room(void)
{
    static const char *const policies[] = {"dwo", "optimal", "heu-wo", "lawa"};
    for (uint64_t i = 0; i < CASES / 4; i++) {
        struct world world = draw(2000 + i, false);
        world.slots = 3;
        for (size_t p = 0; p < sizeof policies / sizeof policies[0]; p++) {
            struct said said = ask(scenario(&world, ""), policies[p], false);
            int held[NODES] = {0};
            for (int u = 0; u < JOBS; u++)
                for (int s = 0, rest = said.at[u]; s < STEPS; s++, rest /= NODES)
                    held[rest % NODES]++;
            for (int m = 0; m < NODES; m++)
                CU_ASSERT(held[m] <= 3);
            CU_ASSERT(!said.not_as_decided);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"against all placements", against_all}, {"honest", honest}, {"room", room}, {0}};
    return weir_test_main("policies/offload_plan", cases, argc, argv);
}
