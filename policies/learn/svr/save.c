/* A regression as bytes, to the last bit: places, kernel and inverse as they are. */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/svr/state.h"
#include "sim/base/error.h"

/* What the bytes begin with. */
struct head {
    struct svr_settings settings;
    double jitter, bias;
    int count, margin_count, probe;
    long events, rebuilds, since;
};

/* Calls `each` for every array that counts, with its size in bytes. */
static void arrays(const struct svr *svr, void (*each)(void *context, void *bytes, size_t size), void *context)
{
    size_t count = (size_t)svr->count, stride = (size_t)svr->stride;
    double *const rows[] = {svr->y, svr->c, svr->eps, svr->theta, svr->h, svr->side};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        each(context, rows[r], count * sizeof *rows[r]);
    each(context, svr->x, count * (size_t)svr->settings.inputs * sizeof *svr->x);
    each(context, svr->kernel, count * stride * sizeof *svr->kernel);
    each(context, svr->inverse, (size_t)(svr->margin_count + 1) * stride * sizeof *svr->inverse);
    each(context, svr->order, count * sizeof *svr->order);
    each(context, svr->set, count * sizeof *svr->set);
    each(context, svr->margin, (size_t)svr->margin_count * sizeof *svr->margin);
}

static void put(void *context, void *bytes, size_t size)
{
    weir_text_add_bytes(context, bytes, size);
}

void svr_save(const struct svr *svr, struct weir_text *to)
{
    struct head head;
    memset(&head, 0, sizeof head); /* its gaps too */
    head.settings = svr->settings;
    head.jitter = svr->jitter;
    head.bias = svr->bias;
    head.count = svr->count;
    head.margin_count = svr->margin_count;
    head.probe = svr->probe;
    head.events = svr->events;
    head.rebuilds = svr->rebuilds;
    head.since = svr->since;
    weir_text_add_bytes(to, &head, sizeof head);
    arrays(svr, put, to);
}

struct source {
    const char *at;
    size_t left;
    bool cut;
};

static void take(void *context, void *bytes, size_t size)
{
    struct source *source = context;
    if (size > source->left) {
        source->cut = true;
        return;
    }
    memcpy(bytes, source->at, size);
    source->at += size;
    source->left -= size;
}

/* Whether the lists name places that are there. */
static bool sound(const struct svr *svr)
{
    for (int k = 0; k < svr->count; k++)
        if (svr->order[k] < 0 || svr->order[k] >= svr->count || svr->set[k] < 0 || svr->set[k] >= SVR_FREE)
            return false;
    for (int k = 0; k < svr->margin_count; k++)
        if (svr->margin[k] < 0 || svr->margin[k] >= svr->count || svr->set[svr->margin[k]] != SVR_MARGIN)
            return false;
    return true;
}

struct svr *svr_load(const struct svr_settings *settings, const char **bytes, size_t *left)
{
    struct source source = {.at = *bytes, .left = *left};
    struct head head;
    struct svr *svr = NULL;
    memset(&head, 0, sizeof head);
    take(&source, &head, sizeof head);
    if (!source.cut && head.settings.inputs == settings->inputs && head.settings.capacity == settings->capacity &&
        head.count >= 0 && head.count <= settings->capacity && head.margin_count >= 0 &&
        head.margin_count <= head.count && (svr = svr_new(settings)) != NULL) {
        svr->jitter = head.jitter;
        svr->bias = head.bias;
        svr->count = head.count;
        svr->margin_count = head.margin_count;
        svr->probe = head.probe < head.count && head.probe >= 0 ? head.probe : 0;
        svr->events = head.events;
        svr->rebuilds = head.rebuilds;
        svr->since = head.since;
        arrays(svr, take, &source);
        if (!source.cut && sound(svr)) {
            *bytes = source.at;
            *left = source.left;
            return svr;
        }
    }
    svr_free(svr);
    weir_error(WEIR_EINPUT, "support vector regression: what was saved does not fit %d inputs and %d samples",
               settings->inputs, settings->capacity);
    return NULL;
}
