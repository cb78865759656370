/* Forecasters: what says how a load goes on. A kind is a constant struct, as a policy is, one size smaller; a
 * forecaster is one of a kind at work on one series, behind checks that hold for all kinds. It is named in JSON in a
 * slot:
 * `"forecaster": {"name": "gru", "hidden": 64}`, or "gru" for its defaults.
 *
 * A series is a row of values evenly spaced in time (step_s apart), oldest first. Its life: made, fitted to a first
 * part, then in turn asked (predict) and told the next value (push). Forecasters of several series stand side by side;
 * none has globals. */
#ifndef WEIR_LEARN_FORECAST_FORECASTER_H
#define WEIR_LEARN_FORECAST_FORECASTER_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/json.h"
#include "sim/base/param.h"
#include "sim/base/text.h"

/* What a forecaster is made for. */
struct forecaster_env {
    double step_s;   /* time between two values; more than 0 */
    double season_s; /* the season that the series may have; 0: one day */
    unsigned long long seed;
    const char *stream; /* name of its random streams: weir_stream_open(env->seed, env->stream); NULL: "forecast" */
    const struct forecaster_kind *const *catalog; /* NULL-terminated; NULL: weir's own, forecaster_catalog */
    int ahead; /* steps that its user will ask for, for kinds that are taught how many they forecast; 0: not known */
    const char *folder; /* from which files that parameters name are seen, ending in '/'; "" or NULL: the present one */
};

/* What work costs, in floating-point operations of the plain algorithm (a multiply-add is two); 0 where not known. */
struct forecaster_cost {
    double fit_flops;     /* of a fit to `count` values */
    double push_flops;    /* of one value */
    double predict_flops; /* of one forecast of `horizon` steps */
};

/* A series: values evenly spaced in time, oldest first. Borrowed. */
struct forecaster_series {
    const double *values;
    size_t count;
};

/* Steps a forecast may have at most. */
#define FORECASTER_HORIZON 10000

/* A part of a kind's state that is saved, loaded and freed without hooks, in the order of its rows: a field of `size`
 * bytes without pointers; an owned array of values of `size` bytes, as many as the size_t at `count` says (kept by an
 * earlier row) and `more`; a struct series_tail. */
enum forecaster_part { FORECASTER_END, FORECASTER_FIELD, FORECASTER_VALUES, FORECASTER_TAIL };
struct forecaster_kept {
    enum forecaster_part part;
    size_t offset, size, count, more;
};
#define FORECASTER_KEEP(type, field)                                                                                   \
    {                                                                                                                  \
        .part = FORECASTER_FIELD, .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)                  \
    }
#define FORECASTER_KEEP_VALUES(type, field, number, beyond)                                                            \
    {                                                                                                                  \
        .part = FORECASTER_VALUES, .offset = offsetof(type, field), .size = sizeof(*((type *)0)->field),               \
        .count = offsetof(type, number), .more = (beyond)                                                              \
    }
#define FORECASTER_KEEP_TAIL(type, field)                                                                              \
    {                                                                                                                  \
        .part = FORECASTER_TAIL, .offset = offsetof(type, field)                                                       \
    }

/* A kind. Hooks return 0 or a negative code of weir_error(), whose message need not name the kind. Every value that a
 * hook is handed is finite; what is handed out is checked by the caller. Hooks marked "optional" may be NULL. */
struct forecaster_kind {
    const char *name;                /* lower case and hyphens */
    const char *summary;             /* one sentence */
    const char *source;              /* key of docs/sources.md, "" if it is weir's own */
    size_t state_size;               /* of the state, whose parameter fields the table names */
    const struct weir_param *params; /* ends with a NULL name; NULL: none. "name", "outliers" are taken */
    bool draws;                      /* whether its results depend on the seed */
    bool narrow; /* its spreads are those of its model, which may be wrong: what is seen calibrates them (predict) */

    /* After the parameters are set; checks what a range cannot, allocates. The env and its catalogue outlive the
     * state. Optional. */
    int (*create)(void *state, const struct forecaster_env *env);
    /* The least number of values that fit takes, at least 1. Optional: 1. */
    size_t (*need)(const void *state);
    /* Learns the series of `count` >= need values, forgetting all before; the last value is the newest one. Must bear
     * constant series. */
    int (*fit)(void *state, const double *values, size_t count);
    /* Goes on learning from these values (fine-tuning from the weights that are there), with the effort of a small
     * fit; the last is the newest value. Optional: fit. */
    int (*tune)(void *state, const double *values, size_t count);
    /* The next value has come: the history moves on by one step, and kinds that learn online learn it. */
    int (*push)(void *state, double value);
    /* mean[0..horizon): the values expected 1, 2, ... steps after the newest; spread[0..horizon): standard deviations
     * of their errors, or NaN where the kind has none (the caller then takes those it has seen). Called in any number
     * between two pushes, with the same result. 1 <= horizon <= FORECASTER_HORIZON. */
    int (*predict)(void *state, size_t horizon, double *mean, double *spread);
    /* *cost is zeroed before. Optional. */
    void (*cost)(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost);
    /* What is to be kept of a fitted state to go on as if nothing had happened (parameters and what create sets
     * excepted); ends with a row of zeros. NULL: `save` and `load` do it, or it cannot be saved. */
    const struct forecaster_kept *kept;
    /* After the rows are loaded, which may come from another version of the kind: checks what they say, makes what goes
     * with them. Optional. */
    int (*loaded)(void *state);
    /* For what rows cannot say. Appends to *to whatever `load` needs. Any bytes; byte order is the machine's. */
    int (*save)(const void *state, struct weir_text *to);
    /* On a state just created with the same parameters. The bytes are those that save gave (a checksum has been
     * compared), but may come from another version of the kind: check sizes. */
    int (*load)(void *state, const char *bytes, size_t count);
    /* One line about what was fitted ("order (2,0,3)"), without line end. Optional. */
    void (*describe)(const void *state, struct weir_text *to);
    /* Several states with the same parameters learn their series together, and know the same from then on, until one of
     * them learns alone: with the effort of a fit (`tune`: of a fine-tuning of what states[0] knows) to the longest
     * series. Each keeps the newest values and the scale of its own. Every series has need() values. Optional. */
    int (*fit_together)(void *const *states, const struct forecaster_series *series, size_t count, bool tune);
    /* Knows from then on what `of`, fitted and of the same parameters, knows. It is fitted to the series for its scale
     * and newest values alone; NULL: it has those. Optional, together with fit_together. */
    void (*join)(void *state, const void *of, const struct forecaster_series *series);
    /* predict will be asked of these states for at most `horizon` steps: what it takes may be computed for those that
     * know the same at once. Results are the same to the last bit. Optional. */
    void (*prepare)(void *const *states, size_t count, size_t horizon);
    /* Frees what create, fit and load allocated, not the state, and not what `kept` frees; bears a state whose create
     * failed. Optional. */
    void (*destroy)(void *state);
};

/* A forecaster at work. */
struct forecaster;

/* The kind of this name in a NULL-terminated catalogue (NULL: weir's own). NULL with an error (WEIR_EINPUT) that
 * suggests the near name. */
const struct forecaster_kind *forecaster_find(const struct forecaster_kind *const *catalog, const char *name);

/* Makes a forecaster from what a slot holds: an object with "name" and the parameters of the kind, or the name alone.
 * The document must outlive the forecaster if a parameter is a text. Parameters that every kind has:
 *   outliers  0 (default): values are taken as they are. Else a value further than so many robust deviations (1.4826
 *             times the median distance from the median of the 25 values before it; Hampel's filter) is pulled to that
 *             bound and counted. 25 values on, a new level is believed.
 * *made is NULL after an error. Errors: WEIR_EINPUT with the place. */
int forecaster_make(const struct forecaster_env *env, const struct weir_json *at, struct forecaster **made);

/* The same from a text as the command line has it: NAME, or NAME:KEY=VALUE:KEY=VALUE. The text is copied. `weir list
 * forecasters` has the names with their parameters. */
int forecaster_make_text(const struct forecaster_env *env, const char *text, struct forecaster **made);

void forecaster_free(struct forecaster *forecaster);

/* Fits to `count` values, oldest first. A NaN is a gap: gaps are filled (series_fill, cubic spline between those that
 * are there) and counted. Errors, all of which name the kind: WEIR_EINPUT if the series is too short, has an infinite
 * value, or no value at all; WEIR_ERUN if the fit fails. After an error it is not fitted. */
int forecaster_fit(struct forecaster *forecaster, const double *values, size_t count);

/* Fine-tunes on `count` values where the kind can, else fits. Same rules. */
int forecaster_tune(struct forecaster *forecaster, const double *values, size_t count);

/* Takes in the next value. A NaN is a gap: the forecaster's own forecast stands in (the last value if that fails), and
 * is counted. Errors: WEIR_EINPUT for infinite values and before a fit; WEIR_ERUN if the kind fails. */
int forecaster_push(struct forecaster *forecaster, double value);

/* Forecasts 1..horizon steps ahead; `spread` (standard deviations of the errors) may be NULL. If no value seen so far
 * was negative, forecasts below 0 become 0. Where the kind knows no spread, it is what was seen: the root mean square
 * of its latest errors so many steps ahead, and before there are any, that of the last-value forecast on the fitted
 * series. The spreads of `narrow` kinds are multiplied by a factor for so many steps ahead that follows the values:
 * each that is further than 1.96 spreads from its forecast raises it, each that is not lowers it a nineteenth as much,
 * so that 95 % are within, whatever the errors are like [gibbs-2021]. Errors: WEIR_EINPUT before a fit; WEIR_ERUN for a
 * result that is not finite or beyond 1000 times the largest value seen, with kind, step and value: the arrays then
 * hold nothing to use. */
int forecaster_predict(struct forecaster *forecaster, size_t horizon, double *mean, double *spread);

/* NULL for NULL. */
const struct forecaster_kind *forecaster_kind_of(const struct forecaster *forecaster);

/* The least number of values that forecaster_fit takes; 0 for NULL. */
size_t forecaster_need(const struct forecaster *forecaster);

/* What work costs; zeros where the kind does not say. `count` values in a fit, `horizon` steps in a forecast. */
struct forecaster_cost forecaster_cost(const struct forecaster *forecaster, size_t count, size_t horizon);

/* Whether forecasters of its kind can learn together. */
bool forecaster_shares(const struct forecaster *forecaster);

/* Several forecasters of one kind that shares, with the same parameters, are fitted to their series as one: they know
 * the same from then on, until one of them is fitted or tuned alone, and the effort is that for the longest series.
 * `tune`: they go on learning from what the first knows. Rules for each series, and errors, as those of forecaster_fit;
 * after an error none is fitted. */
int forecaster_fit_together(struct forecaster *const *forecasters, const struct forecaster_series *series, size_t count,
                            bool tune);

/* Takes over what another one of the same kind and parameters knows, which must be fitted, without learning. The series
 * gives it its own scale and newest values; NULL: it is fitted, and keeps those it has. Errors as those of
 * forecaster_fit. */
int forecaster_join(struct forecaster *joining, const struct forecaster *of, const struct forecaster_series *series);

/* Another one, fitted as this one is, to go on on its own; where the kind shares, both share what they know. Errors:
 * WEIR_EINPUT if it is not fitted or its kind cannot be saved. */
int forecaster_twin(const struct forecaster_env *env, const struct forecaster *of, struct forecaster **made);

/* Computes what the next forecasts of several forecasters of one kind take, up to `horizon` steps, at once where they
 * share it. forecaster_predict says the same without, only later. Those that are not fitted, or not like the first, are
 * left out. */
void forecaster_prepare(struct forecaster *const *forecasters, size_t count, size_t horizon);

/* What was done to the values since the forecaster was made. */
struct forecaster_counts {
    size_t filled;  /* gaps */
    size_t clipped; /* outliers pulled in */
    size_t raised;  /* forecasts below 0 raised to it */
};
struct forecaster_counts forecaster_counts(const struct forecaster *forecaster);

/* What was fitted, as the kind puts it; "" if it says nothing. Owned; free with free(). */
char *forecaster_describe(const struct forecaster *forecaster);

/* Writes a fitted forecaster to a file (replaced), and reads it again. The file: docs/forecast.md. Errors: WEIR_EINPUT
 * if the kind cannot be saved, the file cannot be written or read, is none of weir's, of another version, cut short, or
 * changed. `env` says the catalogue, the seed and the stream; steps must be those of the file, unless step_s is 0. */
int forecaster_save(const struct forecaster *forecaster, const char *path);
int forecaster_load(const struct forecaster_env *env, const char *path, struct forecaster **made);

/* For the load hooks of kinds: takes the next `size` bytes into *into. Errors: WEIR_EINPUT if there are fewer left. */
int forecaster_unpack(const char **bytes, size_t *left, void *into, size_t size);

#endif
