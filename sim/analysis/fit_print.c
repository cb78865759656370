/* What a fit has found, for people. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit.h"
#include "sim/base/memory.h"

static const char *percent(double share, char buffer[32])
{
    if (isnan(share))
        snprintf(buffer, 32, "-");
    else if (share >= 9.995 || isinf(share))
        snprintf(buffer, 32, "any");
    else
        snprintf(buffer, 32, "%.2g %%", 100 * share);
    return buffer;
}

static const char *difference(double share, char buffer[32])
{
    if (isnan(share))
        snprintf(buffer, 32, "-");
    else
        snprintf(buffer, 32, fabs(share) < 9.995 ? "%+.1f %%" : "%+.0f %%", 100 * share);
    return buffer;
}

static int longest_name(const struct fit_problem *problem)
{
    size_t longest = 3;
    for (int k = 0; k < problem->key_count; k++)
        if (strlen(problem->keys[k].name) > longest)
            longest = strlen(problem->keys[k].name);
    return (int)longest;
}

static void print_keys(const struct fit_problem *problem, const struct fit_answer *answer, FILE *out)
{
    int width = longest_name(problem);
    char error[32];
    fprintf(out, "%-*s  %14s  %8s  range\n", width, "key", "value", "error");
    for (int k = 0; k < problem->key_count; k++) {
        const struct fit_key *key = &problem->keys[k];
        char *value = weir_format(key->is_integer ? "%.0f%s" : "%.5g%s", answer->value[k], key->unit);
        fprintf(out, "%-*s  %14s  %8s  %g%s to %g%s%s\n", width, key->name, value, percent(answer->error[k], error),
                key->min, key->unit, key->max, key->unit,
                answer->at_bound[k] < 0   ? ", at its lower end: widen it"
                : answer->at_bound[k] > 0 ? ", at its upper end: widen it"
                                          : "");
        free(value);
    }
}

static void print_groups(const struct fit_problem *problem, const struct fit_answer *answer, FILE *out)
{
    char open[32];
    for (int g = 0; g < answer->group_count; g++) {
        const struct fit_group *group = &answer->groups[g];
        fprintf(out, group->count == 1 ? "not told by the series: " : "cannot be told apart: ");
        for (int k = 0; k < group->count; k++)
            fprintf(out, "%s%s", k ? ", " : "", problem->keys[group->keys[k]].name);
        fprintf(out, " (%s open)\n", percent(group->open, open));
    }
}

static void print_cases(const struct fit_problem *problem, const struct fit_answer *answer, FILE *out)
{
    char text[5][32];
    fprintf(out, "\n%-16s %-9s %-22s %10s %10s %8s %9s %9s %9s %6s\n", "file", "", "series", "measured", "simulated",
            "misfit", "p50", "p95", "peak", "corr.");
    for (int c = 0; c < problem->case_count; c++) {
        for (int m = 0; m < problem->match_count; m++) {
            struct fit_agreement a;
            fit_agree(problem, &problem->cases[c], m, answer->series[c], &a);
            snprintf(text[4], sizeof text[4], isnan(a.correlation) ? "-" : "%.3f", a.correlation);
            fprintf(out, "%-16s %-9s %-22s %10.5g %10.5g %8s %9s %9s %9s %6s", problem->cases[c].name,
                    problem->cases[c].fitted ? "fitted" : "predicted", problem->matches[m].name, a.measured,
                    a.simulated, percent(a.misfit, text[0]), difference(a.p50, text[1]), difference(a.p95, text[2]),
                    difference(a.peak, text[3]), text[4]);
            if (problem->matches[m].by == FIT_ONSETS)
                fprintf(out, "  onsets: %d, %d", a.onsets_measured, a.onsets_simulated);
            fputc('\n', out);
        }
    }
}

void fit_print(const struct fit_problem *problem, const struct fit_answer *answer, FILE *out)
{
    fprintf(out, "%d key%s fitted in %d points, misfit %.3g %%\n\n", problem->key_count,
            problem->key_count == 1 ? "" : "s", answer->evaluated_count, 100 * answer->misfit);
    print_keys(problem, answer, out);
    if (answer->group_count)
        fputc('\n', out);
    print_groups(problem, answer, out);
    print_cases(problem, answer, out);
}
