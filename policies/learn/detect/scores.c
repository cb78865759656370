#include "policies/learn/detect/scores.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

static struct detect_scores derive(size_t hits, size_t false_alarms, size_t misses, size_t passes)
{
    struct detect_scores s = {hits, false_alarms, misses, passes, NAN, NAN, NAN};
    if (hits + false_alarms > 0)
        s.precision = (double)hits / (double)(hits + false_alarms);
    if (hits + misses > 0)
        s.recall = (double)hits / (double)(hits + misses);
    if (hits + false_alarms + misses > 0)
        s.f1 = 2. * (double)hits / (double)(2 * hits + false_alarms + misses);
    return s;
}

struct detect_scores detect_score(const bool *truth, const bool *flagged, size_t count)
{
    size_t cell[2][2] = {{0}};
    for (size_t i = 0; i < count; i++)
        cell[truth[i]][flagged[i]]++;
    return derive(cell[true][true], cell[false][true], cell[true][false], cell[false][false]);
}

/* The end of the run of anomalies that begins at `from`. */
static size_t run_end(const bool *truth, size_t from, size_t count)
{
    while (from < count && truth[from])
        from++;
    return from;
}

void detect_point_adjust(const bool *truth, bool *flagged, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        bool any = false;
        end = run_end(truth, i, count);
        for (size_t j = i; j < end; j++)
            any = any || flagged[j];
        for (size_t j = i; j < end; j++)
            flagged[j] = any;
        end = end > i ? end : i + 1;
    }
}

void detect_point_adjust_scores(const bool *truth, double *score, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        double highest = NAN;
        end = run_end(truth, i, count);
        for (size_t j = i; j < end; j++)
            highest = fmax(highest, score[j]);
        for (size_t j = i; j < end; j++)
            score[j] = highest;
        end = end > i ? end : i + 1;
    }
}

struct point {
    double score;
    bool truth;
};

static int by_score(const void *left, const void *right)
{
    const struct point *a = left, *b = right;
    return (a->score < b->score) - (a->score > b->score);
}

struct detect_scores detect_best(const bool *truth, const double *score, size_t count, double *threshold)
{
    struct point *points = weir_alloc(count, sizeof *points);
    size_t scored = 0, anomalies = 0;
    for (size_t i = 0; i < count; i++) {
        anomalies += truth[i];
        if (!isnan(score[i]))
            points[scored++] = (struct point){score[i], truth[i]};
    }
    qsort(points, scored, sizeof *points, by_score);
    struct detect_scores best = derive(0, 0, anomalies, count - anomalies);
    size_t hits = 0;
    double at = scored > 0 ? points[0].score : NAN;
    for (size_t i = 0; i < scored; i++) {
        hits += points[i].truth;
        if (i + 1 < scored && points[i + 1].score == points[i].score)
            continue; /* no threshold parts equals */
        size_t wrong = i + 1 - hits;
        struct detect_scores here = derive(hits, wrong, anomalies - hits, count - anomalies - wrong);
        if (isnan(best.f1) || here.f1 > best.f1) {
            best = here;
            at = i + 1 < scored ? points[i].score / 2 + points[i + 1].score / 2 : nextafter(points[i].score, -INFINITY);
            /* Between neighbours there is no half way: the lower one itself parts them, alarms being above it. */
            if (i + 1 < scored && at >= points[i].score)
                at = points[i + 1].score;
        }
    }
    if (threshold)
        *threshold = at;
    free(points);
    return best;
}
