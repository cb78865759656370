/* Proactive autoscaling as a loop over a knowledge base (MAPE-K): monitor, analyse, plan, execute, a file each. What
 * the files of this folder share. docs/policies/proactive.md. */
#ifndef WEIR_POLICIES_PROACTIVE_H
#define WEIR_POLICIES_PROACTIVE_H

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/throughput/throughput.h"
#include "policies/learn/transfer/drift.h"
#include "policies/learn/transfer/dtw.h"
#include "policies/support/ds2.h"
#include "policies/support/memo.h"
#include "policies/support/scaler.h"
#include "sim/api/policy.h"

enum proactive_adapt { PROACTIVE_KEEP, PROACTIVE_TUNE, PROACTIVE_FIT };
enum proactive_sizing { PROACTIVE_DS2, PROACTIVE_TWRES };

/* Errors of forecasts that their margin is measured by. */
enum { PROACTIVE_RECENT = 100 };

/* Jobs of a kind, whose forecasters know the same: one net, taught with the loads of all of them. A forecaster whose
 * kind cannot share has a group for itself. Windows are those of the group: as many as its first job has seen. */
struct proactive_group {
    int like;    /* a job whose operators all have */
    int history; /* file of `train` that they were trained on, -1: none */
    int *jobs;   /* [count] in the order in which they joined; owned */
    size_t count, capacity;
    long began;    /* number of the window before its first */
    bool ready;    /* it has been taught */
    int trained;   /* windows that it was fitted to before the run, 0: none, INT_MAX: unknown */
    int fitted_at; /* windows when it was last taught in the run, 0: before it */
    int adapt_at;  /* windows at which it is adapted again, 0: not planned */
    int since;     /* windows at which the load last became another one */
    double off;    /* errors of the window's forecasts, in shares of the load, summed, and how many */
    int offs;
    struct transfer_drift drift;
};

/* What is known of a job. */
struct proactive_job {
    struct forecaster *model;      /* NULL before the first window */
    struct proactive_group *group; /* NULL: `last` stands in for a model that failed */
    bool chosen;                   /* of the files of `train` the nearest has been taken */
    bool ready;                    /* it is fitted */
    int failures;
    int again_at;                    /* windows at which a new model takes the place of `last`, 0: none will */
    int taken;                       /* windows of the job's history that the model has learnt */
    double flops;                    /* of the work since the last decision */
    double next_per_s;               /* what was forecast for the coming window; NAN: nothing */
    double next_spread;              /* its standard deviation */
    int contradicted;                /* windows in a row that stayed below their forecast by more than twice that */
    double error_per_s;              /* mean absolute error of that, latest windows weighing more */
    int errors;                      /* that were seen */
    double recent[PROACTIVE_RECENT]; /* the last absolute errors, in a ring */
    double rescale_s; /* how long the last changes took, from the decision until they showed; NAN: not seen */
};

/* What is known of an operator. */
enum { PROACTIVE_WORKERS = 64 };
struct proactive_operator {
    bool under_way;                          /* a change has not shown yet */
    double acted_s;                          /* when it was decided */
    double sustained[PROACTIVE_WORKERS + 1]; /* items/s that so many instances sustain, mean of those seen; 0: never */
};

/* What the analysis says of a job. */
struct proactive_outlook {
    double now_per_s;            /* ingress of the last window */
    double horizon_s;            /* until a change that is decided at the next window would pay */
    double up_per_s, down_per_s; /* most that is to come within the horizon, and within `hold` */
    double spread_per_s;         /* of the forecast of up_per_s */
    size_t steps;                /* windows that are forecast and believed, in self->mean; 0: none */
    double backlog_per_s;        /* to work off what waits */
};

/* What the plan says of an operator. */
struct proactive_step {
    int from, to;
    double needed;    /* instances, not rounded */
    double rate;      /* items/s of one */
    char reason[240]; /* a few words */
    char terms[240];  /* of TWRES, "" without */
};

struct proactive {
    /* Parameters. */
    struct weir_json forecaster;
    const char *model, *train;
    const char *train_time, *train_value, *train_time_format; /* of the files of `train`; "": as they come */
    double train_scale, train_speedup, train_within;
    double season_s;
    int warm, refit, memory, adapt, doubt;
    double drift;
    double horizon_s, hold_s;
    double headroom, confidence;
    double drain_s, min_items;
    struct weir_scaler scaler;
    double pay;
    int sizing;
    double limit_s;
    struct weir_json calibration; /* a text or an object of them */

    /* From create on. */
    const char *preset; /* the forecaster if the slot is empty */
    unsigned long long seed;
    char *stream, *folder;
    const struct forecaster_kind **catalog; /* weir's forecasters and the oracle; owned */
    struct transfer_series *history; /* of the files of `train`, in steps of the window; owned, NULL before the first */
    size_t history_count;            /* files */
    struct forecaster **trained;     /* [history_count, or 1 with `model`] what was fitted before the run; owned */
    size_t trained_count;
    bool told; /* that the run ends before a model is fitted */
    struct proactive_calibration {
        const char *whose; /* "operator" or "job/operator", borrowed; NULL: all */
        struct throughput model;
    } * calibrated; /* of `calibration`; owned */
    size_t calibrated_count, calibrated_capacity;
    bool checked; /* that there are such operators */

    /* The knowledge base. */
    struct proactive_job **jobs; /* [job], NULL: not seen */
    size_t job_capacity;
    struct proactive_group **groups; /* [group_count]; owned */
    size_t group_count, group_capacity;
    struct weir_memo operators; /* of struct proactive_operator */
    double *mean, *spread;      /* [step_capacity] of one forecast */
    size_t step_capacity;
};

/* Knowledge (knowledge.c). */
struct proactive_job *proactive_job_at(struct proactive *self, int job);
void proactive_job_forget(struct proactive *self, int job);
void proactive_knowledge_fini(struct proactive *self);
/* Makes a job's model, from a file, or as it was fitted to the series of `train`; else it is fitted in the run. */
int proactive_prepare(struct proactive *self, const struct weir_view *view, int job);
/* A new model, to be fitted, in the place of `last`. */
int proactive_renew(struct proactive *self, const struct weir_view *view, int job);
/* Of the models that were trained before the run, the one whose series is nearest to what the run has shown; none, if
 * that is beyond `train_within`. */
int proactive_choose(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job);
/* The model failed: `last` takes its place, and the plan tells. */
void proactive_fall_back(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job);
/* The most steps that an analysis asks for, before any change has been timed. */
size_t proactive_steps(const struct proactive *self, const struct weir_view *view);

/* Groups (group.c). The job, which has a model and no group, joins its kind's; `history` as in the group. */
void proactive_group_join(struct proactive *self, const struct weir_view *view, int job, int history);
void proactive_group_leave(struct proactive *self, int job);
void proactive_groups_fini(struct proactive *self);
/* Teaches the groups for which it is time, and tells when a run is too short for that; models that fail are replaced.
 */
void proactive_teach(struct proactive *self, const struct weir_view *view, struct weir_plan *plan);
/* Runs the nets of all jobs that share one together, so that the forecasts that the analysis asks for are there. */
void proactive_foresee(struct proactive *self, const struct weir_view *view);

/* Calibrations (calibrate.c): reads `calibration`; that of an operator, NULL: it has none; warns, once, of those of
 * operators that no job has. */
int proactive_read_calibration(struct proactive *self);
const struct throughput *proactive_calibrated(const struct proactive *self, const struct weir_job_view *seen, int op);
void proactive_check_calibration(struct proactive *self, const struct weir_view *view, struct weir_plan *plan);

/* Phases. Codes are those of models whose parameters are wrong; models that fail are replaced. */
int proactive_monitor(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job);
void proactive_analyse(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job,
                       const struct weir_settle *settle, struct proactive_outlook *outlook);
/* How many windows ahead it looks. */
size_t proactive_looks_ahead(const struct proactive *self, const struct weir_view *view, int job);
/* How long the operator would stand still for one more instance; 0 without state. */
double proactive_pause_s(const struct weir_view *view, int job, int op);
/* The step of an operator, from == to if it stays; demands as weir_job_demand gives them, and how far they can come. */
struct proactive_step proactive_plan(struct proactive *self, const struct weir_view *view, struct weir_plan *plan,
                                     int job, int op, const struct weir_reach *reach, const struct weir_ds2_demand *up,
                                     const struct weir_ds2_demand *down);
void proactive_execute(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job, int op,
                       const struct proactive_outlook *outlook, const struct proactive_step *step);

#endif
