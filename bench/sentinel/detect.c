/* How long it takes to judge all servers. What the net learns does not matter for that, so it learns little. How many
 * the rules cannot tell does: about a tenth here, by the noise that was chosen. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/sentinel/cycle.h"
#include "policies/learn/detect/rules.h"
#include "policies/learn/detect/vgru.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

enum { LENGTH = 12, WIDTH = 4, WINDOW = LENGTH * WIDTH, HISTORY = 1000, ROUNDS = 11 };

struct devices {
    int servers;
    double *newest;  /* [servers][LENGTH][WIDTH] */
    double *healthy; /* the same */
    double *asked;   /* the same, of those that the rules cannot tell */
    double *score;   /* [servers] */
    struct vgru *net;
    int asked_count, anomalous;
};

/* CPU, memory, disk and upload that follow one load, which goes up and down; where `noise` is high they do so less. */
static void draw_window(struct weir_stream *s, double noise, double *window)
{
    double load = 0.15 + 0.2 * weir_stream_uniform(s), slope = weir_stream_normal(s, 0, 0.01);
    for (int t = 0; t < LENGTH; t++) {
        double now = load + slope * t + weir_stream_normal(s, 0, 0.03);
        const double mean[WIDTH] = {0.05 + 0.3 * now, 0.3 + 0.2 * now, 0.1 + 0.4 * now, now};
        for (int n = 0; n < WIDTH; n++)
            window[t * WIDTH + n] = mean[n] + weir_stream_normal(s, 0, noise);
    }
}

static void judge_by_rules(struct devices *d)
{
    static const double low[WIDTH] = {0.05, 0.3, 0.1, 0}, high[WIDTH] = {0.25, 0.4, 0.4, 0.6};
    const struct detect_rules rules = {LENGTH, WIDTH, 0.5, 0.4, 0.4};
    d->asked_count = d->anomalous = 0;
    for (size_t e = 0; e < (size_t)d->servers; e++) {
        const double *newest = d->newest + e * WINDOW;
        enum detect_verdict verdict = detect_rules_judge(&rules, newest, d->healthy + e * WINDOW, low, high, NULL);
        d->anomalous += verdict == DETECT_ANOMALOUS;
        for (size_t j = 0; verdict == DETECT_UNSURE && j < WINDOW; j++)
            d->asked[(size_t)d->asked_count * WINDOW + j] = newest[j];
        d->asked_count += verdict == DETECT_UNSURE;
    }
}

static void rules_alone(void *context)
{
    judge_by_rules(context);
}

static void both(void *context)
{
    struct devices *d = context;
    judge_by_rules(d);
    vgru_score(d->net, d->asked, (size_t)d->asked_count, d->score, NULL);
}

static void net_alone(void *context)
{
    struct devices *d = context;
    vgru_score(d->net, d->newest, (size_t)d->servers, d->score, NULL);
}

static int learn(struct devices *d, struct weir_stream *s)
{
    double *history = weir_alloc(HISTORY * WINDOW, sizeof *history);
    struct vgru_settings settings = vgru_defaults();
    settings.epochs = 3;
    for (size_t w = 0; w < HISTORY; w++)
        draw_window(s, 0.005, history + w * WINDOW);
    int code = vgru_fit(&d->net, history, HISTORY, &settings);
    free(history);
    return code;
}

int bench_detection(int servers, double cycle_s)
{
    struct devices d = {.servers = servers};
    struct weir_stream s = weir_stream_open(1, "bench/sentinel/devices");
    size_t cells = (size_t)servers * WINDOW;
    d.newest = weir_alloc(cells, sizeof(double));
    d.healthy = weir_alloc(cells, sizeof(double));
    d.asked = weir_alloc(cells, sizeof(double));
    d.score = weir_alloc((size_t)servers, sizeof(double));
    for (size_t e = 0; e < (size_t)servers; e++) {
        draw_window(&s, weir_stream_uniform(&s) < 0.05 ? 0.3 : 0.014 * weir_stream_uniform(&s), d.newest + e * WINDOW);
        draw_window(&s, 0.005, d.healthy + e * WINDOW);
    }
    int code = learn(&d, &s);
    if (code == WEIR_OK) {
        struct taken quick = measure(ROUNDS, NULL, rules_alone, &d), two = measure(ROUNDS, NULL, both, &d);
        struct taken net = measure(ROUNDS, NULL, net_alone, &d);
        printf("detection of %d servers: rules %.3f ms (%d anomalous, %d unsure), rules and net %.2f ms, net for all "
               "%.2f ms: %.1f times without the rules\n",
               servers, quick.least * 1e3, d.anomalous, d.asked_count, two.least * 1e3, net.least * 1e3,
               net.least / two.least);
        printf("cycle with post-scheduling and classification: %.3f ms, with detection in it %.2f ms: %.1f times\n",
               cycle_s * 1e3, (cycle_s + two.least) * 1e3, 1 + two.least / cycle_s);
    }
    vgru_free(d.net);
    free(d.newest);
    free(d.healthy);
    free(d.asked);
    free(d.score);
    return code;
}
