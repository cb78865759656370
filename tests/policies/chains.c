/* Autoscalers on random chains with limits, cores and hot keys, on their defaults: the sizes that they end at against
 * runs of all sizes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/policies/scaling.h"
#include "tests/support/test.h"

#ifndef CHAINS
#define CHAINS 6
#endif

enum { MOST_OPS = 3 };

struct chain {
    int ops, cores;
    int flops_m[MOST_OPS], most[MOST_OPS], keys[MOST_OPS];
    double skew[MOST_OPS];
    int rate_per_s;
};

static int pick(struct weir_stream *draw, const int *of, int count)
{
    return of[weir_stream_below(draw, (uint64_t)count)];
}

static struct chain draw_chain(int number)
{
    static const int cores[] = {1, 2, 3, 4, 64}, flops[] = {10, 20, 40, 60}, most[] = {1, 2, 3, 5, 5};
    static const double skews[] = {0, 0.5, 1, 1.5, 2.5};
    struct weir_stream draw = weir_stream_open((unsigned long long)number, "chain");
    struct chain chain = {.ops = 1 + (int)weir_stream_below(&draw, MOST_OPS), .cores = pick(&draw, cores, 5)};
    chain.rate_per_s = 20 + (int)weir_stream_below(&draw, 80);
    for (int o = 0; o < chain.ops; o++) {
        chain.flops_m[o] = pick(&draw, flops, 4);
        chain.most[o] = pick(&draw, most, 5);
        if (chain.ops == 3 && chain.most[o] > 3)
            chain.most[o] = 3;
        chain.keys[o] = weir_stream_below(&draw, 3) == 0 ? 50 : 0;
        chain.skew[o] = skews[weir_stream_below(&draw, 5)];
    }
    return chain;
}

static char *write_chain(const struct chain *chain, const int *sizes)
{
    struct weir_text text = {0};
    weir_text_addf(&text,
                   "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": "
                   "\"constant\", \"rate\": \"%d/s\"}, \"operators\": [",
                   chain->rate_per_s);
    for (int o = 0; o < chain->ops; o++) {
        weir_text_addf(&text,
                       "%s{\"name\": \"o%d\", \"flops\": \"%dMf\", \"bytes\": \"1B\", \"parallelism\": %d, "
                       "\"max_parallelism\": %d, \"capacity\": 20, \"placement\": \"h\"",
                       o ? ", " : "", o, chain->flops_m[o], sizes[o], chain->most[o]);
        if (chain->keys[o])
            weir_text_addf(&text, ", \"keys\": {\"count\": %d, \"skew\": %g}", chain->keys[o], chain->skew[o]);
        weir_text_add(&text, "}");
    }
    weir_text_add(&text, "]}]}");
    return text.data;
}

static double throughput(const struct chain *chain, const char *on, const int *sizes)
{
    char *jobs = write_chain(chain, sizes);
    struct weir_test_result got = scaling_run(on, "40s", jobs, "static", 1);
    const struct weir_job_total *job = weir_test_job(&got, "j");
    double per_s = (double)job->delivered / 40;
    weir_test_result_fini(&got);
    free(jobs);
    return per_s;
}

/* All sizes: what each delivers, in the order of the counter. */
enum { MOST_SIZES = 125 };
struct brute {
    int sizes[MOST_SIZES][MOST_OPS], count;
    double per_s[MOST_SIZES], best_per_s;
    int smallest[MOST_OPS]; /* the least instances that come within 1 % of the best */
};

static int sum(const struct chain *chain, const int *sizes)
{
    int all = 0;
    for (int o = 0; o < chain->ops; o++)
        all += sizes[o];
    return all;
}

static void try_all(const struct chain *chain, const char *on, struct brute *brute)
{
    int sizes[MOST_OPS] = {1, 1, 1};
    *brute = (struct brute){.count = 0};
    for (int at = 0; at < chain->ops;) {
        memcpy(brute->sizes[brute->count], sizes, sizeof sizes);
        brute->per_s[brute->count] = throughput(chain, on, sizes);
        brute->best_per_s = fmax(brute->best_per_s, brute->per_s[brute->count++]);
        for (at = 0; at < chain->ops && ++sizes[at] > chain->most[at]; at++)
            sizes[at] = 1;
    }
    int found = -1;
    for (int i = 0; i < brute->count; i++)
        if (brute->per_s[i] >= 0.99 * brute->best_per_s &&
            (found < 0 || sum(chain, brute->sizes[i]) < sum(chain, brute->sizes[found])))
            found = i;
    memcpy(brute->smallest, brute->sizes[found], sizeof brute->smallest);
}

/* What the last sizes deliver, and by what the best of those with so many more of one operator would beat it, in
 * items/s of the job for each of them that is more. */
static double gain_of_more(const struct chain *chain, const struct brute *brute, const int *last, double *per_s)
{
    double most = 0;
    *per_s = 0;
    for (int i = 0; i < brute->count; i++)
        if (memcmp(brute->sizes[i], last, sizeof(int) * (size_t)chain->ops) == 0)
            *per_s = brute->per_s[i];
    for (int i = 0; i < brute->count; i++) {
        int more = 0, other = 0;
        for (int o = 0; o < chain->ops; o++) {
            other += brute->sizes[i][o] != last[o];
            more += brute->sizes[i][o] - last[o];
        }
        if (other == 1 && more > 0)
            most = fmax(most, (brute->per_s[i] - *per_s) / more);
    }
    return most;
}

static void check_chain(int number, int *worse)
{
    static const int ones[] = {1, 1, 1};
    struct chain chain = draw_chain(number);
    struct brute brute;
    char *on = scaling_platform(chain.cores), *jobs = write_chain(&chain, ones);
    try_all(&chain, on, &brute);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = scaling_run(on, "8min", jobs, scalers[p], 1);
        int last[MOST_OPS] = {0}, above = 0, slowest = 0;
        bool keyed = false;
        for (int o = 0; o < chain.ops; o++) {
            char name[8];
            snprintf(name, sizeof name, "o%d", o);
            last[o] = scaling_size(&got, name, 1);
            above = last[o] - brute.smallest[o] > above ? last[o] - brute.smallest[o] : above;
            slowest = chain.flops_m[o] > slowest ? chain.flops_m[o] : slowest;
            keyed |= chain.keys[o] > 0;
        }
        double per_s, gain = gain_of_more(&chain, &brute, last, &per_s);
        /* Without keys nearly all that can come; with hot ones all that an instance brings a tenth of its rate for. */
        bool enough = keyed ? gain <= 0.1 * 1000 / slowest + 0.01 * brute.best_per_s : per_s >= 0.97 * brute.best_per_s;
        if (above > 1 || !enough) {
            (*worse)++;
            fprintf(stderr, "\nchain %d, %s: sizes %d %d %d, %.1f/s; %d %d %d do for %.1f/s\n%s\n%d cores: %s\n",
                    number, scalers[p], last[0], last[1], last[2], per_s, brute.smallest[0], brute.smallest[1],
                    brute.smallest[2], brute.best_per_s, got.decisions, chain.cores, jobs);
        }
        CU_ASSERT(above <= 1);
        CU_ASSERT(enough);
        weir_test_result_fini(&got);
    }
    free(jobs);
    free(on);
}

static void random_chains(void)
{
    int worse = 0;
    for (int number = 1; number <= CHAINS; number++)
        check_chain(number, &worse);
    if (worse)
        fprintf(stderr, "\n%d of %d chains and policies are not right\n", worse, CHAINS * SCALERS);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"random_chains", random_chains}, {0}};
    return weir_test_main("policies/chains", cases, argc, argv);
}
