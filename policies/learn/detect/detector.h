/* Detectors: what says whether something is wrong, from samples of several dimensions evenly spaced in time. A kind is
 * a constant struct, as a forecaster's is; a detector is one of a kind at work, behind checks that hold for all kinds.
 * On the command line it is NAME, or NAME:KEY=VALUE:KEY=VALUE; in JSON {"name": "vgru", "window": 12}, or "vgru".
 *
 * Its life: made for a number of dimensions, fitted to a past that is taken as healthy, then asked about windows. It
 * keeps nothing from one window to the next, so that one detector may serve many series of one kind. */
#ifndef WEIR_LEARN_DETECT_DETECTOR_H
#define WEIR_LEARN_DETECT_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/learn/detect/rules.h"
#include "sim/base/json.h"
#include "sim/base/param.h"
#include "sim/base/text.h"

/* Most dimensions. */
#define DETECTOR_WIDTH 100000

/* What a detector is made for. */
struct detector_env {
    int width; /* N, dimensions, 1 to DETECTOR_WIDTH */
    unsigned long long seed;
    const char *stream;                         /* name of its random streams; NULL: "detect" */
    const struct detector_kind *const *catalog; /* NULL-terminated; NULL: weir's own, detector_catalog */
};

/* A past without a break: rows[count][width], oldest first. NaN is a gap. `begins` is when its first row was, in
 * samples from any zero that the pasts share: it tells which windows are the latest. */
struct detector_past {
    const double *rows;
    size_t count, begins;
};

/* What a detector says of a window. */
struct detector_result {
    double score; /* the higher, the less it looks healthy; finite, or NaN if nothing can be said */
    enum detect_verdict verdict;
};

/* A kind. Hooks return 0 or a negative code of weir_error(), whose message need not name the kind. Hooks marked
 * "optional" may be NULL. */
struct detector_kind {
    const char *name;                /* lower case and hyphens */
    const char *summary;             /* one sentence */
    const char *source;              /* key of docs/sources.md, "" if it is weir's own */
    size_t state_size;               /* of the state, whose parameter fields the table names */
    const struct weir_param *params; /* ends with a NULL name; "name" is taken */
    bool draws;                      /* whether its results depend on the seed */

    /* After the parameters are set. Optional. */
    int (*create)(void *state, const struct detector_env *env);
    /* Samples of a window, at least 1. */
    int (*length)(const void *state);
    /* Learns from `count` >= 1 pasts, of which one at least has `length` samples; forgets all before. Values are finite
     * or NaN; a dimension may be constant or missing throughout. Keeps no pointer into the pasts. */
    int (*fit)(void *state, const struct detector_past *pasts, int count);
    /* Judges `count` windows[i][length][width], the newest sample last, of which at least one value is there; they may
     * overlap. What a window gets does not depend on the others. */
    int (*judge)(void *state, const double *const *windows, size_t count, struct detector_result *results);
    /* One line about what was fitted, without line end. Optional. */
    void (*describe)(const void *state, struct weir_text *to);
    /* Frees what create and fit allocated, not the state; bears a state whose create failed. Optional. */
    void (*destroy)(void *state);
};

struct detector;

/* Makes a detector from NAME or NAME:KEY=VALUE:... (copied). *made is NULL after an error. Errors: WEIR_EINPUT that
 * names the kind, or the near one. */
int detector_make_text(const struct detector_env *env, const char *text, struct detector **made);

/* The same from a slot of a JSON document, which must outlive the detector if a parameter is a text. */
int detector_make(const struct detector_env *env, const struct weir_json *at, struct detector **made);

void detector_free(struct detector *detector);

/* Samples of a window; 0 for NULL. */
int detector_length(const struct detector *detector);

/* Fits to these pasts; those shorter than a window are passed over. Errors, all of which name the kind: WEIR_EINPUT if
 * no past is as long as a window, or for an infinite value; WEIR_ERUN if the fit fails. */
int detector_fit(struct detector *detector, const struct detector_past *pasts, int count);

/* Judges windows. If every value of a newest sample is missing, the score is NaN and the verdict unsure: a monitor that
 * is silent says nothing. Errors: WEIR_EINPUT before a fit; WEIR_ERUN for a score that is infinite. */
int detector_judge(struct detector *detector, const double *const *windows, size_t count,
                   struct detector_result *results);

/* Judges the windows that end at the samples from..count-1 of a series: score[i] and flagged[i] are those of sample
 * from + i; flagged is set where the verdict is anomalous. Samples before which there is no whole window have NaN and
 * are not flagged. *took_s, if not NULL, is the real time of a window. */
int detector_run(struct detector *detector, const double *rows, size_t count, size_t from, double *score, bool *flagged,
                 double *took_s);

/* What was fitted, as the kind puts it; "" if it says nothing. Owned; free with free(). */
char *detector_describe(const struct detector *detector);

#endif
