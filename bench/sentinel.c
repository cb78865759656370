/* Time and memory of the assignment of requests to servers: bench_sentinel [servers [regions [categories [load]]]] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "policies/learn/optimise/assignment.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

static double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    static const char *const ends[] = {"within the gap", "limited", "greedy"};
    int servers = argc > 1 ? atoi(argv[1]) : 476, regions = argc > 2 ? atoi(argv[2]) : 59;
    int categories = argc > 3 ? atoi(argv[3]) : 29;
    double load = argc > 4 ? atof(argv[4]) : 0.15, bandwidth_sum = 0, need = 0;
    size_t pairs = (size_t)regions * (size_t)categories, cells = pairs * (size_t)servers;
    double *bandwidth = weir_alloc((size_t)servers, sizeof *bandwidth), *requests = weir_alloc(pairs, sizeof *requests);
    double *bitrate = weir_alloc((size_t)categories, sizeof *bitrate);
    bool *healthy = weir_alloc((size_t)servers, sizeof *healthy);
    float *rate = weir_alloc(cells, sizeof *rate);
    unsigned char *safe = weir_alloc(cells, 1);
    struct weir_stream s = weir_stream_open(1, "bench/sentinel");
    for (int i = 0; i < categories; i++)
        bitrate[i] = 0.5 + 5.5 * weir_stream_uniform(&s); /* Mbit/s */
    for (int e = 0; e < servers; e++) {
        bandwidth[e] = 50 + weir_stream_gamma(&s, 1, 200);
        healthy[e] = weir_stream_uniform(&s) > 0.05;
        bandwidth_sum += bandwidth[e];
    }
    for (size_t j = 0; j < cells; j++) {
        rate[j] = (float)(bitrate[j % (size_t)categories] * (0.8 + 0.4 * weir_stream_uniform(&s)));
        safe[j] = weir_stream_uniform(&s) > 0.1;
    }
    for (size_t j = 0; j < pairs; j++) {
        requests[j] = weir_stream_gamma(&s, 0.5, 1);
        need += requests[j] * bitrate[j % (size_t)categories];
    }
    for (size_t j = 0; j < pairs; j++)
        requests[j] *= load * bandwidth_sum / need;
    struct assignment_problem problem = {servers,  regions, categories, bandwidth, healthy,
                                         requests, rate,    safe,       0.6,       0.25};
    struct assignment_settings settings = {.segments = 8, .block = 160, .nodes = 2000, .gap = 0.01, .time_limit_s = 50};
    struct assignment result;
    double wall = clock_s(CLOCK_MONOTONIC), cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    if (assignment_solve(&problem, &settings, &result) != WEIR_OK) {
        fprintf(stderr, "bench_sentinel: %s\n", weir_error_message());
        return 2;
    }
    wall = clock_s(CLOCK_MONOTONIC) - wall;
    cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%d servers x %d regions x %d categories, %ld requests: %.2f s of processor, %.2f s of time, %ld MiB\n",
           servers, regions, categories, result.wanted, cpu, wall, used.ru_maxrss / 1024);
    printf("%d blocks, %s; %ld placed; value %.2f, before rounding %.2f, bound %.2f\n", result.blocks, ends[result.end],
           result.total, result.value, result.relaxed, result.bound);
    assignment_fini(&result);
    free(bandwidth);
    free(requests);
    free(bitrate);
    free(healthy);
    free(rate);
    free(safe);
    return 0;
}
