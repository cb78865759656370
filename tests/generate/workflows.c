/* Kinds dag and chain: what 1000 draws have in common is what was asked for, to 2 %; the layers of networks, shape by
 * shape. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model/workflow.h"
#include "tests/generate/make.h"

/* Laws hold in the release build; under the sanitisers, which take long, it is memory that is looked at. */
#if defined(__SANITIZE_ADDRESS__)
#define DRAWS 40
#define SHARE 0.1
#else
#define DRAWS 1000
#define SHARE 0.02
#endif

/* A file of the generator, as a workflow. */
static struct weir_workflow *read_made(const char *line, unsigned long long seed)
{
    char *text = make(line, seed);
    if (!text) {
        fprintf(stderr, "\n%s: %s\n", line, weir_error_message());
        exit(2);
    }
    struct weir_workflow *workflow = NULL;
    const char *path = weir_test_file("made.json", text);
    if (weir_workflow_read(path, &WEIR_WORKFLOW_OPTIONS, &workflow)) {
        fprintf(stderr, "\n%s: %s\n", line, weir_error_message());
        exit(2);
    }
    remove(path); /* a file written over is slow where file systems take care of it */
    free(text);
    return workflow;
}

/* Sums over draws. */
struct seen {
    double edges_per_node, width, flops, bytes, transfer_over_work; /* width: of the first level */
};

static void add_up(const struct weir_workflow *workflow, struct seen *seen)
{
    struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
    seen->edges_per_node += (double)summary.edges / summary.tasks / DRAWS;
    seen->flops += summary.flops / summary.tasks / DRAWS;
    if (summary.edges)
        seen->bytes += summary.bytes / summary.edges / DRAWS;
    seen->transfer_over_work +=
        (summary.bytes / summary.edges / 12.5e6) / (summary.flops / summary.tasks / 1e9) / DRAWS;
    seen->width += (double)summary.roots / DRAWS;
}

static struct seen draw(const char *line)
{
    struct seen seen = {0};
    for (unsigned seed = 1; seed <= DRAWS; seed++) {
        struct weir_workflow *workflow = read_made(line, seed);
        add_up(workflow, &seen);
        weir_workflow_free(workflow);
    }
    return seen;
}

static void edges_per_node(void)
{
    static const struct {
        const char *line;
        double density, width, flops, bytes;
    } cases[] = {
        /* 50^0.5 = 7.07 -> 7 tasks a level; amounts are evenly spread over 5 to 30 Gf and 0.5 to 5 MB unless said */
        {"dag --n 50", 1.5, 7, 17.5e9, 2.75e6},
        {"dag --n 30 --density 2.5 --jump 2 --regularity 0.5 --fat 0.6 --least_flops 1Mf --most_flops 3Mf", 2.5, 7, 2e6,
         2.75e6},
        {"dag --n 20 --density 1 --fat 0.3 --least_bytes 10B --most_bytes 20B", 1, 2, 17.5e9, 15},
        {"dag --n 40 --density 5 --fat 0.6 --jump 3", 5, 9, 17.5e9, 2.75e6},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct seen seen = draw(cases[c].line);
        CHECK_NEAR(seen.edges_per_node, cases[c].density, SHARE * cases[c].density);
        CHECK_NEAR(seen.width, cases[c].width, SHARE * cases[c].width); /* of the first level */
        CHECK_NEAR(seen.flops, cases[c].flops, SHARE * cases[c].flops);
        CHECK_NEAR(seen.bytes, cases[c].bytes, SHARE * cases[c].bytes);
    }
}

/* Every density that fits is reached to the edge, up to all pairs of neighbouring levels. */
static void densities_are_exact(void)
{
    for (int edges = 18; edges <= 40; edges++) {
        char *line = weir_format("dag --n 20 --fat 0.3 --regularity 1 --jump 1 --density %.2f", edges / 20.0);
        /* Ten levels of two: 18 tasks need a parent, 9 x 4 pairs are there. */
        if (edges <= 36) {
            struct weir_workflow *workflow = read_made(line, 5);
            struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
            CU_ASSERT(summary.edges == edges && summary.depth == 10 && summary.width == 2);
            weir_workflow_free(workflow);
        } else {
            refuse(line, WEIR_EUSAGE, "36 fit between the levels, a density of 1.8");
        }
        free(line);
    }
    refuse(
        "dag --n 20 --fat 0.3 --regularity 1 --density 0.85", WEIR_EUSAGE,
        "--density 0.85 makes 17 edges, but each of the 18 tasks below the first level has a parent; the least density "
        "is 0.9 here");
    refuse("dag --n 10000 --fat 0.9 --density 200", WEIR_EUSAGE, "1000000 are the most");
    refuse("dag --n 20 --law daggen --density 1.5", WEIR_EUSAGE, "by the law of daggen it is a share");
    refuse("dag --least_flops 3Mf --most_flops 2Mf", WEIR_EUSAGE,
           "--least_flops (3e+06) is above --most_flops (2e+06)");
    refuse("dag --n 5 --fat 1", WEIR_EUSAGE, "0 fit between the levels");
}

/* Ten levels of ten, jump 1: a task has 1 + floor(U(0, 5)) parents, 3 in the mean; so 90 x 3 edges among 100 tasks.
 * With a density of 0 one parent each, with 1 half of the level above and a half: (1 + 10) / 2. */
static void daggen_law(void)
{
    CHECK_NEAR(draw("dag --law daggen --n 100 --regularity 1 --density 0.5").edges_per_node, 2.7, SHARE * 2.7);
    CHECK_NEAR(draw("dag --law daggen --n 100 --regularity 1 --density 0").edges_per_node, 0.9, 1e-9);
    CHECK_NEAR(draw("dag --law daggen --n 100 --regularity 1 --density 1").edges_per_node, 0.9 * 5.5,
               SHARE * 0.9 * 5.5);
}

/* One parent each, from 1, 2 or 3 levels above with the same chance where there are as many. */
static void jumps_are_even(void)
{
    double spans[4] = {0}, count = 0;
    for (unsigned seed = 1; seed <= DRAWS; seed++) {
        struct weir_workflow *workflow =
            read_made("dag --law daggen --n 100 --regularity 1 --density 0 --jump 3", seed);
        for (int f = 0; f < workflow->flow_count; f++) {
            /* Ten tasks a level, numbered from 1 on. */
            int from = (atoi(workflow->tasks[workflow->flows[f].from].name + 1) - 1) / 10;
            int to = (atoi(workflow->tasks[workflow->flows[f].to].name + 1) - 1) / 10;
            CU_ASSERT_FATAL(to - from >= 1 && to - from <= 3);
            if (to < 3)
                continue;
            spans[to - from]++;
            count++;
        }
        weir_workflow_free(workflow);
    }
    CU_ASSERT_EQUAL(count, 70.0 * DRAWS);
    for (int span = 1; span <= 3; span++)
        CHECK_NEAR(spans[span] / count, 1 / 3.0, SHARE / 3);
}

static void communication_to_computation(void)
{
    /* Sizes are rounded to bytes. */
    CHECK_NEAR(draw("dag --n 20 --ccr 0.5").transfer_over_work, 0.5, 1e-6);
    CHECK_NEAR(draw("dag --n 20 --ccr 10 --work mixed").transfer_over_work, 10, 1e-6);
    /* d x d numbers of 8 bytes, d^3 flops: d is 2048 to 10240 by 1024, with 9216 values each but for the last 1024 to
     * 11264. */
    struct weir_workflow *workflow = read_made("dag --n 50 --work n3", 3);
    for (int f = 0; f < workflow->flow_count; f++) {
        double d = sqrt(workflow->flows[f].bytes / 8);
        CU_ASSERT(fmod(d, 1024) == 0 && d >= 2048 && d <= 10240);
        CHECK_NEAR(workflow->tasks[workflow->flows[f].from].flops, d * d * d, 1);
    }
    weir_workflow_free(workflow);
}

static void chains(void)
{
    struct weir_workflow *workflow = read_made("chain --n 7", 1);
    struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
    CU_ASSERT(summary.tasks == 7 && summary.edges == 6 && summary.depth == 7);
    weir_workflow_free(workflow);
    CHECK_NEAR(draw("chain").flops, 17.5e9, SHARE * 17.5e9);
    refuse("chain --model vgg-16 --n 22", WEIR_EUSAGE, "--n 22 is more than the 21 layers of vgg-16");
    refuse("chain --model vgg-19", WEIR_EUSAGE, "\"vgg-19\" is not known; did you mean \"vgg-16\"?");
}

/* What a layer does and hands on, at 4 bytes a number. */
struct layer {
    const char *name;
    double flops, bytes;
};

/* A convolution with a k x k kernel: each of the out x side x side numbers is a sum of k k in products, 2 flops each.
 */
#define CONV(k, in, out, side) (2.0 * (k) * (k) * (in) * (out) * (side) * (side))
#define SIZE(out, side)        (4.0 * (out) * (side) * (side))

static void check_layers(const char *line, const struct layer *layers, int count)
{
    struct weir_workflow *workflow = read_made(line, 1);
    CU_ASSERT_EQUAL_FATAL(workflow->task_count, count);
    CU_ASSERT_EQUAL(workflow->tasks[0].input_bytes, SIZE(3, 224));
    for (int t = 0; t < count; t++) {
        const struct weir_task *task = &workflow->tasks[t];
        CU_ASSERT_STRING_EQUAL(task->name, layers[t].name);
        if (task->flops != layers[t].flops)
            fprintf(stderr, "\n%s: %.0f flop, wanted %.0f\n", task->name, task->flops, layers[t].flops);
        CU_ASSERT_EQUAL(task->flops, layers[t].flops);
        CU_ASSERT_EQUAL(t + 1 < count ? workflow->flows[t].bytes : task->output_bytes, layers[t].bytes);
    }
    weir_workflow_free(workflow);
}

static void vgg_16(void)
{
    static const struct layer layers[] = {
        {"conv1_1", CONV(3, 3, 64, 224), SIZE(64, 224)},     {"conv1_2", CONV(3, 64, 64, 224), SIZE(64, 224)},
        {"pool1", 4.0 * 64 * 112 * 112, SIZE(64, 112)},      {"conv2_1", CONV(3, 64, 128, 112), SIZE(128, 112)},
        {"conv2_2", CONV(3, 128, 128, 112), SIZE(128, 112)}, {"pool2", 4.0 * 128 * 56 * 56, SIZE(128, 56)},
        {"conv3_1", CONV(3, 128, 256, 56), SIZE(256, 56)},   {"conv3_2", CONV(3, 256, 256, 56), SIZE(256, 56)},
        {"conv3_3", CONV(3, 256, 256, 56), SIZE(256, 56)},   {"pool3", 4.0 * 256 * 28 * 28, SIZE(256, 28)},
        {"conv4_1", CONV(3, 256, 512, 28), SIZE(512, 28)},   {"conv4_2", CONV(3, 512, 512, 28), SIZE(512, 28)},
        {"conv4_3", CONV(3, 512, 512, 28), SIZE(512, 28)},   {"pool4", 4.0 * 512 * 14 * 14, SIZE(512, 14)},
        {"conv5_1", CONV(3, 512, 512, 14), SIZE(512, 14)},   {"conv5_2", CONV(3, 512, 512, 14), SIZE(512, 14)},
        {"conv5_3", CONV(3, 512, 512, 14), SIZE(512, 14)},   {"pool5", 4.0 * 512 * 7 * 7, SIZE(512, 7)},
        {"fc6", 2.0 * 512 * 7 * 7 * 4096, SIZE(4096, 1)},    {"fc7", 2.0 * 4096 * 4096, SIZE(4096, 1)},
        {"fc8", 2.0 * 4096 * 1000, SIZE(1000, 1)},
    };
    check_layers("chain --model vgg-16", layers, 21);
    /* 15.47 thousand million multiplications with addition, as is told of it. */
    double products = 0;
    for (int l = 0; l < 21; l++)
        products += strncmp(layers[l].name, "pool", 4) != 0 ? layers[l].flops / 2 : 0;
    CU_ASSERT_EQUAL(products, 15470264320.0);
}

static void alexnet(void)
{
    /* Sides: (224 + 4 - 11) / 4 + 1 = 55, (55 - 3) / 2 + 1 = 27, then 13, then 6. */
    static const struct layer layers[] = {
        {"conv1", CONV(11, 3, 64, 55), SIZE(64, 55)},    {"pool1", 9.0 * 64 * 27 * 27, SIZE(64, 27)},
        {"conv2", CONV(5, 64, 192, 27), SIZE(192, 27)},  {"pool2", 9.0 * 192 * 13 * 13, SIZE(192, 13)},
        {"conv3", CONV(3, 192, 384, 13), SIZE(384, 13)}, {"conv4", CONV(3, 384, 256, 13), SIZE(256, 13)},
        {"conv5", CONV(3, 256, 256, 13), SIZE(256, 13)}, {"pool5", 9.0 * 256 * 6 * 6, SIZE(256, 6)},
        {"fc6", 2.0 * 9216 * 4096, SIZE(4096, 1)},       {"fc7", 2.0 * 4096 * 4096, SIZE(4096, 1)},
        {"fc8", 2.0 * 4096 * 1000, SIZE(1000, 1)},
    };
    check_layers("chain --model alexnet", layers, 11);
}

/* A block: 1 x 1 to `mid` channels at the side before, 3 x 3 to the side after, 1 x 1 to four times as many, the
 * addition of the skip; the first of a group brings the skip to that shape, too. */
#define BLOCK(in, mid, before, after)                                                                                  \
    (CONV(1, in, mid, before) + CONV(3, mid, mid, after) + CONV(1, mid, 4 * (mid), after) +                            \
     4.0 * (mid) * (after) * (after))
#define FIRST(in, mid, before, after) (BLOCK(in, mid, before, after) + CONV(1, in, 4 * (mid), after))

static void resnet_50(void)
{
    static const struct layer layers[] = {
        {"conv1", CONV(7, 3, 64, 112), SIZE(64, 112)},
        {"pool1", 9.0 * 64 * 56 * 56, SIZE(64, 56)},
        {"conv2_1", FIRST(64, 64, 56, 56), SIZE(256, 56)},
        {"conv2_2", BLOCK(256, 64, 56, 56), SIZE(256, 56)},
        {"conv2_3", BLOCK(256, 64, 56, 56), SIZE(256, 56)},
        {"conv3_1", FIRST(256, 128, 56, 28), SIZE(512, 28)},
        {"conv3_2", BLOCK(512, 128, 28, 28), SIZE(512, 28)},
        {"conv3_3", BLOCK(512, 128, 28, 28), SIZE(512, 28)},
        {"conv3_4", BLOCK(512, 128, 28, 28), SIZE(512, 28)},
        {"conv4_1", FIRST(512, 256, 28, 14), SIZE(1024, 14)},
        {"conv4_2", BLOCK(1024, 256, 14, 14), SIZE(1024, 14)},
        {"conv4_3", BLOCK(1024, 256, 14, 14), SIZE(1024, 14)},
        {"conv4_4", BLOCK(1024, 256, 14, 14), SIZE(1024, 14)},
        {"conv4_5", BLOCK(1024, 256, 14, 14), SIZE(1024, 14)},
        {"conv4_6", BLOCK(1024, 256, 14, 14), SIZE(1024, 14)},
        {"conv5_1", FIRST(1024, 512, 14, 7), SIZE(2048, 7)},
        {"conv5_2", BLOCK(2048, 512, 7, 7), SIZE(2048, 7)},
        {"conv5_3", BLOCK(2048, 512, 7, 7), SIZE(2048, 7)},
        {"mean", 2048.0 * 7 * 7, SIZE(2048, 1)},
        {"fc", 2.0 * 2048 * 1000, SIZE(1000, 1)},
    };
    check_layers("chain --model resnet-50", layers, 20);
    /* 4.09 thousand million multiplications with addition, skips and pools apart. */
    double flops = 0;
    for (int l = 0; l < 20; l++)
        flops += layers[l].flops;
    CHECK_NEAR(flops / 2e9, 4.09, 0.01);
}

/* Pieces hold all of the work, each at least a layer; numbers of one byte are a quarter of the size. */
static void pieces(void)
{
    for (int n = 1; n <= 20; n++) {
        char *line = weir_format("chain --model resnet-50 --n %d --number_bytes 1", n);
        struct weir_workflow *workflow = read_made(line, 1);
        struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
        CU_ASSERT_EQUAL(summary.tasks, n);
        CU_ASSERT(summary.flops == 8185794560.0 && summary.input_bytes == 3 * 224 * 224 &&
                  summary.output_bytes == 1000);
        weir_workflow_free(workflow);
        free(line);
    }
    struct weir_workflow *workflow = read_made("chain --model vgg-16 --n 2", 1);
    CU_ASSERT_STRING_EQUAL(workflow->tasks[0].name,
                           "conv1_1..conv3_2"); /* 14.99 of 30.95 Gf; 18.69 is farther from half */
    CHECK_NEAR(workflow->tasks[0].flops / 30.947e9, 0.5, 0.15);
    weir_workflow_free(workflow);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"edges per node", edges_per_node},
        {"densities are exact", densities_are_exact},
        {"daggen's law", daggen_law},
        {"jumps are even", jumps_are_even},
        {"communication to computation", communication_to_computation},
        {"chains", chains},
        {"VGG-16", vgg_16},
        {"AlexNet", alexnet},
        {"ResNet-50", resnet_50},
        {"pieces", pieces},
        {0},
    };
    return weir_test_main("generate workflows", cases, argc, argv);
}
