#include "sim/report/fit_page.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record.h"
#include "sim/report/fit_chart.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>\n"
    ":root { color-scheme: light dark; --back: #ffffff; --ink: #1b1f24; --faint: #5c6670; --rule: #d5dae0; --sim: "
    "#0072b2; "
    "--off: #8a4b00; }\n"
    "@media (prefers-color-scheme: dark) { :root { --back: #14171a; --ink: #e6e9ec; --faint: #9aa5b0; --rule: #363d45; "
    "--sim: #56b4e9; --off: #ffc46b; } }\n"
    "body { margin: 0 auto; max-width: 1000px; padding: 16px; background: var(--back); color: var(--ink); "
    "font: 15px/1.5 system-ui, \"DejaVu Sans\", sans-serif; }\n"
    "h1 { font-size: 26px; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 19px; border-top: 1px solid "
    "var(--rule); "
    "padding-top: 14px; } h3 { font-size: 15px; margin: 14px 0 0; }\n"
    "p { margin: 4px 0; } .faint { color: var(--faint); } .wide { overflow-x: auto; }\n"
    "table { border-collapse: collapse; } th, td { text-align: right; padding: 2px 10px 2px 0; } th:first-child, "
    "td:first-child { text-align: left; }\n"
    "svg.chart { display: block; width: 100%; } svg text { fill: var(--faint); font: 11px system-ui, sans-serif; }\n"
    "svg .rule { stroke: var(--rule); } svg .line { fill: none; stroke: var(--sim); stroke-width: 1.5; }\n"
    "svg .off { fill: none; stroke: var(--off); } svg circle { fill: var(--ink); opacity: 0.55; }\n"
    "</style><title>";

static void percent(struct weir_text *text, double share, const char *format)
{
    weir_text_add(text, "<td>");
    if (isfinite(share))
        weir_text_addf(text, format, 100 * share);
    else
        weir_text_add(text, "-");
    weir_text_add(text, "</td>");
}

static void keys(struct weir_text *text, const struct fit_problem *problem, const struct fit_answer *answer)
{
    weir_text_add(text, "<h2>Keys</h2><div class=\"wide\"><table><tr><th>key</th><th>fitted</th><th>standard error</th>"
                        "<th>range</th></tr>");
    for (int k = 0; k < problem->key_count; k++) {
        const struct fit_key *key = &problem->keys[k];
        char *value = fit_key_text(key, answer->value[k]);
        weir_text_add(text, "<tr><td>");
        weir_fit_escape(text, key->name);
        weir_text_add(text, "</td><td>");
        weir_fit_escape(text, value);
        weir_text_add(text, "</td>");
        percent(text, answer->error[k], "%.2g %%");
        weir_text_addf(text, "<td>%g to %g", key->min, key->max);
        weir_fit_escape(text, key->unit);
        weir_text_addf(text, "%s</td></tr>", answer->at_bound[k] ? ", at its end" : "");
        free(value);
    }
    weir_text_add(text, "</table></div>");
}

static void groups(struct weir_text *text, const struct fit_problem *problem, const struct fit_answer *answer)
{
    weir_text_add(text, "<h2>What the series cannot tell apart</h2>");
    if (!answer->group_count)
        weir_text_addf(text, "<p>Each key is told to %g %% or better.</p>", 100 * problem->apart);
    for (int g = 0; g < answer->group_count; g++) {
        const struct fit_group *group = &answer->groups[g];
        weir_text_add(text, "<p>");
        for (int k = 0; k < group->count; k++) {
            weir_text_add(text, k ? ", " : "");
            weir_fit_escape(text, problem->keys[group->keys[k]].name);
        }
        weir_text_addf(text, ": the loss is %.4g; moved by %+.2g %% and %+.2g %% ", answer->loss, -100 * problem->apart,
                       100 * problem->apart);
        weir_text_addf(text, "%s it is %.4g and %.4g.</p>", group->count > 1 ? "against each other" : "alone",
                       group->tried[0], group->tried[1]);
    }
}

static void file(struct weir_text *text, const struct fit_problem *problem, const struct fit_answer *answer, int c)
{
    const struct fit_case *of = &problem->cases[c];
    weir_text_add(text, "<h2>");
    weir_fit_escape(text, of->name);
    weir_text_addf(text,
                   ", %s</h2><div class=\"wide\"><table><tr><th>series</th><th>measured</th><th>simulated</th>"
                   "<th>misfit</th><th>p50</th><th>p95</th><th>peak</th><th>correlation</th></tr>",
                   of->fitted ? "fitted" : "predicted");
    for (int m = 0; m < problem->match_count; m++) {
        struct fit_agreement a;
        fit_agree(problem, of, m, answer->series[c], &a);
        weir_text_add(text, "<tr><td>");
        weir_fit_escape(text, problem->matches[m].name);
        weir_text_addf(text, "</td><td>%.5g</td><td>%.5g</td>", a.measured, a.simulated);
        percent(text, a.misfit, "%.3g %%");
        percent(text, a.p50, "%+.1f %%");
        percent(text, a.p95, "%+.1f %%");
        percent(text, a.peak, "%+.1f %%");
        weir_text_addf(text, isfinite(a.correlation) ? "<td>%.3f</td></tr>" : "<td>-</td></tr>", a.correlation);
    }
    weir_text_add(text, "</table></div>");
    for (int m = 0; m < problem->match_count; m++) {
        size_t from = (size_t)m * (size_t)of->bins;
        weir_text_add(text, "<h3>");
        weir_fit_escape(text, problem->matches[m].name);
        weir_text_add(text, "</h3>");
        weir_fit_overlay(text, problem->matches[m].name, of->measured + from, answer->series[c] + from, of->bins,
                         of->bin_s);
    }
}

int weir_fit_page(const struct fit_problem *problem, const struct fit_answer *answer, const char *folder)
{
    struct weir_text text = {0};
    char *path = weir_format("%s/report.html", folder);
    weir_text_add(&text, head);
    weir_fit_escape(&text, problem->base->name);
    weir_text_add(&text, ", calibrated</title></head><body><h1>");
    weir_fit_escape(&text, problem->base->name);
    weir_text_addf(&text, ", calibrated</h1><p class=\"faint\">weir %s, %s; %d points, misfit %.3g %%</p>",
                   weir_version(), weir_engine_version(), answer->evaluated_count, 100 * answer->misfit);
    keys(&text, problem, answer);
    groups(&text, problem, answer);
    weir_text_add(&text, "<p class=\"faint\">Below: dots are measured, the line is simulated, and under both is their "
                         "difference, simulated less measured.</p>");
    for (int c = 0; c < problem->case_count; c++)
        file(&text, problem, answer, c);
    weir_text_add(&text, "<h2>The search</h2><p class=\"faint\">The loss of each point in the order in which they were "
                         "tried, and the least so far.</p>");
    weir_fit_losses(&text, answer->evaluated, answer->evaluated_count, problem->key_count + 1);
    weir_text_add(&text, "</body></html>\n");
    int code = weir_file_replace(path, weir_text_string(&text));
    weir_text_fini(&text);
    free(path);
    return code;
}
