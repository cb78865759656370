#include "policies/learn/detect/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void detect_measure(const bool *truth, const bool *flagged, const double *score, const size_t *ends, int count,
                    struct detect_measures *measures)
{
    size_t points = count > 0 ? ends[count - 1] : 0;
    *measures = (struct detect_measures){.points = points, .best_threshold = NAN};
    for (size_t i = 0; i < points; i++) {
        measures->alarms += flagged[i];
        measures->silent += isnan(score[i]);
        measures->anomalies += truth && truth[i];
    }
    if (!truth)
        return;
    bool *adjusted = weir_alloc(points, sizeof *adjusted);
    double *adjusted_score = weir_alloc(points, sizeof *adjusted_score);
    memcpy(adjusted, flagged, points * sizeof *adjusted);
    memcpy(adjusted_score, score, points * sizeof *adjusted_score);
    for (size_t s = 0, from = 0; s < (size_t)count; from = ends[s++]) {
        detect_point_adjust(truth + from, adjusted + from, ends[s] - from);
        detect_point_adjust_scores(truth + from, adjusted_score + from, ends[s] - from);
    }
    measures->own = detect_score(truth, flagged, points);
    measures->best = detect_best(truth, score, points, &measures->best_threshold);
    measures->adjusted = detect_score(truth, adjusted, points);
    measures->adjusted_best = detect_best(truth, adjusted_score, points, NULL);
    free(adjusted);
    free(adjusted_score);
}
