#include <limits.h>
#include <math.h>
#include <string.h>

#include "policies/learn/stgcn/work.h"
#include "sim/base/error.h"

/* The settings as numbers of a file. */
enum { SAVED = 13 };

static void settings_to(const struct stgcn_settings *s, double *numbers)
{
    const double all[SAVED] = {s->nodes,
                               s->window,
                               s->channels,
                               s->kernel,
                               s->embedding,
                               s->epochs,
                               s->updates,
                               s->batch,
                               s->rate,
                               s->step_s,
                               (double)(s->seed >> 32),
                               (double)(s->seed & 0xffffffffu),
                               s->sway};
    memcpy(numbers, all, sizeof all);
}

static struct stgcn_settings settings_from(const double *n)
{
    return (struct stgcn_settings){.nodes = (int)n[0],
                                   .window = (int)n[1],
                                   .channels = (int)n[2],
                                   .kernel = (int)n[3],
                                   .embedding = (int)n[4],
                                   .epochs = (int)n[5],
                                   .updates = (int)n[6],
                                   .batch = (int)n[7],
                                   .rate = n[8],
                                   .step_s = n[9],
                                   .seed = (uint64_t)n[10] << 32 | (uint64_t)n[11],
                                   .sway = n[12]};
}

int stgcn_save(const struct stgcn *model, const char *path)
{
    struct nn_file file = {0};
    double numbers[SAVED];
    settings_to(&model->settings, numbers);
    nn_file_put_text(&file, "model", "stgcn");
    nn_file_put_doubles(&file, "settings", 1, SAVED, numbers);
    nn_file_put_doubles(&file, "scale", 1, (size_t)model->settings.nodes, model->scale);
    nn_params_put(&model->params, &file);
    int code = nn_file_save(&file, path);
    nn_file_fini(&file);
    return code;
}

static int read(const struct nn_file *file, struct stgcn **made)
{
    double numbers[SAVED];
    int code = nn_file_get_doubles(file, "settings", 1, SAVED, numbers);
    for (int i = 0; code == WEIR_OK && i < SAVED; i++)
        if (!(numbers[i] >= 0 && numbers[i] <= (i < 8 ? INT_MAX : UINT_MAX)))
            code = weir_error(WEIR_EINPUT, "its settings are out of range");
    struct stgcn_settings settings;
    if (code == WEIR_OK) {
        settings = settings_from(numbers);
        code = stgcn_check_settings(&settings);
    }
    if (code != WEIR_OK)
        return code;
    *made = stgcn_make(&settings);
    code = nn_file_get_doubles(file, "scale", 1, (size_t)settings.nodes, (*made)->scale);
    for (int node = 0; code == WEIR_OK && node < settings.nodes; node++)
        if (!((*made)->scale[node] > 0 && isfinite((*made)->scale[node])))
            code =
                weir_error(WEIR_EINPUT, "the scale of node %d is %g and must be above 0", node, (*made)->scale[node]);
    return code == WEIR_OK ? nn_params_get(&(*made)->params, file) : code;
}

int stgcn_load(const char *path, struct stgcn **made)
{
    struct nn_file file = {0};
    *made = NULL;
    int code = nn_file_load_model(&file, path, "stgcn");
    if (code != WEIR_OK)
        return code;
    code = read(&file, made);
    nn_file_fini(&file);
    if (code == WEIR_OK)
        return WEIR_OK;
    stgcn_free(*made);
    *made = NULL;
    return weir_error_context("%s", path);
}
