/* What the monitors of hosts report at the end of a window: the four signals, from what has happened in the simulation,
 * disturbed by the anomalies that were there meanwhile. Nobody but this file, truth.c and anomalies.csv knows those. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/books/parts.h"

struct weir_telemetry {
    struct weir_anomaly *anomalies; /* by time */
    size_t count, next;
    const struct weir_anomaly **now; /* those that touch the window */
    size_t now_count;
    double *read_written, *at_window; /* [host] bytes of the disks so far */
};

void weir_telemetry_init(struct weir_books *books)
{
    struct weir_telemetry *telemetry = books->telemetry = weir_alloc(1, sizeof *telemetry);
    size_t hosts = books->platform->host_count;
    telemetry->count = weir_anomalies_draw(books->scenario, books->seed, &telemetry->anomalies);
    telemetry->now = weir_alloc(telemetry->count, sizeof *telemetry->now);
    telemetry->read_written = weir_alloc(hosts, sizeof *telemetry->read_written);
    telemetry->at_window = weir_alloc(hosts, sizeof *telemetry->at_window);
}

void weir_telemetry_fini(struct weir_books *books)
{
    struct weir_telemetry *telemetry = books->telemetry;
    if (!telemetry)
        return;
    free(telemetry->anomalies);
    free(telemetry->now);
    free(telemetry->read_written);
    free(telemetry->at_window);
    free(telemetry);
}

const struct weir_anomaly *weir_telemetry_anomalies(const struct weir_books *books, size_t *count)
{
    *count = books->telemetry->count;
    return books->telemetry->anomalies;
}

void weir_telemetry_disk(struct weir_books *books, int host, double bytes)
{
    books->telemetry->read_written[host] += bytes;
}

static double report(double truth, const struct weir_disturbance *disturbance, double weight, double normal)
{
    double disturbed = truth * disturbance->factor + disturbance->offset;
    return fmax(0, (truth + weight * (disturbed - truth)) * (1 + weight * disturbance->noise * normal));
}

/* How much of an anomaly the mean over a window shows. */
static double weight_of(const struct weir_anomaly *anomaly, double start_s, double end_s)
{
    double from_s = fmax(start_s, anomaly->at_s), to_s = fmin(end_s, anomaly->at_s + anomaly->for_s);
    double share = (to_s - from_s) / (end_s - start_s);
    return anomaly->rule->ramp ? share * ((from_s + to_s) / 2 - anomaly->at_s) / anomaly->for_s : share;
}

static void disturb(const struct weir_books *books, struct weir_host_view *view, const struct weir_anomaly *anomaly,
                    double start_s, double end_s)
{
    double *signals[] = {&view->cpu, &view->memory_reported_bytes, &view->disk_bytes_per_s, &view->sent_bytes_per_s};
    double weight = weight_of(anomaly, start_s, end_s);
    char *name = weir_format("telemetry/%s/%s", anomaly->rule->rule.name, view->name);
    struct weir_stream noise = weir_stream_at(weir_stream_key(books->seed, name), (uint64_t)books->window);
    free(name);
    for (int s = 0; s < WEIR_SIGNAL_COUNT; s++)
        *signals[s] = report(*signals[s], &anomaly->rule->disturbances[s], weight, weir_stream_normal(&noise, 0, 1));
    view->cpu = fmin(view->cpu, 1);
}

/* What is sent: the truth, disturbed by anomalies. */
static void take_signals(struct weir_books *books, struct weir_host_view *views, const double *waiting_bytes,
                         double now_s)
{
    struct weir_telemetry *telemetry = books->telemetry;
    double start_s = books->window_start_s, window_s = now_s - start_s;
    for (size_t h = 0; h < books->platform->host_count; h++) {
        struct weir_host_view *view = &views[h];
        view->memory_reported_bytes = books->hosts[h].state_bytes + waiting_bytes[h];
        view->disk_bytes_per_s = window_s > 0 ? (telemetry->read_written[h] - telemetry->at_window[h]) / window_s : 0;
        telemetry->at_window[h] = telemetry->read_written[h];
    }
    if (!(window_s > 0))
        return;
    while (telemetry->next < telemetry->count && telemetry->anomalies[telemetry->next].at_s < now_s)
        telemetry->now[telemetry->now_count++] = &telemetry->anomalies[telemetry->next++];
    size_t kept = 0;
    for (size_t a = 0; a < telemetry->now_count; a++)
        if (telemetry->now[a]->at_s + telemetry->now[a]->for_s > start_s)
            telemetry->now[kept++] = telemetry->now[a];
    telemetry->now_count = kept;
    for (size_t a = 0; a < kept; a++)
        disturb(books, &views[telemetry->now[a]->host], telemetry->now[a], start_s, now_s);
}

void weir_telemetry_update(struct weir_books *books, struct weir_host_view *views, const double *waiting_bytes,
                           double now_s)
{
    take_signals(books, views, waiting_bytes, now_s);
    if (now_s > books->window_start_s)
        weir_monitors_update(books, views);
}
