/* weir selftest: does it simulate what is known to be right? */
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/cli/command.h"
#include "sim/experiment/selftest.h"

enum { PROCESSES, JSON, QUIET };
static const struct weir_flag flags[] = {
    [PROCESSES] = {"jobs", 'j', "N", "runs at once; else as many as there are cores"},
    [JSON] = {"json", 0, NULL, "print JSON instead of a table"},
    [QUIET] = {"quiet", 'q', NULL, "no progress"},
    {0},
};

/* What is zero but for rounding is shown as such. */
static double shown(double value)
{
    return fabs(value) < 1e-9 ? 0 : value;
}

static void print_row(const struct weir_selftest_row *row, const char *name)
{
    char quantity[32];
    snprintf(quantity, sizeof quantity, "%s%s%s", row->quantity, *row->op ? ", " : "", row->op);
    printf("%-33s %-24s %-5s %10.6g %10.6g %+11.2g %9.2g%c  %s\n", name, quantity, row->unit, row->expected,
           shown(row->simulated), shown(row->simulated - row->expected), row->tolerance, row->is_interval ? '*' : ' ',
           row->passed ? "ok" : "FAILED");
}

static void print_table(const struct weir_selftest *got)
{
    const char *group = "", *name = "";
    for (int r = 0; r < got->row_count; r++) {
        const struct weir_selftest_row *row = &got->rows[r];
        if (strcmp(row->group, group) != 0)
            printf("%s%-33s %-24s %-5s %10s %10s %11s %10s\n", *group ? "\n" : "", row->group, "", "", "expected",
                   "simulated", "difference", "tolerance");
        print_row(row, strcmp(row->name, name) != 0 ? row->name : "");
        group = row->group;
        name = row->name;
    }
    printf("\n* half width of the %g %% confidence interval of the mean over seeds; other figures hold in every run\n",
           100 * WEIR_SELFTEST_LEVEL);
    if (got->failed)
        printf("%d of %d figures of %d runs are wrong\n", got->failed, got->row_count, got->run_count);
    else
        printf("all %d figures of %d runs are right\n", got->row_count, got->run_count);
}

static void add_number(cJSON *object, const char *key, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(object, key, value);
    else
        cJSON_AddNullToObject(object, key);
}

static void print_json(const struct weir_selftest *got)
{
    cJSON *root = cJSON_CreateObject(), *rows = cJSON_AddArrayToObject(root, "figures");
    for (int r = 0; r < got->row_count; r++) {
        const struct weir_selftest_row *row = &got->rows[r];
        cJSON *at = cJSON_CreateObject();
        cJSON_AddStringToObject(at, "group", row->group);
        cJSON_AddStringToObject(at, "case", row->name);
        cJSON_AddStringToObject(at, "operator", row->op);
        cJSON_AddStringToObject(at, "quantity", row->quantity);
        cJSON_AddStringToObject(at, "unit", row->unit);
        add_number(at, "expected", row->expected);
        add_number(at, "simulated", row->simulated);
        add_number(at, "difference", row->simulated - row->expected);
        add_number(at, "tolerance", row->tolerance);
        cJSON_AddBoolToObject(at, "interval", row->is_interval);
        cJSON_AddBoolToObject(at, "passed", row->passed);
        cJSON_AddItemToArray(rows, at);
    }
    cJSON_AddNumberToObject(root, "runs", got->run_count);
    cJSON_AddNumberToObject(root, "failed", got->failed);
    char *text = cJSON_Print(root);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(root);
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    const char *processes = weir_arguments_value(arguments, PROCESSES);
    bool quiet = weir_arguments_value(arguments, QUIET) != NULL, interrupted = false;
    struct weir_pool_options options = {.quiet = quiet || !isatty(STDERR_FILENO), .title = "selftest"};
    struct weir_selftest got = {0};
    (void)cli;
    int code = WEIR_OK;
    if (processes)
        code = weir_read_integer("jobs", processes, 1, 4096, &options.processes);
    if (code == WEIR_OK)
        code = weir_selftest_run(&options, arguments->word_count ? arguments->words[0] : NULL, &got, &interrupted);
    if (code == WEIR_OK && weir_arguments_value(arguments, JSON))
        print_json(&got);
    else if (code == WEIR_OK)
        print_table(&got);
    if (code == WEIR_OK && got.failed)
        code = weir_error(WEIR_ECHECK, "selftest: %d of %d figures are wrong", got.failed, got.row_count);
    weir_selftest_fini(&got);
    return interrupted ? WEIR_INTERRUPTED : code;
}

const struct weir_command weir_command_selftest = {
    .name = "selftest",
    .words = "[exact|theory]",
    .max_words = 1,
    .summary = "simulate cases whose answer is known, and compare",
    .detail =
        "Prints a line for each figure: expected, simulated, difference, tolerance, verdict. Exit code 1 if one is\n"
        "wrong. With a word, only the cases of that group run. docs/validation.md says where the expected figures come "
        "from.\n",
    .flags = flags,
    .run = run,
};
