#include "tests/support/same.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LINES 12

/* The figures of a record: doubles, then counts. */
struct figure {
    const char *name;
    size_t offset;
    bool is_count;
};
#define DOUBLE(type, member)                                                                                           \
    {                                                                                                                  \
#member, offsetof(struct type, member), false                                                                  \
    }
#define COUNT(type, member)                                                                                            \
    {                                                                                                                  \
#member, offsetof(struct type, member), true                                                                   \
    }

static const struct figure of_job[] = {COUNT(weir_job_total, arrived),
                                       COUNT(weir_job_total, emitted),
                                       COUNT(weir_job_total, dropped_at_source),
                                       COUNT(weir_job_total, backlog),
                                       COUNT(weir_job_total, delivered),
                                       COUNT(weir_job_total, in_transit),
                                       COUNT(weir_job_total, replayed),
                                       COUNT(weir_job_total, lost),
                                       COUNT(weir_job_total, held),
                                       DOUBLE(weir_job_total, latency_mean_s),
                                       DOUBLE(weir_job_total, latency_p50_s),
                                       DOUBLE(weir_job_total, latency_p95_s),
                                       DOUBLE(weir_job_total, latency_p99_s),
                                       DOUBLE(weir_job_total, latency_max_s),
                                       DOUBLE(weir_job_total, waiting_s),
                                       DOUBLE(weir_job_total, service_s),
                                       DOUBLE(weir_job_total, network_s),
                                       DOUBLE(weir_job_total, blocked_s),
                                       COUNT(weir_job_total, arrivals_hash),
                                       DOUBLE(weir_job_total, energy_j),
                                       {0}};
static const struct figure of_operator[] = {
    COUNT(weir_operator_total, arrived),        COUNT(weir_operator_total, processed),
    COUNT(weir_operator_total, emitted),        COUNT(weir_operator_total, dropped),
    COUNT(weir_operator_total, queued),         COUNT(weir_operator_total, pending),
    COUNT(weir_operator_total, in_transit),     COUNT(weir_operator_total, late),
    COUNT(weir_operator_total, lost_on_way),    COUNT(weir_operator_total, lost_inside),
    DOUBLE(weir_operator_total, waiting_s),     DOUBLE(weir_operator_total, service_s),
    DOUBLE(weir_operator_total, blocked_s),     DOUBLE(weir_operator_total, queue_mean),
    DOUBLE(weir_operator_total, queue_max),     DOUBLE(weir_operator_total, busy),
    DOUBLE(weir_operator_total, backpressured), {0}};
static const struct figure of_path[] = {COUNT(weir_path_total, delivered),      DOUBLE(weir_path_total, latency_mean_s),
                                        DOUBLE(weir_path_total, latency_p50_s), DOUBLE(weir_path_total, latency_p95_s),
                                        DOUBLE(weir_path_total, latency_p99_s), DOUBLE(weir_path_total, waiting_s),
                                        DOUBLE(weir_path_total, service_s),     DOUBLE(weir_path_total, network_s),
                                        DOUBLE(weir_path_total, blocked_s),     {0}};
static const struct figure of_link[] = {DOUBLE(weir_link_total, bytes), DOUBLE(weir_link_total, use), {0}};

struct comparison {
    double share, least;
    struct weir_text *text;
    int differences;
};

static void differs(struct comparison *of, const char *what, const char *of_what, const char *name, double left,
                    double right)
{
    if (of->differences++ < LINES)
        weir_text_addf(of->text, "    %s %s%s%s: %.17g against %.17g, off by %.3g\n", what, of_what,
                       of_what[0] ? " " : "", name, left, right, right - left);
}

static void compare(struct comparison *of, const char *what, const char *of_what, const char *name, double left,
                    double right)
{
    if (isnan(left) && isnan(right))
        return;
    double off = fabs(left - right);
    if (!(off <= fmax(of->least, of->share * fmax(fabs(left), fabs(right)))))
        differs(of, what, of_what, name, left, right);
}

static double value(const void *record, const struct figure *figure)
{
    const char *at = (const char *)record + figure->offset;
    return figure->is_count ? (double)*(const unsigned long long *)(const void *)at : *(const double *)(const void *)at;
}

static void compare_records(struct comparison *of, const struct figure *figures, const char *what, const char *name,
                            const void *left, const void *right)
{
    for (const struct figure *f = figures; f->name; f++)
        compare(of, what, name, f->name, value(left, f), value(right, f));
}

static void compare_jobs(struct comparison *of, const struct weir_result *left, const struct weir_result *right)
{
    compare(of, "jobs", "", "", left->job_count, right->job_count);
    for (int j = 0; j < left->job_count && j < right->job_count; j++)
        compare_records(of, of_job, "job", left->jobs[j].name, &left->jobs[j], &right->jobs[j]);
    compare(of, "operators", "", "", left->operator_count, right->operator_count);
    for (int o = 0; o < left->operator_count && o < right->operator_count; o++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", left->operators[o].job, left->operators[o].name);
        compare_records(of, of_operator, "operator", name, &left->operators[o], &right->operators[o]);
    }
}

static void compare_paths(struct comparison *of, const struct weir_result *left, const struct weir_result *right)
{
    compare(of, "paths", "", "", left->path_count, right->path_count);
    for (int p = 0; p < left->path_count; p++) {
        const struct weir_path_total *path = &left->paths[p], *other = NULL;
        for (int q = 0; q < right->path_count; q++)
            if (strcmp(path->job, right->paths[q].job) == 0 && strcmp(path->path, right->paths[q].path) == 0)
                other = &right->paths[q];
        if (other)
            compare_records(of, of_path, path->job, path->path, path, other);
        else
            differs(of, path->job, path->path, "there or not", 1, 0);
    }
}

static void compare_links(struct comparison *of, const struct weir_result *left, const struct weir_result *right)
{
    compare(of, "links", "", "", left->link_count, right->link_count);
    for (int l = 0; l < left->link_count && l < right->link_count; l++)
        if (strcmp(left->links[l].name, right->links[l].name) == 0)
            compare_records(of, of_link, "link", left->links[l].name, &left->links[l], &right->links[l]);
        else
            differs(of, "link", left->links[l].name, "there or not", 1, 0);
}

int weir_test_differences(const struct weir_result *left, const struct weir_result *right, double share, double least,
                          struct weir_text *text)
{
    struct comparison of = {.share = share, .least = least, .text = text};
    for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
        const struct figure figure = {m->name, m->offset, false};
        compare(&of, "metric", "", m->name, value(&left->metrics, &figure), value(&right->metrics, &figure));
    }
    for (int p = 0; p < WEIR_LATENCY_POINTS; p++) {
        char name[32];
        snprintf(name, sizeof name, "%g", weir_latency_share(p));
        compare(&of, "latency", "at", name, left->latency_s[p], right->latency_s[p]);
    }
    compare_jobs(&of, left, right);
    compare_paths(&of, left, right);
    compare_links(&of, left, right);
    return of.differences;
}
