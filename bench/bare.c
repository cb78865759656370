/* The floor under an engine of events, for `bench/run`: the common case (docs/performance.md) as four handlers and a
 * heap, and no more than it needs. J jobs of N items each; an item waits for A, is served, is on the wire and on its
 * way, waits for B and is served; its waiting, service and network are kept apart, and its latency goes into a
 * histogram. bench_bare JOBS ITEMS */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "sim/base/memory.h"

#define EVERY_S 1e-3
#define A_S     5e-4
#define B_S     1e-4
#define WAY_S   0.01008
#define BUCKETS 4096

enum kind { ARRIVES, A_ENDS, COMES, B_ENDS };

struct event {
    double date_s;
    uint32_t number, job;
    enum kind kind;
};

struct item {
    double birth_s, at_s, waiting_s, service_s, network_s;
};

/* A queue without a bound; the size is a power of two. */
struct queue {
    struct item *ring;
    unsigned first, last, size;
};

struct station {
    struct queue queue;
    bool busy;
    struct item item;
};

struct job {
    struct station a, b;
    struct queue way;
    long left;
};

static struct event *heap; /* four children a node, from 0 on */
static size_t events, capacity;
static uint32_t numbers;
static uint64_t histogram[BUCKETS];
static double latency_sum_s;
static long delivered;

static bool before(const struct event *a, const struct event *b)
{
    return a->date_s < b->date_s || (a->date_s == b->date_s && (int32_t)(a->number - b->number) < 0);
}

static void set(double date_s, enum kind kind, uint32_t job)
{
    heap = weir_grow(heap, events + 1, &capacity, sizeof *heap);
    struct event event = {date_s, numbers++, job, kind};
    size_t place = events++;
    for (size_t parent; place && before(&event, &heap[parent = (place - 1) / 4]); place = parent)
        heap[place] = heap[parent];
    heap[place] = event;
}

static struct event next(void)
{
    struct event first = heap[0], last = heap[--events];
    size_t place = 0;
    for (;;) {
        size_t child = 4 * place + 1, end = child + 4 < events ? child + 4 : events, least = child;
        if (child >= events)
            break;
        for (size_t c = child + 1; c < end; c++)
            if (before(&heap[c], &heap[least]))
                least = c;
        if (!before(&heap[least], &last))
            break;
        heap[place] = heap[least];
        place = least;
    }
    heap[place] = last;
    return first;
}

static void put(struct queue *queue, struct item item)
{
    if (queue->last - queue->first == queue->size) {
        unsigned size = queue->size ? 2 * queue->size : 16;
        struct item *ring = weir_alloc(size, sizeof *ring);
        for (unsigned i = queue->first; i != queue->last; i++)
            ring[i & (size - 1)] = queue->ring[i & (queue->size - 1)];
        free(queue->ring);
        queue->ring = ring;
        queue->size = size;
    }
    queue->ring[queue->last++ & (queue->size - 1)] = item;
}

static struct item take(struct queue *queue)
{
    return queue->ring[queue->first++ & (queue->size - 1)];
}

static void serve(struct station *station, struct item item, double now_s, double work_s, enum kind end, uint32_t job)
{
    station->busy = true;
    station->item = item;
    station->item.waiting_s += now_s - item.at_s;
    set(now_s + work_s, end, job);
}

static void come(struct station *station, struct item item, double now_s, double work_s, enum kind end, uint32_t job)
{
    if (station->busy)
        put(&station->queue, item);
    else
        serve(station, item, now_s, work_s, end, job);
}

static struct item leave(struct station *station, double now_s, double work_s, enum kind end, uint32_t job)
{
    struct item item = station->item;
    item.service_s += work_s;
    item.at_s = now_s;
    station->busy = false;
    if (station->queue.first != station->queue.last)
        serve(station, take(&station->queue), now_s, work_s, end, job);
    return item;
}

static void deliver(const struct item *item)
{
    double latency_s = item->at_s - item->birth_s;
    int exponent;
    double fraction = frexp(latency_s, &exponent);
    histogram[((exponent + 32) & 63) * 64 + (int)((fraction - 0.5) * 128)]++;
    latency_sum_s += latency_s;
    delivered++;
}

static void ring(const struct event *event, struct job *job)
{
    double now_s = event->date_s;
    struct item item = {now_s, now_s, 0, 0, 0};
    switch (event->kind) {
    case ARRIVES:
        if (--job->left)
            set(now_s + EVERY_S, ARRIVES, event->job);
        come(&job->a, item, now_s, A_S, A_ENDS, event->job);
        break;
    case A_ENDS:
        put(&job->way, leave(&job->a, now_s, A_S, A_ENDS, event->job));
        set(now_s + WAY_S, COMES, event->job);
        break;
    case COMES:
        item = take(&job->way);
        item.network_s += now_s - item.at_s;
        item.at_s = now_s;
        come(&job->b, item, now_s, B_S, B_ENDS, event->job);
        break;
    case B_ENDS:
        item = leave(&job->b, now_s, B_S, B_ENDS, event->job);
        deliver(&item);
        break;
    }
}

int main(int argc, char **argv)
{
    long jobs = argc == 3 ? atol(argv[1]) : 0, items = argc == 3 ? atol(argv[2]) : 0;
    if (jobs < 1 || items < 1) {
        fprintf(stderr, "usage: bench_bare JOBS ITEMS\n");
        return 2;
    }
    struct job *all = weir_alloc((size_t)jobs, sizeof *all);
    double start_s = bench_cpu_s();
    for (long j = 0; j < jobs; j++) {
        all[j].left = items;
        set(EVERY_S * (1 + (double)j / (double)jobs), ARRIVES, (uint32_t)j);
    }
    while (events) {
        struct event event = next();
        ring(&event, &all[event.job]);
    }
    bench_print(bench_cpu_s() - start_s, (double)delivered, latency_sum_s / (double)delivered);
    for (long j = 0; j < jobs; j++) {
        free(all[j].a.queue.ring);
        free(all[j].b.queue.ring);
        free(all[j].way.ring);
    }
    free(all);
    free(heap);
    return 0;
}
