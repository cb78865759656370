/* Autoscalers in runs, on their defaults: they know when to stop, do not thrash, and still act. Sizes that are right
 * come from arithmetic, and for random chains from runs of all sizes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#ifndef CHAINS
#define CHAINS 6
#endif

static const char *const scalers[] = {"ds2", "proactive", "reactive"};
enum { SCALERS = 3, MOST_OPS = 3 };

/* A device s and a host h with so many cores of 1 Gf, 10 Gbit/s between them. */
static char *platform(int cores)
{
    char *text = weir_format("<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM "
                             "\"https://simgrid.org/simgrid.dtd\">\n<platform version=\"4.1\"><zone id=\"w\" "
                             "routing=\"Full\">\n<host id=\"s\" speed=\"1Gf\"><prop id=\"tier\" "
                             "value=\"device\"/></host>\n<host id=\"h\" speed=\"1Gf\" core=\"%d\"><prop id=\"tier\" "
                             "value=\"edge\"/></host>\n<link id=\"l\" bandwidth=\"10Gbps\" latency=\"0ms\"/>\n<route "
                             "src=\"s\" dst=\"h\"><link_ctn id=\"l\"/></route>\n</zone></platform>\n",
                             cores);
    char *name = weir_format("cores-%d.xml", cores), *path = weir_copy(weir_test_file(name, text));
    free(name);
    free(text);
    return path;
}

static struct weir_test_result run(const char *on, const char *duration, const char *jobs, const char *policy, int seed)
{
    char *text = weir_format("{\"platform\": \"\", \"duration\": \"%s\", %s}", duration, jobs);
    struct weir_test_result got = weir_test_run(on, text, policy, (unsigned long long)seed);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s: %s\n%s\n", policy, got.message, text);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    free(text);
    return got;
}

/* What the decisions say: how many changes of the operator were carried out within a time, and its size at its end. */
struct changes {
    int count, size;
    double last_s;
};

static struct changes changes_of(const struct weir_test_result *got, const char *op, int size, double from_s,
                                 double until_s)
{
    struct changes changes = {.size = size};
    char *of = weir_format("/%s ", op);
    for (const char *line = got->decisions; line && *line; line += strcspn(line, "\n") + 1) {
        char *one = weir_format("%.*s", (int)strcspn(line, "\n"), line);
        const char *arrow = strstr(one, "-> "), *at = strstr(one, of);
        double time_s = strtod(one, NULL);
        if (at && arrow && arrow > at && strstr(one, "| applied") && time_s <= until_s) {
            changes.size = (int)strtol(arrow + 3, NULL, 10);
            changes.count += time_s >= from_s;
            changes.last_s = time_s;
        }
        free(one);
    }
    free(of);
    return changes;
}

static int size_of(const struct weir_test_result *got, const char *op, int size)
{
    return changes_of(got, op, size, 0, INFINITY).size;
}

/* Two cores serve 2 x 100/s, whatever the number of instances. */
static void two_cores(void)
{
    char *on = platform(2);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got =
            run(on, "5min",
                "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", "
                "\"rate\": \"350/s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"10Mf\", \"placement\": "
                "{\"tier\": \"edge\"}}]}]}",
                scalers[p], 1);
        CU_ASSERT_EQUAL(size_of(&got, "op", 1), 2);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* Two instances of 100/s before, which are all it may have: 200/s come to one that serves 200/s. */
static void capped_upstream(void)
{
    char *on = platform(64);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got =
            run(on, "5min",
                "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", "
                "\"rate\": \"1600/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", \"bytes\": \"1B\", "
                "\"max_parallelism\": 2, \"placement\": \"h\"}, {\"name\": \"light\", \"flops\": \"5Mf\", "
                "\"placement\": \"h\"}]}]}",
                scalers[p], 1);
        CU_ASSERT_EQUAL(size_of(&got, "a", 1), 2);
        int light = size_of(&got, "light", 1);
        CU_ASSERT(light == 1 || light == 2);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* One key has three quarters of the items: two instances serve what many would, or hardly less. */
static void hot_key(void)
{
    char *on = platform(64);
    for (int p = 0; p < SCALERS; p++)
        for (int seed = 1; seed <= 3; seed++) {
            struct weir_test_result got =
                run(on, "5min",
                    "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", "
                    "\"rate\": \"450/s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"10Mf\", \"parallelism\": 2, "
                    "\"max_parallelism\": 32, \"placement\": \"h\", \"keys\": {\"count\": 1000, \"skew\": 2.5}, "
                    "\"state\": \"1MB\"}]}]}",
                    scalers[p], seed);
            int size = size_of(&got, "op", 2);
            CU_ASSERT(size == 2 || size == 3);
            weir_test_result_fini(&got);
        }
    free(on);
}

/* A link that carries 150/s, which no field of the view limits: what does not come through it needs two instances. */
static void hidden_link(void)
{
    char *on = weir_copy(weir_test_file(
        "thin.xml", "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n<platform "
                    "version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n<host id=\"s\" speed=\"1Gf\"><prop id=\"tier\" "
                    "value=\"device\"/></host>\n<host id=\"h\" speed=\"1Gf\" core=\"64\"><prop id=\"tier\" "
                    "value=\"edge\"/></host>\n"
                    "<link id=\"l\" bandwidth=\"150kBps\" latency=\"0ms\"/>\n<route src=\"s\" dst=\"h\"><link_ctn "
                    "id=\"l\"/></route>\n</zone></platform>\n"));
    struct weir_test_result got =
        run(on, "9min",
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"source_bytes\": \"1kB\", \"load\": "
            "{\"kind\": \"constant\", \"rate\": \"1000/s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"10Mf\", "
            "\"placement\": \"h\"}]}]}",
            "ds2", 1);
    struct changes changes = changes_of(&got, "op", 1, 0, INFINITY);
    if (changes.size != 2)
        fprintf(stderr, "\n%s\n", got.decisions);
    CU_ASSERT_EQUAL(changes.size, 2);
    CU_ASSERT_EQUAL(changes.count, 2); /* up once, undone once, remembered */
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "1 had served 99.9/s, and more waits: no more than 2 for 600 s"));
    weir_test_result_fini(&got);
    free(on);
}

/* 600/s that fall to nothing at 600 s: one instance, six minutes later at most (five of stabilisation). */
static void falls_to_nothing(void)
{
    char *on = platform(32);
    for (int p = 0; p < 2; p++) {
        struct weir_test_result got =
            run(on, "20min",
                "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"h\", \"load\": {\"kind\": \"steps\", "
                "\"steps\": [{\"at\": \"0s\", \"rate\": \"600/s\"}, {\"at\": \"10min\", \"rate\": \"0/s\"}]}, "
                "\"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", \"parallelism\": 8}]}]}",
                scalers[p], 1);
        CU_ASSERT_EQUAL(changes_of(&got, "a", 8, 0, 960).size, 1);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* A flat load with noise of 20 % from window to window and Poisson arrivals: two changes an hour at most. */
static void flat_noise(void)
{
    char *on = platform(64);
    for (int seed = 1; seed <= 10; seed++) {
        struct weir_stream draw = weir_stream_open((unsigned long long)seed, "noise");
        struct weir_text csv = {0};
        weir_text_add(&csv, "time_s,rate\n");
        for (int k = 0; k < 360; k++)
            weir_text_addf(&csv, "%d,%.3f\n", 10 * k, 25 * (0.8 + 0.4 * weir_stream_uniform(&draw)));
        char *name = weir_format("noise-%d.csv", seed);
        char *jobs = weir_format(
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"csv\", \"file\": "
            "\"%s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\", \"state\": \"1MB\", \"parallelism\": 4, "
            "\"placement\": \"h\"}]}]}",
            weir_test_file(name, csv.data));
        for (int p = 0; p < SCALERS; p++) {
            struct weir_test_result got = run(on, "1h", jobs, scalers[p], seed);
            struct changes changes = changes_of(&got, "op", 4, 0, INFINITY);
            if (changes.count > 2)
                fprintf(stderr, "\n%s, seed %d: %d changes\n%s\n", scalers[p], seed, changes.count, got.decisions);
            CU_ASSERT(changes.count <= 2);
            weir_test_result_fini(&got);
        }
        free(jobs);
        free(name);
        weir_text_fini(&csv);
    }
    free(on);
}

/* 30/s and 10/s by turns, as long each as a change takes (start, checkpoint, restore: 40 s): one change a period at
 * most, with the first two left to find the size. */
static void square_wave(void)
{
    char *on = platform(64);
    struct weir_text csv = {0};
    weir_text_add(&csv, "time_s,rate\n");
    for (int k = 0; k < 40; k++)
        weir_text_addf(&csv, "%d,%d\n", 40 * k, k % 2 ? 10 : 30);
    char *jobs = weir_format(
        "\"costs\": {\"start\": \"34s\", \"stop\": \"0s\", \"checkpoint\": \"3s\", \"restore\": \"3s\"}, "
        "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"csv\", \"file\": "
        "\"%s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\", \"state\": \"1MB\", \"parallelism\": 3, "
        "\"placement\": \"h\"}]}]}",
        weir_test_file("square.csv", csv.data));
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = run(on, "1600s", jobs, scalers[p], 1);
        for (int period = 0; period < 20; period++)
            CU_ASSERT(changes_of(&got, "op", 3, 80 * period, 80 * (period + 1)).count <= 1);
        weir_test_result_fini(&got);
    }
    free(jobs);
    weir_text_fini(&csv);
    free(on);
}

/* The host of the operators fails and comes back: what is played again needs no more instances than there are. */
static void replay(void)
{
    char *on = platform(64);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got =
            run(on, "20min",
                "\"faults\": [{\"host\": \"h\", \"at\": \"10min\", \"for\": \"20s\"}], \"recovery\": "
                "{\"checkpoint_interval\": \"60s\", \"place\": \"wait\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", "
                "\"source\": \"s\", \"load\": {\"kind\": \"poisson\", \"rate\": \"25/s\"}, \"operators\": [{\"name\": "
                "\"a\", \"flops\": \"10Mf\", \"bytes\": \"1B\", \"placement\": \"h\"}, {\"name\": \"op\", \"flops\": "
                "\"100Mf\", \"state\": \"1MB\", \"parallelism\": 4, \"placement\": \"h\"}]}]}",
                scalers[p], 1);
        int changes = changes_of(&got, "a", 1, 600, INFINITY).count + changes_of(&got, "op", 4, 600, INFINITY).count;
        if (changes)
            fprintf(stderr, "\n%s\n", got.decisions);
        CU_ASSERT_EQUAL(changes, 0);
        CU_ASSERT(weir_test_job(&got, "j")->replayed > 0);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* From 22/s to 65/s at 300 s, 10/s an instance: at least 7 of them, by when the pages of the policies promise it:
 * ds2 and proactive with the first window, reactive with a step every 40 s. */
static void after_a_step(void)
{
    static const double by_s[] = {320, 320, 300 + 5 * 40};
    char *on = platform(64);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got =
            run(on, "10min",
                "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"steps\", "
                "\"steps\": [{\"at\": \"0s\", \"rate\": \"22/s\"}, {\"at\": \"5min\", \"rate\": \"65/s\"}]}, "
                "\"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\", \"parallelism\": 3, \"placement\": "
                "\"h\"}]}]}",
                scalers[p], 1);
        CU_ASSERT_EQUAL(changes_of(&got, "op", 3, 0, 300).size, 3);
        CU_ASSERT(changes_of(&got, "op", 3, 0, by_s[p]).size >= 7);
        CU_ASSERT(size_of(&got, "op", 3) <= 11);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* ---- random chains ---- */

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
    struct weir_test_result got = run(on, "40s", jobs, "static", 1);
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
    char *on = platform(chain.cores), *jobs = write_chain(&chain, ones);
    try_all(&chain, on, &brute);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = run(on, "8min", jobs, scalers[p], 1);
        int last[MOST_OPS] = {0}, above = 0, slowest = 0;
        bool keyed = false;
        for (int o = 0; o < chain.ops; o++) {
            char name[8];
            snprintf(name, sizeof name, "o%d", o);
            last[o] = size_of(&got, name, 1);
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
    static const struct weir_case cases[] = {
        {"random_chains", random_chains},
#if CHAINS < 100
        {"two_cores", two_cores},
        {"capped_upstream", capped_upstream},
        {"hot_key", hot_key},
        {"hidden_link", hidden_link},
        {"falls_to_nothing", falls_to_nothing},
        {"flat_noise", flat_noise},
        {"square_wave", square_wave},
        {"replay", replay},
        {"after_a_step", after_a_step},
#endif
        {0},
    };
    return weir_test_main("policies/scaling", cases, argc, argv);
}
