/* weir calibrate-mst: what 1 to m instances of an operator sustain, measured, and the models of TWRES fitted to it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/throughput/throughput.h"
#include "sim/analysis/calibrate_measure.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/experiment/files.h"
#include "sim/experiment/shipped.h"

enum { MOST = 64, BAR = 30 };
enum { MST, MSTW, MODELS };
static const char *const names[MODELS] = {"MST", "MSTW"};

enum { OPERATOR, INSTANCES, FITTED, WINDOWS, SEED, SET, OUTPUT, TIMEOUT };
static const struct weir_flag flags[] = {
    [OPERATOR] = {"operator", 0, "[JOB/]OPERATOR",
                  "whose instances are counted; else the job's busiest by declared work"},
    [INSTANCES] = {"instances", 0, "M", "measure 1 to M of them; default 10"},
    [FITTED] = {"fitted", 0, "K", "fit the models to the first K, hold out the others; default 6"},
    [WINDOWS] = {"windows", 0, "N", "windows measured, after the first; default 5"},
    [SEED] = {"seed", 's', "N", "the seed; else the scenario's first"},
    [SET] = {"set", 0, "PATH=VALUE", "change a value of the scenario, as in window=10s; repeatable"},
    [OUTPUT] = {"output", 'o', "DIR", "write calibration.csv, and calibration.gp for gnuplot, there"},
    [TIMEOUT] = {"timeout", 0, "TIME", "give up a run after so much real time; else 10min"},
    {0},
};

struct calibration {
    struct calibrate_question question;
    const char *job, *op;
    double window_s;
    int count, fitted;
    struct calibrate_answer at[MOST]; /* of 1, 2, ... instances */
    struct throughput model[MODELS];  /* both in items per second */
};

static double measured(const struct calibration *c, int m, int which)
{
    const struct calibrate_answer *at = &c->at[m - 1];
    return which == MST ? at->mst_per_s : at->mstw;
}

static double modelled(const struct calibration *c, int m, int which)
{
    return throughput_per_s(&c->model[which], m) * (which == MST ? 1 : c->window_s);
}

/* %, of what was measured. */
static double error_of(const struct calibration *c, int m, int which)
{
    return 100 * fabs(modelled(c, m, which) / measured(c, m, which) - 1);
}

static double mean_error(const struct calibration *c, int from, int until, int which)
{
    double sum = 0;
    for (int m = from; m <= until; m++)
        sum += error_of(c, m, which);
    return until >= from ? sum / (until - from + 1) : NAN;
}

/* Declared work of the operator for an item of it. */
static double work_of(const struct weir_operator *op)
{
    return op->flops.mean;
}

static int find_operator(const struct weir_workload *workload, const char *wanted, struct calibration *c)
{
    const char *slash = wanted ? strchr(wanted, '/') : NULL;
    const char *name = slash ? slash + 1 : wanted;
    for (int j = 0; j < workload->job_count; j++) {
        const struct weir_job *job = &workload->jobs[j];
        if (slash && (strlen(job->name) != (size_t)(slash - wanted) ||
                      strncmp(job->name, wanted, (size_t)(slash - wanted)) != 0))
            continue;
        int best = -1;
        for (int o = 0; o < job->operator_count; o++)
            if (name ? strcmp(job->operators[o].name, name) == 0
                     : best < 0 || work_of(&job->operators[o]) > work_of(&job->operators[best]))
                best = o;
        if (best < 0)
            continue;
        c->question.job = j;
        c->question.op = best;
        c->job = job->name;
        c->op = job->operators[best].name;
        return WEIR_OK;
    }
    return weir_error(WEIR_EINPUT, "--operator: there is no operator \"%s\" in the workload", wanted ? wanted : "");
}

static int measure_all(struct calibration *c)
{
    int code = WEIR_OK;
    double per_s = 100;
    for (int m = 1; m <= c->count && code == WEIR_OK; m++) {
        code = calibrate_measure(&c->question, m, per_s, &c->at[m - 1]);
        if (code == WEIR_OK && !(c->at[m - 1].mst_per_s > 0 && c->at[m - 1].mstw > 0))
            code = weir_error(WEIR_ERUN, "%d instances worked off nothing in a window of %g s", m, c->window_s);
        per_s = 2 * c->at[m - 1].mst_per_s;
    }
    return code;
}

static int fit_both(struct calibration *c)
{
    struct throughput_sample samples[MOST];
    int code = WEIR_OK;
    for (int which = 0; which < MODELS && code == WEIR_OK; which++) {
        for (int m = 1; m <= c->fitted; m++)
            samples[m - 1] = (struct throughput_sample){m, measured(c, m, which) / (which == MST ? 1 : c->window_s)};
        code = throughput_fit(&c->model[which], samples, (size_t)c->fitted, THROUGHPUT_OF_RATE);
    }
    return code;
}

/* The columns of both, measured and by the models. */
static void print_table(const struct calibration *c)
{
    printf("%s/%s, windows of %g s; models fitted to 1 to %d instances\n\n", c->job, c->op, c->window_s, c->fitted);
    printf("%9s %12s %12s %8s %12s %12s %8s %6s\n", "instances", "MST, /s", "model", "off, %", "MSTW", "model",
           "off, %", "busy");
    for (int m = 1; m <= c->count; m++) {
        const struct calibrate_answer *at = &c->at[m - 1];
        printf("%9d %12.6g %12.6g %8.2f %12.6g %12.6g %8.2f %6.2f%s%s%s\n", m, at->mst_per_s, modelled(c, m, MST),
               error_of(c, m, MST), at->mstw, modelled(c, m, MSTW), error_of(c, m, MSTW), at->busy,
               m > c->fitted ? "  held out" : "", *at->limit ? "  limit: " : "", at->limit);
    }
    printf("\n%-5s %12s %12s %12s %12s %10s %10s\n", "", "w0, s", "w1, s", "w2, s", "w3, s", "fitted, %",
           "held out, %");
    for (int which = 0; which < MODELS; which++) {
        const double *w = c->model[which].weight;
        printf("%-5s %12.6g %12.6g %12.6g %12.6g %10.2f ", names[which], w[0], w[1], w[2], w[3],
               mean_error(c, 1, c->fitted, which));
        if (c->fitted < c->count)
            printf("%11.2f\n", mean_error(c, c->fitted + 1, c->count, which));
        else
            printf("%11s\n", "-");
    }
}

/* Bars of what was measured, and where the model is. */
static void print_figure(const struct calibration *c)
{
    double most = 0;
    for (int m = 1; m <= c->count; m++)
        most = fmax(most, fmax(c->at[m - 1].mst_per_s, modelled(c, m, MST)));
    printf("\nMST, /s: # measured, | the model\n");
    for (int m = 1; m <= c->count; m++) {
        int bar = (int)lround(BAR * c->at[m - 1].mst_per_s / most),
            mark = (int)lround(BAR * modelled(c, m, MST) / most);
        printf("%9d ", m);
        for (int k = 1; k <= BAR; k++)
            putchar(k == mark ? '|' : k <= bar ? '#' : ' ');
        printf(" %.6g\n", c->at[m - 1].mst_per_s);
    }
}

/* For the policy svr-twres. */
static void print_parameter(const struct calibration *c)
{
    printf("\n{\"name\": \"svr-twres\", \"calibration\": {\"%s/%s\": \"", c->job, c->op);
    for (int m = 1; m <= c->count; m++)
        printf("%s%d:%.6g", m > 1 ? "," : "", m, c->at[m - 1].mst_per_s);
    printf("\"}}\n");
}

static int write_files(const struct calibration *c, const char *folder)
{
    struct weir_text csv = {0}, gp = {0};
    weir_text_add(&csv, "instances,mst_per_s,mst_model,mstw,mstw_model,busy,held_out\n");
    for (int m = 1; m <= c->count; m++)
        weir_text_addf(&csv, "%d,%.10g,%.10g,%.10g,%.10g,%.10g,%d\n", m, c->at[m - 1].mst_per_s, modelled(c, m, MST),
                       c->at[m - 1].mstw, modelled(c, m, MSTW), c->at[m - 1].busy, m > c->fitted);
    weir_text_addf(&gp,
                   "# gnuplot calibration.gp makes calibration.pdf\nset terminal pdfcairo\nset output "
                   "\"calibration.pdf\"\nset datafile separator \",\"\nset xlabel \"instances\"\nset ylabel \"items\"\n"
                   "set key left top\nset multiplot layout 1,2\n"
                   "plot \"calibration.csv\" using 1:2 skip 1 with points title \"MST, /s\", "
                   "\"\" using 1:3 skip 1 with lines title \"model\"\n"
                   "plot \"calibration.csv\" using 1:4 skip 1 with points title \"MSTW, %g s\", "
                   "\"\" using 1:5 skip 1 with lines title \"model\"\nunset multiplot\n",
                   c->window_s);
    char *table = weir_format("%s/calibration.csv", folder), *script = weir_format("%s/calibration.gp", folder);
    int code = weir_folder_make(folder);
    if (code == WEIR_OK)
        code = weir_file_replace(table, weir_text_string(&csv));
    if (code == WEIR_OK)
        code = weir_file_replace(script, weir_text_string(&gp));
    free(table);
    free(script);
    weir_text_fini(&csv);
    weir_text_fini(&gp);
    return code;
}

static int read_flags(const struct weir_arguments *arguments, const struct weir_scenario *scenario,
                      struct calibration *c)
{
    const char *seed = weir_arguments_value(arguments, SEED), *most = weir_arguments_value(arguments, INSTANCES);
    const char *fitted = weir_arguments_value(arguments, FITTED), *windows = weir_arguments_value(arguments, WINDOWS);
    const char *timeout = weir_arguments_value(arguments, TIMEOUT);
    int code = WEIR_OK;
    c->question.seed = scenario->seeds[0];
    c->question.windows = 5;
    c->question.timeout_s = 600;
    c->count = 10;
    if (seed)
        code = weir_read_seed("seed", seed, &c->question.seed);
    if (code == WEIR_OK && most)
        code = weir_read_integer("instances", most, 1, MOST, &c->count);
    c->fitted = c->count < 6 ? c->count : 6;
    if (code == WEIR_OK && fitted)
        code = weir_read_integer("fitted", fitted, 1, c->count, &c->fitted);
    if (code == WEIR_OK && windows)
        code = weir_read_integer("windows", windows, 1, CALIBRATE_WINDOWS, &c->question.windows);
    if (code == WEIR_OK && timeout)
        code = weir_read_time("timeout", timeout, &c->question.timeout_s);
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_scenario *scenario = NULL;
    struct weir_stack stack = {0};
    struct calibration c = {0};
    const char **sets = NULL;
    char *path = NULL;
    int code = weir_read_sets(arguments, SET, &sets);
    if (code == WEIR_OK)
        code = weir_stack_parse("static", &stack);
    if (code == WEIR_OK)
        code = weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, NULL, arguments->words[0], &path);
    if (code == WEIR_OK)
        code = weir_scenario_read(path, sets, &scenario);
    if (code == WEIR_OK)
        code = read_flags(arguments, scenario, &c);
    if (code == WEIR_OK)
        code = find_operator(scenario->workload, weir_arguments_value(arguments, OPERATOR), &c);
    if (code == WEIR_OK) {
        c.question.scenario = scenario;
        c.question.catalog = cli->catalog;
        c.question.stack = &stack;
        c.window_s = scenario->window_s;
        code = measure_all(&c);
    }
    if (code == WEIR_OK)
        code = fit_both(&c);
    if (code == WEIR_OK) {
        print_table(&c);
        print_figure(&c);
        print_parameter(&c);
        code = weir_stdout_finish();
    }
    if (code == WEIR_OK && weir_arguments_value(arguments, OUTPUT))
        code = write_files(&c, weir_arguments_value(arguments, OUTPUT));
    weir_scenario_free(scenario);
    free(path);
    weir_stack_fini(&stack);
    free(sets);
    return code;
}

const struct weir_command weir_command_mst = {
    .name = "calibrate-mst",
    .words = "SCENARIO",
    .min_words = 1,
    .max_words = 1,
    .summary = "measure what 1 to M instances of an operator sustain, and fit the models of svr-twres",
    .detail = WEIR_SCENARIO_HELP
    "MST is what M instances work off a second, MSTW in a window that begins with nothing inside; each measured with\n"
    "more items than they take, the job alone, without faults and decisions (docs/policies/svr-twres.md).\n",
    .flags = flags,
    .run = run,
};
