/* Kind from-jobs: submissions of batch jobs, by the Standard Workload Format and the Grid Workloads Format. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/quantity.h"
#include "sim/generate/events.h"
#include "sim/generate/kinds.h"

static const char *const of_names[] = {"jobs", "cpu-seconds", NULL};
enum { CPU_SECONDS = 1 };

/* Fields that both formats have in the same places. */
enum { ID, SUBMIT, WAIT, RUNTIME, PROCESSORS, FIELDS };

struct options {
    const char *input;
    int of;
    struct weir_rates_options rates;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("input", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(input), NULL, 0, 0, NULL,
               "the jobs, plain or gzip; required"),
    WEIR_PARAM("of", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(of), "jobs", 0, 0, of_names,
               "the rate of jobs, or of the processor seconds that they take"),
    WEIR_RATES_PARAMS(struct options, rates, "0s", "10min", "length of the series; 0: that of the jobs"),
    {.name = NULL},
};

/* The first fields of a line, which blanks divide; false if there are fewer, or one is no number. */
static bool parse(const char *line, double field[FIELDS])
{
    for (int i = 0; i < FIELDS; i++) {
        line += strspn(line, " \t");
        line = weir_number_scan(line, &field[i]);
        if (!line || (*line && *line != ' ' && *line != '\t'))
            return false;
    }
    return true;
}

/* The first submission's time since 1970, where a remark says so: "; UnixStartTime: 846834340". */
static void read_remark(const char *line, double *start_s)
{
    const char *key = strstr(line, "UnixStartTime:");
    if (key)
        weir_number_scan(key + strlen("UnixStartTime:") + strspn(key + strlen("UnixStartTime:"), " "), start_s);
}

static int read_jobs(const struct options *o, struct weir_events *events)
{
    struct weir_csv_lines lines;
    double field[FIELDS], start_s = 0;
    char *line;
    int code = weir_csv_open(&lines, o->input);
    if (code)
        return code;
    while (!(code = weir_csv_line(&lines, &line)) && line) {
        line += strspn(line, " \t");
        if (*line == ';' || *line == '#')
            read_remark(line, &start_s);
        else if (*line && !parse(line, field))
            weir_events_wrong(events, lines.number);
        else if (*line &&
                 (field[SUBMIT] < 0 || (o->of == CPU_SECONDS && (field[RUNTIME] < 0 || field[PROCESSORS] < 0))))
            events->left_out++; /* -1: it is not known */
        else if (*line)
            weir_events_add(events, start_s + field[SUBMIT],
                            o->of == CPU_SECONDS ? field[RUNTIME] * field[PROCESSORS] : 1);
    }
    weir_csv_close(&lines);
    return code;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    (void)seed; /* nothing is drawn */
    const struct options *o = given;
    struct weir_events events = {0};
    int code = weir_generate_needs("input", o->input);
    if (!code)
        code = read_jobs(o, &events);
    if (!code)
        code = weir_events_write(&events, &o->rates, o->input,
                                 "a job of the Standard Workload Format (job, submit time, wait, run time, processors)",
                                 out);
    weir_events_fini(&events);
    return code;
}

const struct weir_generator weir_generator_from_jobs = {
    .name = "from-jobs",
    .summary = "a series of rates from batch jobs in the Standard or the Grid Workload Format (CSV)",
    .detail =
        "Files called .swf and .gwf. A job counts when it is submitted. With --of cpu-seconds the rate is the demand: "
        "run time\n"
        "times processors, so that 1/s keeps one processor busy; jobs of which either is not known are left out.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
