#include "tests/support/ties.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/clock/clock.h"
#include "sim/engine/run.h"

/* Of the routes of two-tier.xml. */
#define WITHIN_TIER_S  100e-6
#define BETWEEN_TIER_S 10e-3

/* What dates differ by without a cause, and by how much a difference may grow from one that is seen to the next. */
#define ROUNDING_S     2e-15
#define GROWTH_AT_MOST 50

struct span {
    char what[128]; /* whose it is */
    int place;      /* among those of the same */
    double start_s, end_s;
    int kind;
    double latency_s; /* of a transfer */
};
struct spans {
    struct span *all;
    size_t count, capacity;
};

static int by_what(const void *a, const void *b)
{
    const struct span *left = a, *right = b;
    int order = strcmp(left->what, right->what);
    return order ? order : (left->place > right->place) - (left->place < right->place);
}

/* Sorted by whose they are, then as told. Outages are no events of the run. */
static struct spans read_spans(const char *text)
{
    struct spans spans = {0};
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        struct span span = {.place = (int)spans.count};
        char host[32], to[32];
        int begin = 0, end = 0;
        if (sscanf(line, "%lf %lf %n%d %31s %31s %*s %*s %*d%n", &span.start_s, &span.end_s, &begin, &span.kind, host,
                   to, &end) != 5 ||
            span.kind >= WEIR_SPAN_DOWN)
            continue;
        snprintf(span.what, sizeof span.what, "%.*s", end - begin, line + begin);
        span.latency_s = host[0] == to[0] ? WITHIN_TIER_S : BETWEEN_TIER_S;
        spans.all = weir_grow(spans.all, spans.count + 1, &spans.capacity, sizeof *spans.all);
        spans.all[spans.count++] = span;
    }
    if (spans.count)
        qsort(spans.all, spans.count, sizeof *spans.all, by_what);
    return spans;
}

static bool differ(double a, double b)
{
    return fabs(a - b) > WEIR_TEST_NEAR_S;
}

/* When a span and its like part; infinity if they do not. NULL: there is none. */
static double parting_of(const struct span *left, const struct span *right)
{
    if (!left || !right)
        return left ? left->start_s : right->start_s;
    if (differ(left->start_s, right->start_s))
        return fmin(left->start_s, right->start_s);
    return differ(left->end_s, right->end_s) ? fmin(left->end_s, right->end_s) : INFINITY;
}

/* Calls `each` for the first span of everybody that parts from its like. */
static void walk(const struct spans *left, const struct spans *right,
                 void (*each)(void *context, double date_s, const struct span *left, const struct span *right),
                 void *context)
{
    const char *parted = "";
    for (size_t l = 0, r = 0; l < left->count || r < right->count;) {
        const struct span *a = l < left->count ? &left->all[l] : NULL, *b = r < right->count ? &right->all[r] : NULL;
        int order = !a ? 1 : !b ? -1 : strcmp(a->what, b->what);
        if (order > 0)
            a = NULL;
        else if (order < 0)
            b = NULL;
        l += a != NULL;
        r += b != NULL;
        const char *what = a ? a->what : b->what;
        double date_s = parting_of(a, b);
        if (isinf(date_s) || strcmp(what, parted) == 0)
            continue;
        parted = what;
        each(context, date_s, a, b);
    }
}

struct parting {
    double date_s;
    const char *what;
    double dates_s[64]; /* where it may have been decided */
    int count;
};

static void find_first(void *context, double date_s, const struct span *left, const struct span *right)
{
    struct parting *parting = context;
    if (date_s >= parting->date_s)
        return;
    parting->date_s = date_s;
    parting->what = left ? left->what : right->what;
}

static void note_dates(void *context, double date_s, const struct span *left, const struct span *right)
{
    struct parting *parting = context;
    if (differ(date_s, parting->date_s))
        return;
    for (int side = 0; side < 2; side++) {
        const struct span *span = side ? right : left;
        if (span && span->start_s <= date_s && parting->count < 64)
            parting->dates_s[parting->count++] = span->start_s;
    }
}

/* An end of something, and of what. */
struct end {
    double date_s;
    const char *of, *what;
};

static int by_date(const void *a, const void *b)
{
    double left = ((const struct end *)a)->date_s, right = ((const struct end *)b)->date_s;
    return (left > right) - (left < right);
}

static struct end *ends_of(const struct spans *spans, size_t *count)
{
    struct end *ends = weir_alloc(2 * spans->count + 1, sizeof *ends);
    *count = 0;
    for (size_t s = 0; s < spans->count; s++) {
        const struct span *span = &spans->all[s];
        if (span->kind == WEIR_SPAN_BUSY) {
            ends[(*count)++] = (struct end){span->end_s, "work", span->what};
        } else if (span->kind == WEIR_SPAN_TRANSFER) {
            ends[(*count)++] = (struct end){span->end_s, "way", span->what};
            ends[(*count)++] = (struct end){span->end_s - span->latency_s, "wire", span->what};
        }
    }
    qsort(ends, *count, sizeof *ends, by_date);
    return ends;
}

/* Looks for two ends that are near, yet not one, at one of the dates of the parting. */
static bool find_tie(const struct spans *spans, const struct parting *parting, struct weir_text *text)
{
    size_t count;
    struct end *ends = ends_of(spans, &count);
    bool found = false;
    for (size_t e = 0; e + 1 < count && !found; e++) {
        const struct end *a = &ends[e], *b = &ends[e + 1];
        double apart_s = b->date_s - a->date_s;
        if (apart_s <= weir_clock_tie_s(b->date_s) || apart_s > WEIR_TEST_NEAR_S)
            continue;
        for (int d = 0; d < parting->count && !found; d++)
            if (!differ(a->date_s, parting->dates_s[d]) || !differ(b->date_s, parting->dates_s[d])) {
                found = true;
                weir_text_addf(text, "; %.15g s (%s of %s) and %.15g s (%s of %s) are %.2g s apart", a->date_s, a->of,
                               a->what, b->date_s, b->of, b->what, apart_s);
            }
    }
    free(ends);
    return found;
}

bool weir_test_excuse(const char *left, const char *right, struct weir_text *text)
{
    struct spans lefts = read_spans(left), rights = read_spans(right);
    struct parting parting = {.date_s = INFINITY};
    walk(&lefts, &rights, find_first, &parting);
    bool excused = false;
    if (isinf(parting.date_s)) {
        weir_text_add(text, "no span parts from its like");
    } else {
        weir_text_addf(text, "they part at %.12g s (%s)", parting.date_s, parting.what);
        parting.dates_s[parting.count++] = parting.date_s;
        walk(&lefts, &rights, note_dates, &parting);
        excused = find_tie(&lefts, &parting, text) || find_tie(&rights, &parting, text);
    }
    free(lefts.all);
    free(rights.all);
    return excused;
}

/* The beginning or end of something in both runs. */
struct pair {
    double left_s, right_s;
    const char *what;
};

static int by_left(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    double left = fmin(x->left_s, x->right_s), right = fmin(y->left_s, y->right_s);
    return (left > right) - (left < right);
}

/* Of all spans that have a like; owned. */
static struct pair *pairs_of(const struct spans *lefts, const struct spans *rights, size_t *count)
{
    struct pair *pairs = weir_alloc(2 * lefts->count + 1, sizeof *pairs);
    *count = 0;
    for (size_t l = 0, r = 0; l < lefts->count && r < rights->count;) {
        const struct span *a = &lefts->all[l], *b = &rights->all[r];
        int order = strcmp(a->what, b->what);
        l += order <= 0;
        r += order >= 0;
        if (order)
            continue;
        pairs[(*count)++] = (struct pair){a->start_s, b->start_s, a->what};
        pairs[(*count)++] = (struct pair){a->end_s, b->end_s, a->what};
    }
    qsort(pairs, *count, sizeof *pairs, by_left);
    return pairs;
}

bool weir_test_grown(const char *left, const char *right, struct weir_text *text)
{
    struct spans lefts = read_spans(left), rights = read_spans(right);
    size_t count;
    struct pair *pairs = pairs_of(&lefts, &rights, &count);
    double most_s = ROUNDING_S;
    bool grown = false, jumped = false;
    for (size_t p = 0; p < count && !jumped && most_s < WEIR_TEST_NEAR_S; p++) {
        double apart_s = fabs(pairs[p].left_s - pairs[p].right_s);
        jumped = apart_s > GROWTH_AT_MOST * most_s;
        if (!grown && apart_s > 1e-12) {
            grown = true;
            weir_text_addf(text, "; from rounding on they move apart: %.15g s and %.15g s (%s) are %.2g s apart",
                           pairs[p].left_s, pairs[p].right_s, pairs[p].what, apart_s);
        }
        most_s = fmax(most_s, apart_s);
    }
    weir_text_addf(text, "; at most %.2g s%s", most_s, jumped ? ", at once" : "");
    free(pairs);
    free(lefts.all);
    free(rights.all);
    return grown && !jumped;
}
