#include "policies/learn/detect/detector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/learn/detect/catalog.h"
#include "policies/learn/given.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/slot.h"

struct detector {
    const struct detector_kind *kind;
    struct detector_env env;
    void *state;
    bool fitted;
    struct weir_json_doc *own; /* of detector_make_text */
};

static const struct detector_kind *find(const struct detector_kind *const *catalog, const char *name)
{
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    for (; catalog[count] && strcmp(catalog[count]->name, name) != 0; count++) {
        names = weir_grow(names, count + 1, &capacity, sizeof *names);
        names[count] = catalog[count]->name;
    }
    if (!catalog[count])
        weir_slot_unknown("detector", name, names, count);
    free(names);
    return catalog[count];
}

int detector_make(const struct detector_env *env, const struct weir_json *at, struct detector **made)
{
    static const char *const others[] = {"name", NULL};
    const char *name;
    if (learn_given(__func__, "env slot made", env, at, made) != WEIR_OK)
        return WEIR_EINPUT;
    *made = NULL;
    if (env->width < 1 || env->width > DETECTOR_WIDTH)
        return weir_error(WEIR_EINPUT, "detector: a width of %d dimensions; it must be 1 to %d", env->width,
                          DETECTOR_WIDTH);
    struct weir_json child = *at;
    struct detector *detector = weir_alloc(1, sizeof *detector);
    detector->env = *env;
    if (!detector->env.catalog)
        detector->env.catalog = detector_catalog;
    if (!detector->env.stream)
        detector->env.stream = "detect";
    int code = weir_json_is_string(at) ? WEIR_OK : weir_json_need(at, "name", &child);
    if (code == WEIR_OK)
        code = weir_json_string(&child, &name);
    if (code != WEIR_OK)
        goto out;
    detector->kind = find(detector->env.catalog, name);
    if (!detector->kind) {
        char *message = weir_copy(weir_error_message());
        code = weir_json_error(&child, "%s", message);
        free(message);
        goto out;
    }
    detector->state = weir_alloc(1, detector->kind->state_size);
    weir_param_defaults(detector->kind->params, detector->state);
    if (!weir_json_is_string(at))
        code = weir_param_bind(detector->kind->params, at, others, detector->state);
    if (code == WEIR_OK && detector->kind->create) {
        code = detector->kind->create(detector->state, &detector->env);
        if (code != WEIR_OK)
            code = weir_error_context("detector %s", name);
    }
out:
    if (code == WEIR_OK)
        *made = detector;
    else
        detector_free(detector);
    return code;
}

int detector_make_text(const struct detector_env *env, const char *text, struct detector **made)
{
    struct weir_json_doc *doc = NULL;
    if (learn_given(__func__, "env text made", env, text, made) != WEIR_OK)
        return WEIR_EINPUT;
    *made = NULL;
    int code = weir_slot_parse("detector", "z-score:quantile=0.99", text, &doc);
    if (code == WEIR_OK) {
        struct weir_json root = weir_json_root(doc);
        code = detector_make(env, &root, made);
    }
    if (code == WEIR_OK)
        (*made)->own = doc;
    else
        weir_json_free(doc);
    return code;
}

void detector_free(struct detector *detector)
{
    if (!detector)
        return;
    if (detector->state && detector->kind->destroy)
        detector->kind->destroy(detector->state);
    free(detector->state);
    weir_json_free(detector->own);
    free(detector);
}

int detector_length(const struct detector *detector)
{
    return detector ? detector->kind->length(detector->state) : 0;
}

int detector_fit(struct detector *detector, const struct detector_past *pasts, int count)
{
    if (learn_given(__func__, "detector pasts", detector, pasts) != WEIR_OK)
        return WEIR_EINPUT;
    if (count < 0)
        return weir_error(WEIR_EINPUT, "detector %s: %d pasts", detector->kind->name, count);
    struct detector_past *taken = weir_alloc((size_t)count, sizeof *taken);
    size_t length = (size_t)detector_length(detector), longest = 0, width = (size_t)detector->env.width;
    int taken_count = 0, code = WEIR_OK;
    detector->fitted = false;
    for (int p = 0; p < count && code == WEIR_OK; p++) {
        if (pasts[p].count > 0)
            code = learn_given(__func__, "rows", pasts[p].rows);
        for (size_t i = 0; i < pasts[p].count * width && code == WEIR_OK; i++)
            if (isinf(pasts[p].rows[i]))
                code = weir_error(WEIR_EINPUT, "detector %s: sample %zu has an infinite value", detector->kind->name,
                                  i / width + 1);
        longest = pasts[p].count > longest ? pasts[p].count : longest;
        if (pasts[p].count >= length)
            taken[taken_count++] = pasts[p];
    }
    if (code == WEIR_OK && taken_count == 0)
        code = weir_error(WEIR_EINPUT,
                          "detector %s: there are %zu samples to learn from, and a window has %zu; give it more, or a "
                          "shorter window",
                          detector->kind->name, longest, length);
    else if (code == WEIR_OK && (code = detector->kind->fit(detector->state, taken, taken_count)) != WEIR_OK)
        code = weir_error_context("detector %s", detector->kind->name);
    detector->fitted = code == WEIR_OK;
    free(taken);
    return code;
}

/* Whether a sample has any value. */
static bool heard(const double *row, int width)
{
    for (int n = 0; n < width; n++)
        if (!isnan(row[n]))
            return true;
    return false;
}

#define CHUNK 256

/* Up to CHUNK windows. */
static int judge_chunk(struct detector *detector, const double *const *windows, size_t count,
                       struct detector_result *results)
{
    struct detector_result heard_results[CHUNK];
    const double *heard_windows[CHUNK];
    size_t places[CHUNK], heard_count = 0;
    size_t last = (size_t)(detector_length(detector) - 1) * (size_t)detector->env.width;
    for (size_t i = 0; i < count; i++) {
        results[i] = (struct detector_result){NAN, DETECT_UNSURE};
        if (!heard(windows[i] + last, detector->env.width))
            continue;
        places[heard_count] = i;
        heard_windows[heard_count++] = windows[i];
    }
    if (heard_count > 0 && detector->kind->judge(detector->state, heard_windows, heard_count, heard_results) != WEIR_OK)
        return weir_error_context("detector %s", detector->kind->name);
    for (size_t i = 0; i < heard_count; i++) {
        if (isinf(heard_results[i].score))
            return weir_error(WEIR_ERUN, "detector %s: its score is infinite; scale the values", detector->kind->name);
        results[places[i]] = heard_results[i];
    }
    return WEIR_OK;
}

static int check_fitted(const struct detector *detector)
{
    if (detector->fitted)
        return WEIR_OK;
    return weir_error(WEIR_EINPUT, "detector %s: it was not fitted yet", detector->kind->name);
}

int detector_judge(struct detector *detector, const double *const *windows, size_t count,
                   struct detector_result *results)
{
    if (learn_given(__func__, "detector windows results", detector, windows, results) != WEIR_OK)
        return WEIR_EINPUT;
    int code = check_fitted(detector);
    for (size_t i = 0; i < count && code == WEIR_OK; i++)
        code = learn_given(__func__, "windows[i]", windows[i]);
    for (size_t i = 0; i < count && code == WEIR_OK; i += CHUNK)
        code = judge_chunk(detector, windows + i, count - i < CHUNK ? count - i : CHUNK, results + i);
    return code;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int detector_run(struct detector *detector, const double *rows, size_t count, size_t from, double *score, bool *flagged,
                 double *took_s)
{
    if (learn_given(__func__, "detector rows score flagged", detector, rows, score, flagged) != WEIR_OK)
        return WEIR_EINPUT;
    size_t length = (size_t)detector_length(detector), windows = 0, first = from + 1 < length ? length - 1 : from;
    const double *window[CHUNK];
    struct detector_result results[CHUNK];
    double began_s = now_s();
    int code = check_fitted(detector);
    for (size_t i = from; i < first && i < count; i++) {
        score[i - from] = NAN;
        flagged[i - from] = false;
    }
    for (size_t at = first; at < count && code == WEIR_OK; at += CHUNK) {
        size_t chunk = count - at < CHUNK ? count - at : CHUNK;
        for (size_t i = 0; i < chunk; i++)
            window[i] = rows + (at + i + 1 - length) * (size_t)detector->env.width;
        code = detector_judge(detector, window, chunk, results);
        for (size_t i = 0; i < chunk && code == WEIR_OK; i++) {
            score[at + i - from] = results[i].score;
            flagged[at + i - from] = results[i].verdict == DETECT_ANOMALOUS;
        }
        windows += chunk;
    }
    if (took_s)
        *took_s = windows > 0 ? (now_s() - began_s) / (double)windows : NAN;
    return code;
}

char *detector_describe(const struct detector *detector)
{
    struct weir_text text = {0};
    if (detector && detector->fitted && detector->kind->describe)
        detector->kind->describe(detector->state, &text);
    return text.data ? text.data : weir_copy("");
}
