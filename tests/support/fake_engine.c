/* An engine that simulates nothing: what the experiment and the command line are tested against. Results follow from
 * stack, seed and inputs alone; the first policy of a stack says how a run behaves. Each run that begins adds a line to
 * the file that WEIR_FAKE_LOG names, so that tests can count runs; from the run on whose line has the number in
 * WEIR_FAKE_HOLD, runs do not end until they are killed. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/run.h"

#define ROW(name, field, unit, better, help)                                                                           \
    {                                                                                                                  \
        name, unit, WEIR_BETTER_##better, offsetof(struct weir_metrics, field), help                                   \
    }
const struct weir_metric weir_metric_table[] = {
    ROW("emitted", emitted, "items", NONE, "items that the sources sent"),
    ROW("delivered", delivered, "items", HIGH, "items that reached their sink"),
    ROW("dropped", dropped, "items", LOW, "items dropped anywhere"),
    ROW("throughput", throughput_per_s, "items/s", HIGH, "delivered per second"),
    ROW("latency_mean", latency_mean_s, "s", LOW, "mean latency"),
    ROW("latency_p99", latency_p99_s, "s", LOW, "99 % of items are faster"),
    ROW("slo_violations", slo_violations, "share", LOW, "share of items that are too late"),
    ROW("energy", energy_j, "J", LOW, "energy of all hosts"),
    ROW("cost", cost, "money", LOW, "price of the cores used"),
    {0},
};

static const struct weir_param no_params[] = {{0}};
#define POLICY(its_name, its_summary)                                                                                  \
    &(const struct weir_policy)                                                                                        \
    {                                                                                                                  \
        .abi = WEIR_POLICY_ABI, .name = its_name, .summary = its_summary, .source = "", .params = no_params            \
    }
const struct weir_policy *const weir_catalog[] = {
    POLICY("fair", "ends well"),
    POLICY("good", "ends well, with other results"),
    POLICY("slow", "takes a quarter of a second"),
    POLICY("endless", "takes a minute"),
    POLICY("refuses", "returns an error"),
    POLICY("aborts", "writes a message as SimGrid does, and aborts"),
    POLICY("vanishes", "is killed by a signal, without a word"),
    POLICY("leaves", "ends the process with code 0"),
    NULL,
};

/* Lines of the log up to this run's own, at whose end the file is. */
static int own_line(int log)
{
    off_t end = lseek(log, 0, SEEK_CUR);
    int lines = 0;
    char byte;
    for (off_t at = 0; at < end && pread(log, &byte, 1, at) == 1; at++)
        lines += byte == '\n';
    return lines;
}

static void log_run(const struct weir_run_spec *spec)
{
    const char *path = getenv("WEIR_FAKE_LOG"), *hold = getenv("WEIR_FAKE_HOLD");
    int log = path ? open(path, O_RDWR | O_APPEND | O_CREAT, 0666) : -1;
    if (log < 0)
        return;
    char *line = weir_format("%s %llu\n", spec->stack->label, spec->seed);
    if (write(log, line, strlen(line)) < 0)
        perror(path);
    free(line);
    bool held = hold && own_line(log) >= atoi(hold);
    close(log);
    if (held)
        for (;;)
            pause();
}

static void behave(const char *policy)
{
    if (strcmp(policy, "aborts") == 0) {
        fprintf(stderr, "[0.000000] [xbt_cfg/INFO] Configuration change\n");
        fprintf(stderr, "[1.500000] [ker_platform/CRITICAL] the host is on fire\n");
        fprintf(stderr, "Backtrace (displayed in process maestro):\n  ->  #0 main\n");
        abort();
    }
    if (strcmp(policy, "vanishes") == 0)
        raise(SIGKILL);
    if (strcmp(policy, "leaves") == 0)
        _exit(0);
}

int weir_run(const struct weir_run_spec *spec, struct weir_result *result)
{
    const char *policy = spec->stack->uses[0].name;
    const struct weir_observer *observer = spec->observer;
    unsigned long long key = weir_stream_key(spec->seed + spec->scenario->hash, policy);
    struct weir_stream stream = weir_stream_at(key, 0);
    *result = (struct weir_result){0};
    log_run(spec);
    behave(policy);
    int steps = strcmp(policy, "slow") == 0 ? 25 : strcmp(policy, "endless") == 0 ? 6000 : 1;
    for (int i = 1; i <= steps; i++) {
        if (steps > 1)
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        if (observer && observer->progress)
            observer->progress(observer->context, i, steps);
    }
    if (strcmp(policy, "refuses") == 0)
        return weir_error(WEIR_ERUN, "policy refuses: does not want to, with seed %llu", spec->seed);

    double base = strcmp(policy, "good") == 0 ? 0.010 : 0.020;
    struct weir_metrics *metrics = &result->metrics;
    metrics->emitted = metrics->delivered = 1000 + (double)spec->seed;
    metrics->throughput_per_s = metrics->delivered / 10;
    metrics->latency_mean_s = base + weir_stream_exponential(&stream, 1e-3);
    metrics->latency_p99_s = strcmp(policy, "good") == 0 ? NAN : 3 * base;
    metrics->cost = 1;
    if (observer && observer->metric) {
        observer->metric(observer->context, 1.0 / 3, "job, \"one\"", "", "", "throughput", metrics->throughput_per_s);
        observer->metric(observer->context, 10, "job-2", "detect", "edge-1", "busy", NAN);
    }
    if (observer && observer->decision)
        observer->decision(observer->context, 10, policy, "job-2", "detect", "2 -> 3 instances", "busy, 0.9 > 0.8",
                           NULL);
    result->checksum = key;
    result->wall_s = 0.25;
    result->items_per_wall_s = 4000;
    return WEIR_OK;
}

void weir_result_fini(struct weir_result *result)
{
    free(result->jobs);
    free(result->operators);
    *result = (struct weir_result){0};
}

int weir_stack_check(const struct weir_stack *stack, const struct weir_policy *const *catalog)
{
    for (int i = 0; i < stack->use_count; i++) {
        const struct weir_policy *const *found = catalog;
        while (*found && strcmp((*found)->name, stack->uses[i].name) != 0)
            found++;
        if (!*found)
            return weir_error(WEIR_EINPUT, "policy \"%s\" is not known", stack->uses[i].name);
    }
    return WEIR_OK;
}

int weir_stack_look(const struct weir_stack *stack, const struct weir_policy *const *catalog)
{
    return weir_stack_check(stack, catalog);
}

int weir_engine_probe(struct weir_probe *probe)
{
    return probe->platform ? WEIR_OK : weir_error(WEIR_EENGINE, "no platform");
}

const char *weir_engine_version(void)
{
    const char *other = getenv("WEIR_FAKE_ENGINE");
    return other ? other : "fake engine 1";
}

int weir_engine_open(void)
{
    return WEIR_OK;
}
