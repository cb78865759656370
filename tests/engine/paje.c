/* A run drawn in Paje's format: what there is, what it can do, and what was used of it in each window. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policies/catalog.h"
#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/run.h"
#include "tests/support/test.h"

/* For 20 s 50 items/s of 1 kB from edge to edge2, where each takes 4 Mf, and as many on to cloud: 2 kB and 10 Mf. */
#define SCENARIO                                                                                                       \
    "{\"platform\": \"%s/tests/input/valid/two-tier.xml\", \"duration\": \"58s\", \"window\": \"5s\", \"workload\": "  \
    "{\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\", \"load\": {\"kind\": " \
    "\"constant\", \"rate\": \"50/s\", \"count\": 1000}, \"operators\": [{\"name\": \"a\", \"flops\": \"4Mf\", "       \
    "\"bytes\": \"2kB\", \"placement\": {\"host\": \"edge2\"}}, {\"name\": \"b\", \"flops\": \"10Mf\", "               \
    "\"placement\": {\"host\": \"cloud\"}}]}]}}"

static char path[4096];

static int draw(void *context)
{
    struct weir_scenario *scenario = NULL;
    struct weir_stack stack = {0};
    struct weir_result result = {0};
    char *here = getcwd(NULL, 0), *text = weir_format(SCENARIO, here);
    int code = weir_scenario_read(weir_test_file("paje.json", text), NULL, &scenario);
    if (code == WEIR_OK)
        code = weir_stack_parse("static", &stack);
    if (code == WEIR_OK)
        code = weir_run(
            &(struct weir_run_spec){
                .scenario = scenario, .stack = &stack, .catalog = weir_catalog, .seed = 1, .paje = context},
            &result);
    return code;
}

#define THINGS    64
#define VARIABLES 16
#define CHANGES   40

static struct thing {
    char name[32];
    int number, type;
    double created_s, destroyed_s;
    int destroyed; /* how often, as of its type */
    struct use {
        double at_s, value;
    } uses[VARIABLES][CHANGES];
    int counts[VARIABLES];
} things[THINGS];
static int thing_count;
static struct {
    char name[32];
    int number, type;
} types[2], variables[VARIABLES];
static int type_count, variable_count, strange;

static struct thing *numbered(int number)
{
    for (int t = 0; t < thing_count; t++)
        if (things[t].number == number)
            return &things[t];
    strange++;
    return &things[THINGS - 1];
}

static int variable(int number)
{
    for (int v = 0; v < variable_count; v++)
        if (variables[v].number == number)
            return v;
    strange++;
    return VARIABLES - 1;
}

/* Events: 0 defines a type, 1 a variable of one, 2 creates, 3 destroys, 4 sets. */
static void read_line(const char *line)
{
    int event, number, type, parent;
    double at_s, value;
    char name[32];
    if (line[0] == '%' || sscanf(line, "%d", &event) != 1)
        return;
    if (event == 0 && type_count < 2 && sscanf(line, "%*d %d %d %31s", &number, &parent, name) == 3) {
        types[type_count].number = number;
        strange += parent != 0;
        snprintf(types[type_count++].name, sizeof name, "%s", name);
    } else if (event == 1 && variable_count < VARIABLES - 1 &&
               sscanf(line, "%*d %d %d %31s", &number, &type, name) == 3) {
        variables[variable_count].number = number;
        variables[variable_count].type = type;
        snprintf(variables[variable_count++].name, sizeof name, "%s", name);
    } else if (event == 2 && thing_count < THINGS - 1 &&
               sscanf(line, "%*d %lf %d %d %d \"%31[^\"]\"", &at_s, &number, &type, &parent, name) == 5) {
        struct thing *thing = &things[thing_count++];
        *thing = (struct thing){.number = number, .type = type, .created_s = at_s};
        strange += parent != 0;
        snprintf(thing->name, sizeof name, "%s", name);
    } else if (event == 3 && sscanf(line, "%*d %lf %d %d", &at_s, &type, &number) == 3) {
        struct thing *thing = numbered(number);
        thing->destroyed += thing->type == type;
        thing->destroyed_s = at_s;
    } else if (event == 4 && sscanf(line, "%*d %lf %d %d %lf", &at_s, &type, &number, &value) == 4) {
        struct thing *thing = numbered(number);
        int v = variable(type);
        strange += thing->counts[v] == CHANGES || variables[v].type != thing->type;
        if (thing->counts[v] < CHANGES)
            thing->uses[v][thing->counts[v]++] = (struct use){at_s, value};
    } else {
        strange++;
    }
}

static const struct thing *named(const char *name)
{
    for (int t = 0; t < thing_count; t++)
        if (strcmp(things[t].name, name) == 0)
            return &things[t];
    strange++;
    return &things[THINGS - 1];
}

/* The value of a variable at a time; NAN: it was never set. */
static double value_of(const char *name, const char *what, double at_s)
{
    const struct thing *thing = named(name);
    double value = NAN;
    int v = 0;
    while (v < variable_count && strcmp(variables[v].name, what) != 0)
        v++;
    for (int u = 0; u < thing->counts[v] && thing->uses[v][u].at_s <= at_s; u++)
        value = thing->uses[v][u].value;
    return value;
}

/* Of a window's work and bytes: all of them in those of 5 to 20 s, a tenth of a second's less or more in the first and
 * the one after the last, none then. */
static void check_use(const char *name, const char *what, double per_s)
{
    for (int w = 0; w < 12; w++) {
        double wanted = w < 4 ? per_s : 0, off = w == 0 || w == 4 ? per_s / 50 : 1e-6 * per_s;
        CHECK_NEAR(value_of(name, what, 5 * w + 0.01), wanted, off + 1e-9);
        CHECK_NEAR(value_of(name, what, 5 * w + 4.99), wanted, off + 1e-9);
    }
}

static void a_run_is_drawn(void)
{
    snprintf(path, sizeof path, "%s", weir_test_file("run.paje", ""));
    CU_ASSERT_EQUAL_FATAL(weir_apart(draw, path, 60, WEIR_EENGINE), WEIR_OK);
    char line[512];
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(line, sizeof line, file))
        read_line(line);
    fclose(file);
    static const struct {
        const char *name;
        double cores;
    } hosts[] = {{"edge", 1}, {"edge2", 2}, {"cloud", 1}, {"cloud4", 4}};
    for (int h = 0; h < 4; h++) {
        CHECK_NEAR(value_of(hosts[h].name, "speed", 0), 1e9, 0);
        CHECK_NEAR(value_of(hosts[h].name, "core_count", 58), hosts[h].cores, 0);
        CHECK_NEAR(value_of(hosts[h].name, "speed_used", 0), h == 1 ? 0.2e9 : h == 2 ? 0.5e9 : 0, h ? 1e7 : 0);
        CHECK_NEAR(named(hosts[h].name)->type, types[0].number, 0);
    }
    CHECK_NEAR(value_of("backhaul_UP", "bandwidth", 0), 12.5e6, 0);
    CHECK_NEAR(value_of("backhaul_DOWN", "latency", 0), 10e-3, 0);
    CHECK_NEAR(value_of("local", "bandwidth", 0), 125e6, 0);
    CHECK_NEAR(named("local")->type, types[1].number, 0);
    check_use("edge2", "speed_used", 50 * 4e6);
    check_use("cloud", "speed_used", 50 * 10e6);
    check_use("edge", "speed_used", 0);
    check_use("local", "bandwidth_used", 50 * 1e3);
    check_use("backhaul_UP", "bandwidth_used", 50 * 2e3);
    check_use("backhaul_DOWN", "bandwidth_used", 0);
    for (int t = 0; t < thing_count; t++) { /* from the start to the end */
        CHECK_NEAR(things[t].created_s, 0, 0);
        CHECK_NEAR(things[t].destroyed, 1, 0);
        CHECK_NEAR(things[t].destroyed_s, 58, 0);
    }
    CHECK_NEAR(strange, 0, 0);
    CU_ASSERT(type_count == 2 && variable_count == 6);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"a run is drawn", a_run_is_drawn}, {0}};
    return weir_test_main("engine/paje", cases, argc, argv);
}
