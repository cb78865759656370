/* What the benchmark programs share: the clock, the memory, and the line that they print. */
#ifndef WEIR_BENCH_MEASURE_H
#define WEIR_BENCH_MEASURE_H

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

/* Processor time of this process in seconds: what others do on the machine is not in it. */
static inline double bench_cpu_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* One line: seconds of processor time, items, mean latency in seconds, peak memory of the process in MiB. */
static inline void bench_print(double cpu_s, double items, double latency_s)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%.6f %.0f %.9f %.1f\n", cpu_s, items, latency_s, (double)usage.ru_maxrss / 1024);
}

#endif
