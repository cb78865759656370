#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/effect/work.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Settings as numbers of a file: those that are whole first, then the others, then the scales. */
enum { WHOLE = 10, SETTINGS = 14, SAVED = 17 };

int effect_save(const struct effect *model, const char *path)
{
    const struct effect_settings *s = &model->settings;
    const double numbers[SAVED] = {s->servers,
                                   s->regions,
                                   s->categories,
                                   s->width,
                                   s->hidden,
                                   s->epochs,
                                   s->updates,
                                   s->batch,
                                   (double)(s->seed >> 32),
                                   (double)(s->seed & 0xffffffffu),
                                   s->dropout,
                                   s->rate,
                                   s->caution,
                                   s->threshold,
                                   model->rate_scale,
                                   model->bandwidth_log,
                                   model->bandwidth_sd};
    struct nn_file file = {0};
    nn_file_put_text(&file, "model", "effect");
    nn_file_put_doubles(&file, "settings", 1, SAVED, numbers);
    if (model->home) {
        double *home = weir_alloc((size_t)s->servers, sizeof *home);
        for (int e = 0; e < s->servers; e++)
            home[e] = model->home[e];
        nn_file_put_doubles(&file, "homes", 1, (size_t)s->servers, home);
        free(home);
    }
    if (model->distance)
        nn_file_put_doubles(&file, "distances", (size_t)s->servers, (size_t)s->regions, model->distance);
    nn_params_put(&model->params, &file);
    int code = nn_file_save(&file, path);
    nn_file_fini(&file);
    return code;
}

/* The numbers, and the settings that they say. */
static int read_settings(const struct nn_file *file, double *n, struct effect_settings *settings)
{
    int code = nn_file_get_doubles(file, "settings", 1, SAVED, n);
    for (int i = 0; code == WEIR_OK && i < SAVED; i++)
        if (!isfinite(n[i]) || (i < WHOLE && !(n[i] >= 0 && n[i] <= (i < 8 ? INT_MAX : UINT_MAX))) ||
            ((i == SETTINGS || i == SAVED - 1) && !(n[i] > 0)))
            code = weir_error(WEIR_EINPUT, "its settings are out of range");
    if (code != WEIR_OK)
        return code;
    *settings = (struct effect_settings){.servers = (int)n[0],
                                         .regions = (int)n[1],
                                         .categories = (int)n[2],
                                         .width = (int)n[3],
                                         .hidden = (int)n[4],
                                         .epochs = (int)n[5],
                                         .updates = (int)n[6],
                                         .batch = (int)n[7],
                                         .seed = (uint64_t)n[8] << 32 | (uint64_t)n[9],
                                         .dropout = n[10],
                                         .rate = n[11],
                                         .caution = n[12],
                                         .threshold = n[13]};
    return effect_check_settings(settings);
}

/* What settings may tell: *told is the caller's, NULL where the file has no such array. */
static int read_told(const struct nn_file *file, const char *name, int rows, int columns, double **told)
{
    *told = NULL;
    if (!nn_file_find(file, name))
        return WEIR_OK;
    *told = weir_alloc((size_t)rows * (size_t)columns, sizeof **told);
    return nn_file_get_doubles(file, name, (size_t)rows, (size_t)columns, *told);
}

/* Regions as whole numbers; -1, which the check of the settings refuses, where they are not. */
static int *whole(const double *numbers, int count)
{
    int *all = numbers ? weir_alloc((size_t)count, sizeof *all) : NULL;
    for (int i = 0; numbers && i < count; i++)
        all[i] = numbers[i] >= 0 && numbers[i] <= INT_MAX ? (int)numbers[i] : -1;
    return all;
}

static int read(const struct nn_file *file, struct effect **made)
{
    double numbers[SAVED], *homes = NULL, *distance = NULL;
    struct effect_settings settings;
    int *home = NULL, code = read_settings(file, numbers, &settings);
    if (code == WEIR_OK)
        code = read_told(file, "homes", 1, settings.servers, &homes);
    if (code == WEIR_OK)
        code = read_told(file, "distances", settings.servers, settings.regions, &distance);
    if (code == WEIR_OK) {
        settings.home = home = whole(homes, settings.servers);
        settings.distance = distance;
        code = effect_check_settings(&settings);
    }
    if (code == WEIR_OK) {
        *made = effect_make(&settings);
        (*made)->rate_scale = numbers[SETTINGS];
        (*made)->bandwidth_log = numbers[SETTINGS + 1];
        (*made)->bandwidth_sd = numbers[SETTINGS + 2];
        code = nn_params_get(&(*made)->params, file);
    }
    free(distance);
    free(homes);
    free(home);
    return code;
}

int effect_load(const char *path, struct effect **made)
{
    struct nn_file file = {0};
    *made = NULL;
    int code = nn_file_load_model(&file, path, "effect");
    if (code != WEIR_OK)
        return code;
    code = read(&file, made);
    nn_file_fini(&file);
    if (code == WEIR_OK)
        return WEIR_OK;
    effect_free(*made);
    *made = NULL;
    return weir_error_context("%s", path);
}
