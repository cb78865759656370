/* Time and memory of scheduling live streams, without the simulator: planning ahead of the cycle (assignment), a cycle
 * of it and of rivals, and detection inside the cycle.
 * bench_sentinel [servers [regions [categories [load [requests]]]]] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "bench/sentinel/cycle.h"
#include "bench/sentinel/platform.h"
#include "sim/base/error.h"

static long peak_mib(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss / 1024;
}

static int plan(const struct platform *p, struct assignment *result)
{
    static const char *const ends[] = {"within the gap", "limited", "greedy"};
    struct assignment_problem problem = {p->servers, p->regions, p->categories, p->bandwidth, p->healthy, p->expected,
                                         p->rate,    p->safe,    0.6,           0.25,         NULL};
    struct assignment_settings settings = {.segments = 8, .block = 160, .nodes = 2000, .gap = 0.01, .time_limit_s = 50};
    double wall = clock_s(CLOCK_MONOTONIC), cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    int code = assignment_solve(&problem, &settings, result);
    if (code)
        return code;
    wall = clock_s(CLOCK_MONOTONIC) - wall;
    cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%d servers x %d regions x %d categories, %ld requests: %.2f s of processor, %.2f s of time, %ld MiB\n",
           p->servers, p->regions, p->categories, result->wanted, cpu, wall, peak_mib());
    printf("%d blocks, %s; %ld placed; value %.2f, before rounding %.2f, bound %.2f\n", result->blocks,
           ends[result->end], result->total, result->value, result->relaxed, result->bound);
    return WEIR_OK;
}

int main(int argc, char **argv)
{
    struct platform platform;
    struct assignment result = {0};
    platform_draw(&platform, argc > 1 ? atoi(argv[1]) : 476, argc > 2 ? atoi(argv[2]) : 59,
                  argc > 3 ? atoi(argv[3]) : 29, argc > 4 ? atof(argv[4]) : 0.15, argc > 5 ? atol(argv[5]) : 0);
    int code = plan(&platform, &result);
    if (code == WEIR_OK) {
        double cycle_s = cycle_measure(&platform, &result);
        code = cycle_s < 0 ? weir_error_code() : bench_detection(platform.servers, cycle_s);
    }
    if (code)
        fprintf(stderr, "bench_sentinel: %s\n", weir_error_message());
    else
        printf("all: %ld MiB\n", peak_mib());
    assignment_fini(&result);
    platform_fini(&platform);
    return weir_exit_code(code);
}
