/* AlexNet in its form for one processor [krizhevsky-2014], VGG-16 (configuration D) [simonyan-2015], ResNet-50
 * [he-2016] with the stride on the 3 x 3 convolutions, as in common use. Pictures have 3 x 224 x 224 numbers. Biases,
 * activations and normalisation, below 1 % of the work, are left out. */
#include "sim/generate/models.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

const char *const weir_model_names[] = {"none", "alexnet", "vgg-16", "resnet-50", NULL};

enum kind {
    STOP,
    CONV,  /* out channels, kernel, stride, padding */
    POOL,  /* largest of kernel x kernel, stride, padding */
    MEAN,  /* over the whole of each channel */
    DENSE, /* out numbers */
    BLOCK, /* of ResNet: convolutions 1 x 1, 3 x 3 with the stride, 1 x 1 to four times as many channels, and the skip
            */
};

struct row {
    enum kind kind;
    const char *name;
    int out, kernel, stride, padding;
};

static const struct row alexnet[] = {
    {CONV, "conv1", 64, 11, 4, 2}, {POOL, "pool1", 0, 3, 2, 0},   {CONV, "conv2", 192, 5, 1, 2},
    {POOL, "pool2", 0, 3, 2, 0},   {CONV, "conv3", 384, 3, 1, 1}, {CONV, "conv4", 256, 3, 1, 1},
    {CONV, "conv5", 256, 3, 1, 1}, {POOL, "pool5", 0, 3, 2, 0},   {DENSE, "fc6", 4096, 0, 0, 0},
    {DENSE, "fc7", 4096, 0, 0, 0}, {DENSE, "fc8", 1000, 0, 0, 0}, {0},
};

static const struct row vgg_16[] = {
    {CONV, "conv1_1", 64, 3, 1, 1},  {CONV, "conv1_2", 64, 3, 1, 1},
    {POOL, "pool1", 0, 2, 2, 0},     {CONV, "conv2_1", 128, 3, 1, 1},
    {CONV, "conv2_2", 128, 3, 1, 1}, {POOL, "pool2", 0, 2, 2, 0},
    {CONV, "conv3_1", 256, 3, 1, 1}, {CONV, "conv3_2", 256, 3, 1, 1},
    {CONV, "conv3_3", 256, 3, 1, 1}, {POOL, "pool3", 0, 2, 2, 0},
    {CONV, "conv4_1", 512, 3, 1, 1}, {CONV, "conv4_2", 512, 3, 1, 1},
    {CONV, "conv4_3", 512, 3, 1, 1}, {POOL, "pool4", 0, 2, 2, 0},
    {CONV, "conv5_1", 512, 3, 1, 1}, {CONV, "conv5_2", 512, 3, 1, 1},
    {CONV, "conv5_3", 512, 3, 1, 1}, {POOL, "pool5", 0, 2, 2, 0},
    {DENSE, "fc6", 4096, 0, 0, 0},   {DENSE, "fc7", 4096, 0, 0, 0},
    {DENSE, "fc8", 1000, 0, 0, 0},   {0},
};

/* Cut between blocks: inside one, the skip would have to be sent as well. */
static const struct row resnet_50[] = {
    {CONV, "conv1", 64, 7, 2, 3},     {POOL, "pool1", 0, 3, 2, 1},      {BLOCK, "conv2_1", 64, 3, 1, 1},
    {BLOCK, "conv2_2", 64, 3, 1, 1},  {BLOCK, "conv2_3", 64, 3, 1, 1},  {BLOCK, "conv3_1", 128, 3, 2, 1},
    {BLOCK, "conv3_2", 128, 3, 1, 1}, {BLOCK, "conv3_3", 128, 3, 1, 1}, {BLOCK, "conv3_4", 128, 3, 1, 1},
    {BLOCK, "conv4_1", 256, 3, 2, 1}, {BLOCK, "conv4_2", 256, 3, 1, 1}, {BLOCK, "conv4_3", 256, 3, 1, 1},
    {BLOCK, "conv4_4", 256, 3, 1, 1}, {BLOCK, "conv4_5", 256, 3, 1, 1}, {BLOCK, "conv4_6", 256, 3, 1, 1},
    {BLOCK, "conv5_1", 512, 3, 2, 1}, {BLOCK, "conv5_2", 512, 3, 1, 1}, {BLOCK, "conv5_3", 512, 3, 1, 1},
    {MEAN, "mean", 0, 0, 0, 0},       {DENSE, "fc", 1000, 0, 0, 0},     {0},
};

/* What flows: channels of side x side numbers. */
struct shape {
    int channels, side;
};

static double values(const struct shape *shape)
{
    return (double)shape->channels * shape->side * shape->side;
}

static void slide(struct shape *shape, const struct row *row)
{
    shape->side = (shape->side + 2 * row->padding - row->kernel) / row->stride + 1;
}

/* Flops of a convolution to a shape: each of its numbers is a sum of kernel^2 x channels products. */
static double convolve(int channels, int kernel, const struct shape *to)
{
    return 2.0 * kernel * kernel * channels * values(to);
}

static double block(const struct row *row, struct shape *shape)
{
    struct shape narrow = {row->out, shape->side}, small = narrow, wide;
    double flops = convolve(shape->channels, 1, &narrow);
    slide(&small, row);
    flops += convolve(narrow.channels, row->kernel, &small);
    wide = (struct shape){4 * row->out, small.side};
    flops += convolve(small.channels, 1, &wide);
    if (shape->channels != wide.channels || row->stride != 1) /* the skip is brought to the same shape */
        flops += convolve(shape->channels, 1, &wide);
    *shape = wide;
    return flops + values(&wide);
}

static double apply(const struct row *row, struct shape *shape)
{
    double before = values(shape);
    int channels = shape->channels;
    switch (row->kind) {
    case CONV:
        slide(shape, row);
        shape->channels = row->out;
        return convolve(channels, row->kernel, shape);
    case POOL:
        slide(shape, row);
        return row->kernel * row->kernel * values(shape);
    case MEAN:
        shape->side = 1;
        return before;
    case DENSE:
        *shape = (struct shape){row->out, 1};
        return 2 * before * row->out;
    case BLOCK:
        return block(row, shape);
    case STOP:
        break;
    }
    return 0;
}

int weir_model_layers(int model, struct weir_model_layer layers[WEIR_MODEL_LAYERS], double *input)
{
    static const struct row *const models[] = {NULL, alexnet, vgg_16, resnet_50};
    struct shape shape = {3, 224};
    int count = 0;
    *input = values(&shape);
    for (const struct row *row = models[model]; row->kind != STOP; row++, count++) {
        snprintf(layers[count].name, sizeof layers[count].name, "%s", row->name);
        layers[count].flops = apply(row, &shape);
        layers[count].values = values(&shape);
    }
    return count;
}
