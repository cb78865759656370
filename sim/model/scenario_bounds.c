/* What a run would take, by arithmetic, and what no machine has. */
#include "sim/model/scenario_bounds.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/remark.h"

/* Items of sources in one run: at a million a second, a day and some months. */
#define MANY_ITEMS     1e11
#define TOO_MANY_ITEMS 1e13

/* Bytes that a run takes beside its platform, of a job and of an operator with an instance (measured: 46 MB of 1000
 * jobs, 150 MB of 10 000, 229 MB of 10 000 with four operators). */
#define JOB_BYTES      9e3
#define OPERATOR_BYTES 2.7e3

static double items_of(const struct weir_scenario *scenario, const struct weir_job *job)
{
    double until_s = fmin(job->depart_s, scenario->duration_s) - job->arrive_s;
    return job->load && until_s > 0 ? weir_load_mean_rate(job->load, until_s) * until_s : 0;
}

void weir_scenario_needs(const struct weir_scenario *scenario, struct weir_needs *needs)
{
    const struct weir_workload *workload = scenario->workload;
    double last = 0;
    *needs = (struct weir_needs){0};
    for (int j = 0; j < workload->job_count; j++) {
        const struct weir_job *job = &workload->jobs[j], *before = job - 1;
        /* Copies of one template share their load: what is known of one is known of the next. */
        bool same = j > 0 && job->load == before->load && job->arrive_s == before->arrive_s &&
                    job->depart_s == before->depart_s;
        last = same ? last : items_of(scenario, job);
        needs->items += last;
        needs->memory_bytes += JOB_BYTES + OPERATOR_BYTES * job->operator_count;
        for (int o = 0; o < job->operator_count; o++) /* with more than one instance */
            needs->memory_bytes += OPERATOR_BYTES * fmax(job->operators[o].parallelism - 1, 0);
    }
}

int weir_scenario_check_bounds(const struct weir_scenario *scenario)
{
    struct weir_needs needs;
    char needed[32], there[32];
    weir_scenario_needs(scenario, &needs);
    if (!(needs.items <= TOO_MANY_ITEMS))
        return weir_error(
            WEIR_EINPUT,
            "%s: its sources give about %.3g items in a run, of which at most %g can be simulated; lower the "
            "rates of its loads, or its duration",
            scenario->path, needs.items, TOO_MANY_ITEMS);
    if (needs.items > MANY_ITEMS)
        weir_remark("its sources give about %.3g items in a run: at a million a second that takes %.3g days",
                    needs.items, needs.items / 1e6 / 86400);
    double memory_bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    weir_quantity_show(WEIR_UNIT_BYTES, needs.memory_bytes, needed, sizeof needed);
    weir_quantity_show(WEIR_UNIT_BYTES, memory_bytes, there, sizeof there);
    if (needs.memory_bytes > 2 * memory_bytes)
        return weir_error(
            WEIR_EINPUT,
            "%s: a run of its %d jobs takes about %s of memory, and this machine has %s; simulate fewer jobs",
            scenario->path, scenario->workload->job_count, needed, there);
    if (needs.memory_bytes > memory_bytes / 2)
        weir_remark("a run of its %d jobs takes about %s of memory, and this machine has %s",
                    scenario->workload->job_count, needed, there);
    return WEIR_OK;
}
