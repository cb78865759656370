#include "sim/demo/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/record.h"
#include "sim/experiment/run_folder.h"

struct watch {
    const struct weir_demo_session *session;
    int to, from;
    struct weir_demo_frame frame; /* the arrays are kept from window to window */
    size_t job_capacity, op_capacity, host_capacity, event_capacity;
    struct weir_demo_event *moved; /* bytes of state by operator, until the change is through */
    int moved_count;
    size_t moved_capacity;
    bool *down; /* hosts, in the last frame */
    struct weir_anomaly *anomalies;
    size_t anomaly_count;
};

#define FILL(field, text) snprintf(field, sizeof(field), "%s", (text) ? (text) : "")

static struct weir_demo_event *add_event(struct watch *watch, enum weir_demo_event_kind kind, double time_s)
{
    struct weir_demo_frame *frame = &watch->frame;
    frame->events =
        weir_grow(frame->events, (size_t)frame->event_count + 1, &watch->event_capacity, sizeof *frame->events);
    struct weir_demo_event *event = &frame->events[frame->event_count++];
    *event = (struct weir_demo_event){.kind = kind, .time_s = time_s};
    return event;
}

/* Where an operator was in the last window. */
static const char *place_of(const struct watch *watch, const char *job, const char *op)
{
    const struct weir_workload *workload = watch->session->scenario->workload;
    for (int j = 0; job && op && *op && j < watch->frame.job_count; j++) {
        if (strcmp(workload->jobs[j].name, job) != 0)
            continue;
        for (int o = 0; o < workload->jobs[j].operator_count; o++)
            if (strcmp(workload->jobs[j].operators[o].name, op) == 0)
                return watch->frame.ops[watch->frame.jobs[j].op_first + o].where;
    }
    return "";
}

static void on_decision(void *context, double time_s, const char *policy, const char *job, const char *op,
                        const char *what, const char *why, const char *refusal)
{
    struct weir_demo_event *event = add_event(context, WEIR_DEMO_DECIDED, time_s);
    FILL(event->policy, policy);
    FILL(event->job, job);
    FILL(event->op, op);
    FILL(event->what, what);
    FILL(event->why, why);
    FILL(event->refusal, refusal);
    FILL(event->from, place_of(context, job, op));
}

/* The state that has moved for a change of the operator and not been told of. */
static struct weir_demo_event *moved_of(struct watch *watch, const struct weir_span *span)
{
    for (int m = 0; m < watch->moved_count; m++)
        if (strcmp(watch->moved[m].op, span->op) == 0 && strcmp(watch->moved[m].job, span->job) == 0)
            return &watch->moved[m];
    watch->moved =
        weir_grow(watch->moved, (size_t)watch->moved_count + 1, &watch->moved_capacity, sizeof *watch->moved);
    struct weir_demo_event *moved = &watch->moved[watch->moved_count++];
    *moved = (struct weir_demo_event){.bytes = 0};
    FILL(moved->job, span->job);
    FILL(moved->op, span->op);
    return moved;
}

static void on_span(void *context, const struct weir_span *span)
{
    struct watch *watch = context;
    if (span->kind == WEIR_SPAN_TRANSFER && !span->items && span->op)
        moved_of(watch, span)->bytes += span->bytes;
    if (span->kind != WEIR_SPAN_RESCALE && span->kind != WEIR_SPAN_MIGRATION)
        return;
    struct weir_demo_event *moved = moved_of(watch, span);
    struct weir_demo_event *event = add_event(watch, WEIR_DEMO_CHANGED, span->end_s);
    event->since_s = span->start_s;
    event->paused_s = span->paused_s;
    event->bytes = moved->bytes;
    event->moves = span->kind == WEIR_SPAN_MIGRATION;
    FILL(event->job, span->job);
    FILL(event->op, span->op);
    moved->bytes = 0;
}

static void say_where(const struct weir_view *view, const struct weir_operator_view *op, char *where, size_t size)
{
    struct weir_text text = {0};
    for (int i = 0; i < op->instance_count; i++) {
        int host = op->instances[i].host, same = 0, before = 0;
        for (int k = 0; k < op->instance_count; k++) {
            same += op->instances[k].host == host;
            before += k < i && op->instances[k].host == host;
        }
        if (!before)
            weir_text_addf(&text, "%s%d on %s", text.length ? ", " : "", same, view->hosts[host].name);
    }
    snprintf(where, size, "%s", text.length ? weir_text_string(&text) : "nowhere");
    weir_text_fini(&text);
}

static void add_job(struct watch *watch, const struct weir_view *view, const struct weir_job_view *job)
{
    struct weir_demo_frame *frame = &watch->frame;
    frame->jobs = weir_grow(frame->jobs, (size_t)frame->job_count + 1, &watch->job_capacity, sizeof *frame->jobs);
    frame->jobs[frame->job_count++] = (struct weir_demo_job){
        .running = job->running,
        .op_first = frame->op_count,
        .op_count = job->operator_count,
        .ingress_rate = job->ingress_rate,
        .emitted_rate = job->emitted_rate,
        .delivered_rate = job->delivered_rate,
        .dropped_rate = job->dropped_rate,
        .backlog = job->backlog,
        .source_host = job->source_host,
        .source_backpressured = job->source_backpressured,
        .latency_mean_s = job->latency_mean_s,
        .latency_p95_s = job->latency_p95_s,
    };
    frame->ops = weir_grow(frame->ops, (size_t)frame->op_count + (size_t)job->operator_count, &watch->op_capacity,
                           sizeof *frame->ops);
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        struct weir_demo_op *shown = &frame->ops[frame->op_count++];
        *shown = (struct weir_demo_op){
            .instances = op->instance_count,
            .changing = op->changing,
            .arrival_rate = op->arrival_rate,
            .processed_rate = op->processed_rate,
            .dropped_rate = op->dropped_rate,
            .busy = op->busy,
            .idle = op->idle,
            .backpressured = op->backpressured,
            .occupancy = op->occupancy,
            .queued = op->queued,
        };
        say_where(view, op, shown->where, sizeof shown->where);
    }
}

/* What is wrong with a host in the window, if anything. */
static void say_wrong(const struct watch *watch, const struct weir_view *view, int host, char *wrong, size_t size)
{
    for (size_t a = 0; a < watch->anomaly_count; a++) {
        const struct weir_anomaly *anomaly = &watch->anomalies[a];
        if (anomaly->host == host && anomaly->at_s < view->time_s - 1e-9 &&
            anomaly->at_s + anomaly->for_s > view->time_s - view->window_s + 1e-9)
            snprintf(wrong, size, "%s", anomaly->rule->kind);
    }
}

static void add_hosts(struct watch *watch, const struct weir_view *view)
{
    struct weir_demo_frame *frame = &watch->frame;
    frame->host_count = view->host_count;
    frame->hosts = weir_grow(frame->hosts, (size_t)view->host_count, &watch->host_capacity, sizeof *frame->hosts);
    for (int h = 0; h < view->host_count; h++) {
        const struct weir_host_view *host = &view->hosts[h];
        frame->hosts[h] = (struct weir_demo_host){
            .up = host->up,
            .instances = host->instances,
            .cpu = host->cpu,
            .sent_bytes_per_s = host->sent_bytes_per_s,
            .memory_bytes = host->memory_reported_bytes,
        };
        say_wrong(watch, view, h, frame->hosts[h].wrong, sizeof frame->hosts[h].wrong);
        if (host->up == !watch->down[h])
            continue;
        watch->down[h] = !host->up;
        struct weir_demo_event *event = add_event(watch, WEIR_DEMO_HOST, view->time_s);
        snprintf(event->what, sizeof event->what, "%s %s", host->name, host->up ? "is up again" : "is down");
    }
}

static int take_wishes(const struct watch *watch, const struct weir_demo_answer *answer, struct weir_wish *wishes)
{
    const struct weir_scenario *scenario = watch->session->scenario;
    for (int w = 0; w < answer->count; w++) {
        const struct weir_demo_wish *wish = &answer->wishes[w];
        wishes[w] = (struct weir_wish){.kind = wish->kind, .factor = wish->factor};
        if (wish->kind == WEIR_WISH_POLICY)
            wishes[w].stack = &watch->session->stacks[wish->stack];
        else if (wish->target >= 0)
            wishes[w].name = wish->kind == WEIR_WISH_LOAD ? scenario->workload->jobs[wish->target].name
                                                          : scenario->platform->links[wish->target].name;
    }
    return answer->count;
}

static int on_window(void *context, const struct weir_view *view, struct weir_wish *wishes)
{
    struct watch *watch = context;
    struct weir_demo_frame *frame = &watch->frame;
    struct weir_demo_answer answer;
    frame->time_s = view->time_s;
    frame->window = view->window;
    frame->job_count = frame->op_count = 0;
    for (int j = 0; j < view->job_count; j++)
        add_job(watch, view, &view->jobs[j]);
    add_hosts(watch, view);
    weir_demo_write_frame(watch->to, frame);
    frame->event_count = 0;
    if (!weir_demo_read_answer(watch->from, &answer) || answer.count < 0)
        return -1;
    return take_wishes(watch, &answer, wishes);
}

/* The run with its results in a folder. */
static int run_into(const char *folder, const struct weir_run_spec *spec, struct weir_demo_end *end)
{
    struct weir_record record;
    int code = weir_run_into(folder, spec, NULL);
    if (code == WEIR_OK)
        code = weir_record_read(folder, &record);
    if (code == WEIR_OK)
        end->metrics = record.metrics;
    return code;
}

void weir_demo_watch(const struct weir_demo_session *session, int to, int from)
{
    struct watch watch = {.session = session, .to = to, .from = from};
    struct weir_observer observer = {.context = &watch, .decision = on_decision, .span = on_span};
    struct weir_control control = {&watch, on_window};
    struct weir_run_spec spec = {
        .scenario = session->scenario,
        .stack = &session->stacks[session->first_stack],
        .catalog = session->catalog,
        .seed = session->seed,
        .observer = &observer,
        .control = &control,
    };
    struct weir_result result = {0};
    struct weir_demo_end end = {0};
    watch.down = weir_alloc(session->scenario->platform->host_count, sizeof *watch.down);
    watch.anomaly_count = weir_anomalies_draw(session->scenario, session->seed, &watch.anomalies);
    weir_error_clear();
    end.code = session->output ? run_into(session->output, &spec, &end) : weir_run(&spec, &result);
    if (end.code != WEIR_OK)
        snprintf(end.message, sizeof end.message, "%s", weir_error_message());
    if (!session->output)
        end.metrics = result.metrics;
    weir_demo_write_end(to, &end);
    weir_result_fini(&result);
    weir_demo_frame_fini(&watch.frame);
    free(watch.moved);
    free(watch.down);
    free(watch.anomalies);
}
