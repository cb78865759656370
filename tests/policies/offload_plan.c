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
#include "tests/policies/offload_world.h"
#include "tests/support/test.h"

#ifndef CASES
#define CASES 20
#endif

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
    CU_ASSERT_EQUAL_FATAL(weir_engine_open(), WEIR_OK); /* once, not in each child */
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
        double now = weir_offload_cost(table, said->at, u) / world->omega[u];
        double best = weir_offload_best_response(table, said->at, u) / world->omega[u];
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
        struct world world = weir_offload_world_draw(i, i % 4 == 3);
        struct table *table = weir_offload_tabulate(&world);
        const char *path = scenario(&world, "");
        struct said optimal = ask(path, "optimal", i % 5 == 0);
        struct said dwo = ask(path, "{\"name\": \"dwo\", \"best_response\": \"enumerate\"}", i % 5 == 0);
        check_said(&world, table, &optimal);
        check_said(&world, table, &dwo);
        double best = weir_offload_least(table), got = weir_offload_cost_of_all(table, optimal.at),
               played = weir_offload_cost_of_all(table, dwo.at);
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
        struct world world = weir_offload_world_draw(1000 + i, i % 2);
        struct table *table = weir_offload_tabulate(&world);
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
        struct world world = weir_offload_world_draw(2000 + i, false);
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
