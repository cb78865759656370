/* The floor: the common case written by hand on SimGrid, with the executions and transfers that weir does and nothing
 * else: no queues with limits, no clocks of items, no measures but the mean latency of batches. Prints one line
 * (measure.h).
 *   bench_raw PLATFORM.xml JOBS BATCHES ITEMS PERIOD_S A_FLOPS B_FLOPS BYTES [STATIONS]
 * Each job emits BATCHES batches of ITEMS items, one item each PERIOD_S. Its source and A are on host edge-<job>, B is
 * on cloud-<job>; A_FLOPS, B_FLOPS and BYTES are an item's. STATIONS is how many actors a job has: 3 are source, A and
 * B; with 4, transfers have an actor that waits for them, as in weir, where B may have several senders and several of
 * its instances may share an input; with 2, the source is A's loop. */
#include <simgrid/actor.h>
#include <simgrid/comm.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>
#include <simgrid/semaphore.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "bench/send.h"
#include "sim/base/memory.h"

/* The jobs' starts are spread over this part of a period, so that dates of different jobs do not coincide. */
#define START_SPREAD 0.9371
#define RING         4096 /* transfers open at once, a power of two */

struct job {
    sg_host_t edge, cloud;
    double start_s;
    sg_sem_t to_a, to_receiver, to_b;
    sg_comm_t *ring;
    unsigned opened;
    double latency_sum_s;
};

static struct {
    long batches, items;
    double period_s, a_flops, b_flops, bytes;
    int stations;
} setting;

static double due_s(const struct job *job, long batch)
{
    return job->start_s + (double)(batch + 1) * (double)setting.items * setting.period_s;
}

static void source(int argc, char **argv)
{
    struct job *job = sg_actor_self_get_data();
    for (long b = 0; b < setting.batches; b++) {
        sg_actor_sleep_until(due_s(job, b));
        sg_sem_release(job->to_a);
    }
}

static void station_a(int argc, char **argv)
{
    struct job *job = sg_actor_self_get_data();
    for (long b = 0; b < setting.batches; b++) {
        if (setting.stations > 2)
            sg_sem_acquire(job->to_a);
        else
            sg_actor_sleep_until(due_s(job, b));
        sg_actor_execute(setting.a_flops * (double)setting.items);
        job->ring[job->opened++ % RING] = bench_send(job->edge, job->cloud, setting.bytes * (double)setting.items);
        sg_sem_release(setting.stations > 3 ? job->to_receiver : job->to_b);
    }
}

static void receive(struct job *job, long batch)
{
    sg_comm_wait(job->ring[(unsigned long)batch % RING]);
}

static void receiver(int argc, char **argv)
{
    struct job *job = sg_actor_self_get_data();
    for (long b = 0; b < setting.batches; b++) {
        sg_sem_acquire(job->to_receiver);
        receive(job, b);
        sg_sem_release(job->to_b);
    }
}

static void station_b(int argc, char **argv)
{
    struct job *job = sg_actor_self_get_data();
    for (long b = 0; b < setting.batches; b++) {
        sg_sem_acquire(job->to_b);
        if (setting.stations <= 3)
            receive(job, b);
        sg_actor_execute(setting.b_flops * (double)setting.items);
        job->latency_sum_s += simgrid_get_clock() - due_s(job, b);
    }
}

static void start(const char *name, sg_host_t host, void (*code)(int, char **), struct job *job)
{
    sg_actor_t actor = sg_actor_init(name, host);
    sg_actor_set_data(actor, job);
    sg_actor_start_(actor, code, 0, NULL);
}

static sg_host_t host(const char *tier, int number)
{
    char *name = weir_format("%s-%d", tier, number);
    sg_host_t found = sg_host_by_name(name);
    if (!found) {
        fprintf(stderr, "bench_raw: the platform has no host %s\n", name);
        exit(3);
    }
    free(name);
    return found;
}

int main(int argc, char **argv)
{
    if (argc < 9 || argc > 10) {
        fprintf(stderr, "usage: bench_raw PLATFORM.xml JOBS BATCHES ITEMS PERIOD_S A_FLOPS B_FLOPS BYTES [STATIONS]\n");
        return 2;
    }
    const int jobs = atoi(argv[2]);
    setting.batches = atol(argv[3]);
    setting.items = atol(argv[4]);
    setting.period_s = atof(argv[5]);
    setting.a_flops = atof(argv[6]);
    setting.b_flops = atof(argv[7]);
    setting.bytes = atof(argv[8]);
    setting.stations = argc > 9 ? atoi(argv[9]) : 3;
    double start_s = bench_cpu_s();
    /* As weir sets SimGrid up. */
    char *options[] = {"raw",
                       "--log=root.thres:error",
                       "--cfg=contexts/stack-size:128",
                       "--cfg=network/model:CM02",
                       "--cfg=network/crosstraffic:0",
                       "--cfg=network/latency-factor:1",
                       "--cfg=network/bandwidth-factor:1",
                       "--cfg=network/TCP-gamma:0",
                       NULL};
    int count = sizeof options / sizeof *options - 1;
    simgrid_init(&count, options);
    simgrid_load_platform(argv[1]);
    struct job *all = weir_alloc((size_t)jobs, sizeof *all);
    for (int j = 0; j < jobs; j++) {
        struct job *job = &all[j];
        job->edge = host("edge", j);
        job->cloud = host("cloud", j);
        job->start_s = START_SPREAD * setting.period_s * j / jobs;
        job->to_a = sg_sem_init(0);
        job->to_receiver = sg_sem_init(0);
        job->to_b = sg_sem_init(0);
        job->ring = weir_alloc(RING, sizeof *job->ring);
        if (setting.stations > 2)
            start("source", job->edge, source, job);
        start("a", job->edge, station_a, job);
        if (setting.stations > 3)
            start("receiver", job->cloud, receiver, job);
        start("b", job->cloud, station_b, job);
    }
    simgrid_run();
    double end_s = bench_cpu_s(), latency_s = 0;
    for (int j = 0; j < jobs; j++) {
        latency_s += all[j].latency_sum_s / (double)setting.batches / jobs;
        sg_sem_destroy(all[j].to_a);
        sg_sem_destroy(all[j].to_receiver);
        sg_sem_destroy(all[j].to_b);
        free(all[j].ring);
    }
    free(all);
    bench_print(end_s - start_s, (double)jobs * (double)setting.batches * (double)setting.items, latency_s);
    return 0;
}
