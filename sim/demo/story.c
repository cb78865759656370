#include "sim/demo/story.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/experiment/record.h"
#include "sim/experiment/table.h"

/* Changes told of in the summary. */
#define CHANGES_TOLD 24
/* Hosts in a line. */
#define HOSTS_TOLD 8

/* Names come from files of users: what a terminal could take for a command does not get there. */
static void print_line(struct weir_text *text)
{
    for (size_t i = 0; i < text->length; i++)
        if ((unsigned char)text->data[i] < ' ' || text->data[i] == 127)
            text->data[i] = '?';
    puts(weir_text_string(text));
    weir_text_fini(text);
}

void weir_demo_story_begin(const struct weir_demo_session *session)
{
    const struct weir_scenario *scenario = session->scenario;
    const struct weir_job *job = &scenario->workload->jobs[session->job];
    struct weir_text text = {0};
    weir_text_addf(&text, "%s: policy %s, seed %llu, %g s simulated in windows of %g s", session->title,
                   session->stacks[session->stack].label, session->seed, scenario->duration_s, scenario->window_s);
    print_line(&text);
    weir_text_addf(&text, "job %s:", job->name);
    for (int e = 0; e < job->edge_count; e++) {
        const struct weir_edge *edge = &job->edges[e];
        if (!e || edge->from != edge[-1].to)
            weir_text_addf(&text, "%s %s", e ? "," : "", edge->from < 0 ? "source" : job->operators[edge->from].name);
        weir_text_addf(&text, " > %s", edge->to < 0 ? "sink" : job->operators[edge->to].name);
    }
    if (isfinite(job->slo_s))
        weir_text_addf(&text, "; wanted within %g s", job->slo_s);
    print_line(&text);
    if (scenario->workload->job_count > 1)
        printf("and %d more jobs\n", scenario->workload->job_count - 1);
}

static void tell_job(const struct weir_demo_session *session, const struct weir_demo_frame *frame)
{
    const struct weir_demo_job *job = &frame->jobs[session->job];
    struct weir_text text = {0};
    char mean[WEIR_DEMO_SHORT], p95[WEIR_DEMO_SHORT];
    double growth = weir_demo_growth(session);
    weir_text_addf(&text, "%6g s  in %.1f/s, out %.1f/s, backlog %.0f", frame->time_s, job->ingress_rate,
                   job->delivered_rate, job->backlog);
    if (job->backlog > 0 || growth != 0)
        weir_text_addf(&text, " (%+.1f/s)", growth);
    bool some = job->delivered_rate > 0;
    weir_text_addf(&text, ", latency %s (p95 %s)", weir_demo_time(some ? job->latency_mean_s : NAN, mean),
                   weir_demo_time(some ? job->latency_p95_s : NAN, p95));
    if (job->dropped_rate > 0)
        weir_text_addf(&text, ", dropped %.1f/s", job->dropped_rate);
    if (session->load != 1)
        weir_text_addf(&text, ", load x%g", session->load);
    if (session->link != 1)
        weir_text_addf(&text, ", link x%g", session->link);
    print_line(&text);
}

static int percent(double share)
{
    return (int)lround(100 * share);
}

static void tell_operators(const struct weir_demo_session *session, const struct weir_demo_frame *frame)
{
    const struct weir_demo_job *job = &frame->jobs[session->job];
    const struct weir_job *spec = &session->scenario->workload->jobs[session->job];
    struct weir_text text = {0};
    int name = 6, where = 0;
    for (int o = 0; o < job->op_count; o++) {
        int length = (int)strlen(spec->operators[o].name), place = (int)strlen(frame->ops[job->op_first + o].where);
        name = length > name ? length : name;
        where = place > where ? place : where;
    }
    weir_text_addf(&text, "          %-*s  %-*s  %25s backpressured %3d %%%s", name, "source", where,
                   session->scenario->platform->hosts[job->source_host].name, "", percent(job->source_backpressured),
                   job->source_backpressured >= 0.1 ? "  -> backpressured" : "");
    print_line(&text);
    for (int o = 0; o < job->op_count; o++) {
        const struct weir_demo_op *op = &frame->ops[job->op_first + o];
        weir_text_addf(&text, "          %-*s  %-*s  queue %3d %%  busy %3d %%, idle %3d %%, backpressured %3d %%",
                       name, spec->operators[o].name, where, op->where, percent(op->occupancy), percent(op->busy),
                       percent(op->idle), percent(op->backpressured));
        weir_text_addf(&text, "  -> %s", weir_demo_state_names[weir_demo_state(op)]);
        if (op->changing)
            weir_text_add(&text, ", changing");
        print_line(&text);
    }
}

static void tell_hosts(const struct weir_demo_session *session, const struct weir_demo_frame *frame)
{
    struct weir_text text = {0};
    int told = 0, left = 0;
    for (int h = 0; h < frame->host_count; h++) {
        const struct weir_demo_host *host = &frame->hosts[h];
        if (host->up && !host->instances && host->cpu < 0.005)
            continue;
        if (told == HOSTS_TOLD) {
            left++;
            continue;
        }
        weir_text_addf(&text, "%s%s ", told++ ? ", " : "          CPU of ", session->scenario->platform->hosts[h].name);
        if (host->up)
            weir_text_addf(&text, "%d %%", percent(host->cpu));
        else
            weir_text_add(&text, "down");
    }
    if (left)
        weir_text_addf(&text, ", and %d more hosts", left);
    if (told)
        print_line(&text);
}

/* What monitors report of hosts, and what is true, where something may be wrong with them. */
static void tell_monitors(const struct weir_demo_session *session, const struct weir_demo_frame *frame)
{
    struct weir_text memory = {0}, wrong = {0};
    char bytes[WEIR_DEMO_SHORT];
    int told = 0;
    for (int h = 0; h < frame->host_count && told < HOSTS_TOLD; h++) {
        const struct weir_demo_host *host = &frame->hosts[h];
        const char *name = session->scenario->platform->hosts[h].name;
        if (!host->instances && !(*host->wrong && session->truth))
            continue;
        weir_text_addf(&memory, "%s%s %s", told++ ? ", " : "          reported memory: ", name,
                       weir_quantity_show(WEIR_UNIT_BYTES, host->memory_bytes, bytes, sizeof bytes));
        if (*host->wrong && session->truth)
            weir_text_addf(&wrong, "%s%s: %s", wrong.length ? ", " : "          truly wrong: ", name, host->wrong);
    }
    if (told)
        print_line(&memory);
    if (wrong.length)
        print_line(&wrong);
    weir_text_fini(&memory);
    weir_text_fini(&wrong);
}

static void tell_all_jobs(const struct weir_demo_frame *frame)
{
    double in = 0, out = 0, backlog = 0, latency = 0;
    int running = 0;
    char time[WEIR_DEMO_SHORT];
    for (int j = 0; j < frame->job_count; j++) {
        const struct weir_demo_job *job = &frame->jobs[j];
        running += job->running;
        in += job->ingress_rate;
        out += job->delivered_rate;
        backlog += job->backlog;
        latency += job->delivered_rate > 0 ? job->delivered_rate * job->latency_mean_s : 0;
    }
    printf("          all jobs: %d run, in %.1f/s, out %.1f/s, backlog %.0f, latency %s\n", running, in, out, backlog,
           weir_demo_time(out > 0 ? latency / out : NAN, time));
}

void weir_demo_story_window(const struct weir_demo_session *session, const struct weir_demo_frame *frame)
{
    struct weir_text text = {0};
    bool decided = false;
    if (frame->window < 0)
        return;
    if (session->job < frame->job_count) {
        tell_job(session, frame);
        tell_operators(session, frame);
    } else {
        printf("%6g s  the job has not come yet\n", frame->time_s);
    }
    if (session->scenario->workload->job_count > 1)
        tell_all_jobs(frame);
    tell_hosts(session, frame);
    if (session->scenario->anomaly_rule_count)
        tell_monitors(session, frame);
    for (int e = 0; e < frame->event_count; e++) {
        if (weir_demo_is_note(&frame->events[e]) && !session->notes)
            continue;
        decided |= frame->events[e].kind == WEIR_DEMO_DECIDED;
        weir_text_add(&text, "          * ");
        weir_demo_event_say(&frame->events[e], &text);
        print_line(&text);
    }
    if (!decided) {
        weir_text_addf(&text, "          * %s: nothing to change", session->stacks[session->stack].label);
        print_line(&text);
    }
}

void weir_demo_story_side(const struct weir_demo_session *session)
{
    printf("== %s\n", session->stacks[session->stack].label);
}

void weir_demo_story_say(const char *mark, struct weir_text *text)
{
    struct weir_text line = {0};
    weir_text_addf(&line, "%s %s", mark, weir_text_string(text));
    weir_text_fini(text);
    print_line(&line);
}

void weir_demo_story_wish(const struct weir_demo_session *session, const struct weir_demo_wish *wish, double time_s)
{
    struct weir_text text = {0};
    weir_text_addf(&text, ">>>>>> from %g s on: ", time_s);
    weir_demo_wish_say(session, wish, &text);
    print_line(&text);
}

void weir_demo_story_end(const struct weir_demo_session *session, const struct weir_demo_end *end)
{
    static const char *const told[] = {"emitted",        "delivered",   "dropped",     "latency_mean", "latency_p95",
                                       "slo_violations", "backlog_max", "backlog_end", "instances",    "cost",
                                       "decisions",      "rescales",    "migrations",  "state_moved",  "paused"};
    struct weir_text text = {0};
    char shown[64];
    printf("\nin the end\n");
    for (size_t t = 0; t < sizeof told / sizeof *told; t++)
        for (const struct weir_metric *m = weir_metric_table; m->name; m++)
            if (strcmp(m->name, told[t]) == 0)
                printf("  %-16s %14s  %s\n", m->name,
                       weir_metric_show(m, weir_metric_value(&end->metrics, m), shown, sizeof shown), m->help);
    if (session->change_count)
        printf("\nchanges of plan, the price and what they were good for\n");
    for (int c = 0; c < session->change_count && c < CHANGES_TOLD; c++) {
        weir_text_add(&text, "  ");
        weir_demo_change_say(session, c, &text);
        print_line(&text);
    }
    if (session->change_count > CHANGES_TOLD)
        printf("  and %d more\n", session->change_count - CHANGES_TOLD);
}
