#include "sim/experiment/summary.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bootstrap.h"
#include "sim/base/memory.h"
#include "sim/base/stats.h"
#include "sim/experiment/files.h"

#define LEVEL 0.95

struct weir_summary *weir_summary_new(const char *scenario, const char *folder, const struct weir_stack *stacks,
                                      int stack_count, const unsigned long long *seeds, int seed_count)
{
    struct weir_summary *summary = weir_alloc(1, sizeof *summary);
    summary->scenario = weir_copy(scenario);
    summary->folder = weir_copy(folder);
    summary->policy_count = stack_count;
    summary->seed_count = seed_count;
    summary->labels = weir_alloc((size_t)stack_count, sizeof *summary->labels);
    summary->seeds = weir_alloc((size_t)seed_count, sizeof *summary->seeds);
    summary->records = weir_alloc((size_t)stack_count * (size_t)seed_count, sizeof *summary->records);
    for (int i = 0; i < stack_count; i++)
        summary->labels[i] = weir_copy(stacks[i].label);
    for (int i = 0; i < seed_count; i++)
        summary->seeds[i] = seeds[i];
    return summary;
}

void weir_summary_free(struct weir_summary *summary)
{
    if (!summary)
        return;
    for (int i = 0; i < summary->policy_count; i++)
        free(summary->labels[i]);
    free(summary->labels);
    free(summary->seeds);
    free(summary->records);
    free(summary->scenario);
    free(summary->folder);
    free(summary);
}

struct weir_record *weir_summary_record(const struct weir_summary *summary, int policy, int seed)
{
    return &summary->records[(size_t)policy * (size_t)summary->seed_count + (size_t)seed];
}

int weir_summary_present(const struct weir_summary *summary)
{
    int present = 0;
    for (int i = 0; i < summary->policy_count * summary->seed_count; i++)
        present += summary->records[i].present;
    return present;
}

const char *weir_better_name(enum weir_better better)
{
    return better == WEIR_BETTER_LOW ? "low" : better == WEIR_BETTER_HIGH ? "high" : "none";
}

const char *weir_doubt_name(enum weir_doubt doubt)
{
    return doubt == WEIR_DOUBT_SKEWED ? "skewed" : doubt == WEIR_DOUBT_HEAVY ? "heavy" : "";
}

bool weir_summary_heavy(const struct weir_scenario *scenario)
{
    for (int j = 0; scenario->workload && j < scenario->workload->job_count; j++)
        for (int o = 0; o < scenario->workload->jobs[j].operator_count; o++) {
            const struct weir_distribution *flops = &scenario->workload->jobs[j].operators[o].flops;
            /* shape = 1 + sqrt(1 + 1 / cv^2) <= 3 */
            if (flops->spread == WEIR_SPREAD_PARETO && 3 * flops->cv * flops->cv >= 1)
                return true;
        }
    return false;
}

/* Means of times in which the rarest item counts most. */
static bool has_tail(const struct weir_metric *metric)
{
    static const char *const names[] = {"latency_mean", "latency_max", "waiting", "service", "blocked"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(metric->name, names[i]) == 0)
            return true;
    return false;
}

/* Whether the third moment is beyond what one normal sample in a hundred shows: 2.58 deviations of the skewness. */
static bool is_skewed(const double *values, const struct weir_moments *moments)
{
    double n = (double)moments->count, third = 0, second = moments->m2 / n;
    if (n < 6 || !(sqrt(second) > 1e-9 * fabs(moments->mean)))
        return false;
    for (uint64_t i = 0; i < moments->count; i++) {
        double distance = values[i] - moments->mean;
        third += distance * distance * distance / n;
    }
    return fabs(third) > 2.58 * sqrt(6 * (n - 2) / ((n + 1) * (n + 3))) * second * sqrt(second);
}

/* Of so many values, and runs that have none. */
static struct weir_estimate estimate(const struct weir_summary *summary, const double *values, int count, int none,
                                     bool heavy)
{
    struct weir_moments moments = {0};
    struct weir_estimate estimate = {count, none, NAN, NAN, NAN, WEIR_DOUBT_NONE};
    for (int i = 0; i < count; i++)
        weir_moments_add(&moments, values[i]);
    if (count == 0)
        return estimate;
    double half = weir_moments_half_width(&moments, LEVEL);
    estimate.mean = moments.mean;
    estimate.low = moments.mean - half;
    estimate.high = moments.mean + half;
    bool drawn =
        summary->bootstrap && weir_bootstrap_interval(values, (size_t)count, LEVEL, &estimate.low, &estimate.high);
    if (half > 0 && heavy)
        estimate.doubt = WEIR_DOUBT_HEAVY;
    else if (half > 0 && !drawn && is_skewed(values, &moments))
        estimate.doubt = WEIR_DOUBT_SKEWED;
    return estimate;
}

void weir_summary_estimate(const struct weir_summary *summary, int policy, const struct weir_metric *metric,
                           struct weir_estimate *value, struct weir_estimate *difference)
{
    double *values = weir_alloc((size_t)summary->seed_count, sizeof *values);
    double *differences = weir_alloc((size_t)summary->seed_count, sizeof *differences);
    int count = 0, none = 0, pairs = 0, no_pairs = 0;
    bool heavy = summary->heavy_tails && has_tail(metric);
    for (int s = 0; s < summary->seed_count; s++) {
        const struct weir_record *mine = weir_summary_record(summary, policy, s);
        const struct weir_record *first = weir_summary_record(summary, 0, s);
        double here = mine->present ? weir_metric_value(&mine->metrics, metric) : NAN;
        double there = first->present ? weir_metric_value(&first->metrics, metric) : NAN;
        if (isfinite(here))
            values[count++] = here;
        else
            none += mine->present;
        if (isfinite(here) && isfinite(there))
            differences[pairs++] = here - there;
        else
            no_pairs += mine->present && first->present;
    }
    *value = estimate(summary, values, count, none, heavy);
    *difference = estimate(summary, differences, pairs, no_pairs, heavy);
    free(values);
    free(differences);
}

/* Three numbers as CSV fields, each after a comma. */
static void print_estimate(FILE *file, const struct weir_estimate *estimate)
{
    char buffer[32];
    fprintf(file, ",%s", weir_number(estimate->mean, buffer));
    fprintf(file, ",%s", weir_number(estimate->low, buffer));
    fprintf(file, ",%s", weir_number(estimate->high, buffer));
}

char *weir_summary_csv(const struct weir_summary *summary)
{
    char *content = NULL;
    size_t size;
    FILE *file = open_memstream(&content, &size);
    fputs("policy,metric,unit,better,n,mean,ci95_low,ci95_high,diff_to_first,diff_ci95_low,diff_ci95_high,"
          "none,doubt,diff_doubt\n",
          file);
    for (int p = 0; p < summary->policy_count; p++) {
        for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
            struct weir_estimate value, difference;
            weir_summary_estimate(summary, p, m, &value, &difference);
            weir_csv_field(file, summary->labels[p]);
            fprintf(file, ",%s,", m->name);
            weir_csv_field(file, m->unit);
            fprintf(file, ",%s,%d", weir_better_name(m->better), value.count);
            print_estimate(file, &value);
            print_estimate(file, &difference);
            fprintf(file, ",%d,%s,%s\n", value.none, weir_doubt_name(value.doubt), weir_doubt_name(difference.doubt));
        }
    }
    fclose(file);
    return content;
}

char *weir_summary_runs_csv(const struct weir_summary *summary)
{
    char *content = NULL, buffer[32];
    size_t size;
    FILE *file = open_memstream(&content, &size);
    fputs("policy,seed", file);
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        fprintf(file, ",%s", m->name);
    fputc('\n', file);
    for (int p = 0; p < summary->policy_count; p++) {
        for (int s = 0; s < summary->seed_count; s++) {
            const struct weir_record *record = weir_summary_record(summary, p, s);
            if (!record->present)
                continue;
            weir_csv_field(file, summary->labels[p]);
            fprintf(file, ",%llu", summary->seeds[s]);
            for (const struct weir_metric *m = weir_metric_table; m->name; m++)
                fprintf(file, ",%s", weir_number(weir_metric_value(&record->metrics, m), buffer));
            fputc('\n', file);
        }
    }
    fclose(file);
    return content;
}

static void add_interval(cJSON *object, const char *key, const struct weir_estimate *estimate)
{
    cJSON *pair = cJSON_AddArrayToObject(object, key);
    cJSON_AddItemToArray(pair, cJSON_CreateNumber(estimate->low));
    cJSON_AddItemToArray(pair, cJSON_CreateNumber(estimate->high));
}

static cJSON *policy_json(const struct weir_summary *summary, int policy)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "policy", summary->labels[policy]);
    cJSON *seeds = cJSON_AddArrayToObject(at, "seeds");
    for (int s = 0; s < summary->seed_count; s++) {
        char text[24];
        snprintf(text, sizeof text, "%llu", summary->seeds[s]);
        if (weir_summary_record(summary, policy, s)->present)
            cJSON_AddItemToArray(seeds, cJSON_CreateRaw(text));
    }
    cJSON *metrics = cJSON_AddObjectToObject(at, "metrics");
    for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
        struct weir_estimate value, difference;
        weir_summary_estimate(summary, policy, m, &value, &difference);
        cJSON *metric = cJSON_AddObjectToObject(metrics, m->name);
        cJSON_AddStringToObject(metric, "unit", m->unit);
        cJSON_AddStringToObject(metric, "better", weir_better_name(m->better));
        cJSON_AddNumberToObject(metric, "n", value.count);
        cJSON_AddNumberToObject(metric, "mean", value.mean);
        add_interval(metric, "ci95", &value);
        cJSON_AddNumberToObject(metric, "diff_to_first", difference.mean);
        add_interval(metric, "diff_ci95", &difference);
        cJSON_AddNumberToObject(metric, "none", value.none);
        cJSON_AddStringToObject(metric, "doubt", weir_doubt_name(value.doubt));
        cJSON_AddStringToObject(metric, "diff_doubt", weir_doubt_name(difference.doubt));
    }
    return at;
}

char *weir_summary_json(const struct weir_summary *summary)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "weir", weir_version());
    cJSON_AddStringToObject(root, "scenario", summary->scenario);
    cJSON_AddStringToObject(root, "folder", summary->folder);
    cJSON *policies = cJSON_AddArrayToObject(root, "policies");
    for (int p = 0; p < summary->policy_count; p++)
        cJSON_AddItemToArray(policies, policy_json(summary, p));
    char *printed = cJSON_Print(root);
    char *text = weir_format("%s\n", printed);
    cJSON_free(printed);
    cJSON_Delete(root);
    return text;
}
