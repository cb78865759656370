/* Models of the variational GRU as files, docs/model-file.md. */
#include <string.h>

#include "policies/learn/detect/vgru_model.h"
#include "sim/base/error.h"

#define KIND    "detector vgru"
#define NUMBERS 16

/* The settings as numbers, the seed in two halves, each of which a double holds. */
static void put_settings(const struct vgru_settings *s, double *to)
{
    const double numbers[NUMBERS] = {
        s->length,
        s->width,
        s->units,
        s->latent,
        s->components,
        s->epochs,
        s->batch,
        s->rate,
        s->lambda_from,
        s->lambda_to,
        s->validation,
        s->low_quantile,
        s->high_quantile,
        s->eta,
        (double)(s->seed >> 32),
        (double)(s->seed & 0xffffffff),
    };
    memcpy(to, numbers, sizeof numbers);
}

/* A whole number of a file, 0 if it is none: settings are checked afterwards. */
static int whole(double number)
{
    return number >= 0 && number <= 1e9 ? (int)number : 0;
}

static uint64_t half(double number)
{
    return number >= 0 && number < 4294967296. ? (uint64_t)number : 0;
}

static struct vgru_settings get_settings(const double *n)
{
    return (struct vgru_settings){
        .length = whole(n[0]),
        .width = whole(n[1]),
        .units = whole(n[2]),
        .latent = whole(n[3]),
        .components = whole(n[4]),
        .epochs = whole(n[5]),
        .batch = whole(n[6]),
        .rate = n[7],
        .lambda_from = n[8],
        .lambda_to = n[9],
        .validation = n[10],
        .low_quantile = n[11],
        .high_quantile = n[12],
        .eta = n[13],
        .seed = half(n[14]) << 32 | half(n[15]),
    };
}

int vgru_save(const struct vgru *model, const char *path)
{
    struct nn_file file = {0};
    double settings[NUMBERS], ranges[4] = {model->whole.low, model->whole.high, model->newest.low, model->newest.high};
    size_t width = (size_t)model->settings.width;
    put_settings(&model->settings, settings);
    nn_file_put_text(&file, "kind", KIND);
    nn_file_put_doubles(&file, "settings", 1, NUMBERS, settings);
    nn_file_put_doubles(&file, "centre", 1, width, model->centre);
    nn_file_put_doubles(&file, "unit", 1, width, model->unit);
    nn_file_put_doubles(&file, "ranges", 2, 2, ranges);
    nn_params_put(&model->net.params, &file);
    int status = nn_file_save(&file, path);
    nn_file_fini(&file);
    return status;
}

int vgru_load(struct vgru **model, const char *path)
{
    struct nn_file file = {0};
    struct vgru *new = NULL;
    struct vgru_settings settings;
    double numbers[NUMBERS], ranges[4];
    const char *kind;
    *model = NULL;
    int status = nn_file_load(&file, path);
    if (status)
        goto out;
    status = nn_file_get_text(&file, "kind", &kind);
    if (!status && strcmp(kind, KIND) != 0)
        status = weir_error(WEIR_EINPUT, "the file holds a \"%s\", not a \"" KIND "\"", kind);
    if (!status)
        status = nn_file_get_doubles(&file, "settings", 1, NUMBERS, numbers);
    if (!status) {
        settings = get_settings(numbers);
        status = vgru_new(&new, &settings);
    }
    if (!status)
        status = nn_file_get_doubles(&file, "centre", 1, (size_t)settings.width, new->centre);
    if (!status)
        status = nn_file_get_doubles(&file, "unit", 1, (size_t)settings.width, new->unit);
    if (!status)
        status = nn_file_get_doubles(&file, "ranges", 2, 2, ranges);
    if (!status)
        status = nn_params_get(&new->net.params, &file);
    if (status) {
        weir_error_context("%s", path);
        goto out;
    }
    new->whole = (struct vgru_range){ranges[0], ranges[1]};
    new->newest = (struct vgru_range){ranges[2], ranges[3]};
    *model = new;
    new = NULL;
out:
    vgru_free(new);
    nn_file_fini(&file);
    return status;
}
