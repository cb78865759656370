/* What the offloading policies share: a view as a computing network with users (policies/learn/offload), the decision
 * of one of its algorithms, and the plan that carries it out: hosts, shares of cores, rates of transfers.
 *
 * A user is a running job, its subtasks are the operators, its origin and end the hosts of source and sink. A node is a
 * host with the speed of all its cores. docs/policies/offloading.md. */
#ifndef WEIR_POLICIES_OFFLOAD_OFFLOAD_H
#define WEIR_POLICIES_OFFLOAD_OFFLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "policies/learn/offload/decide.h"
#include "sim/api/policy.h"
#include "sim/base/param.h"

enum weir_offload_replan { WEIR_OFFLOAD_ARRIVAL, WEIR_OFFLOAD_WINDOW };
enum weir_offload_hold { WEIR_OFFLOAD_WORKFLOWS, WEIR_OFFLOAD_ALL, WEIR_OFFLOAD_NONE };
enum weir_offload_rates { WEIR_OFFLOAD_FLOW, WEIR_OFFLOAD_MODEL };
enum weir_offload_unit { WEIR_OFFLOAD_AUTO, WEIR_OFFLOAD_ITEM, WEIR_OFFLOAD_RATE };

/* A user of the present problem. */
struct weir_offload_user {
    int job;
    double scale;  /* items/s that work and data are multiplied by; 1 for those counted per item */
    double weight; /* omega */
    bool holds;    /* shares are carried out for it */
    bool arriving; /* nothing is deployed yet: placing is free */
    bool movable;  /* no change under way */
    bool stays;    /* where it is: it cannot move, or its move would not pay */
};

/* The users and the problem that they make. */
struct weir_offload_game {
    struct offload_problem *problem;
    const struct offload_network *network; /* what it is played on */
    struct weir_offload_user *users;       /* [user_count] */
    int user_count;
    int *present; /* [subtasks] node, all of a user -1 where that is no feasible placement */
};

/* What was decided last, for explain. */
struct weir_offload_decision {
    struct weir_offload_game game;
    int *placement; /* [subtasks] */
    struct offload_trace trace;
    double time_s;
    char *left_out; /* users that could not take part, and why; NULL: all did */
};

/* What is asked: a game with these jobs arriving, in which some stay where they are and some hosts are closed. */
struct weir_offload_question {
    const int *jobs; /* [count] that arrive */
    int count;
    bool *stays;   /* [view's jobs] */
    bool **closed; /* [view's jobs]: [operators][hosts], NULL: none is; NULL: none of any */
    long *spare;   /* [hosts]: slots that jobs that arrive take in the plan, and need not */
    bool again;    /* stays or closed have changed: the game is to be played once more */
    /* Not NULL: the users of this decision, none of whom must stay, as things stand, without a plan. */
    const struct weir_offload_decision *of;
};

struct weir_offload_rules;

/* First member of the state of each policy. */
struct weir_offload {
    int replan, hold, share, rates, unit; /* parameters */
    double horizon_s, least_gain;
    const struct weir_offload_rules *rules;
    uint64_t seed; /* of the policy's draws */
    struct offload_network *network;
    double *bytes_per_s; /* [link], what the network was made of */
    int host_count, link_count;
    bool *done; /* [job] workflows that have run */
    size_t job_count, job_capacity;
    bool stale; /* the users are not those of the last decision, or it could not be carried out as a whole */
    struct weir_offload_decision last;
};

/* Decides where the subtasks of all users of the problem are to be. placement[subtasks] holds the present one on entry
 * (a user's are all -1 if it has none) and the decision on return. The trace may stay empty. `key` numbers the decision
 * for random draws. */
typedef int weir_offload_rule(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                              struct offload_trace *trace);

struct weir_offload_rules {
    const char *name;        /* of the policy */
    weir_offload_rule *all;  /* for all users at once */
    weir_offload_rule *one;  /* for the users without a place, beside the others; NULL: `all` does it */
    weir_offload_rule *solo; /* instead of both: for a user when it arrives, alone in the problem */
    bool for_all;            /* a running job is moved if the sum of all costs gains; else if it does itself */
};

/* For the policy's own create; the rest are hooks as they are. */
int weir_offload_create(struct weir_offload *self, const struct weir_policy_env *env,
                        const struct weir_offload_rules *rules);
int weir_offload_job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan);
int weir_offload_jobs_arrive(void *state, const struct weir_view *view, const int *jobs, int count,
                             struct weir_plan *plan);
int weir_offload_window_ends(void *state, const struct weir_view *view, struct weir_plan *plan);
void weir_offload_job_departs(void *state, const struct weir_view *view, int job);
char *weir_offload_explain(void *state, const struct weir_view *view);
char *weir_offload_explain_as(void *state, const struct weir_view *view, const struct weir_explain_wish *wish);
void weir_offload_destroy(void *state);
#define WEIR_OFFLOAD_HOOKS                                                                                             \
    .job_arrives = weir_offload_job_arrives, .jobs_arrive = weir_offload_jobs_arrive,                                  \
    .window_ends = weir_offload_window_ends, .job_departs = weir_offload_job_departs, .explain = weir_offload_explain, \
    .explain_as = weir_offload_explain_as, .destroy = weir_offload_destroy

/* A rule for the users without a place: as heu-wo would. */
int weir_offload_place_rest(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                            struct offload_trace *trace);

/* ---- between the sources ---- */

/* network.c: makes the network anew if hosts or links have changed. */
int weir_offload_update_network(struct weir_offload *self, const struct weir_view *view);

/* users.c: the running jobs as users; jobs that no placement serves are left out, *left_out (owned) says why. The game
 * has no problem (NULL) if no user is left. */
int weir_offload_game_make(struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                           const struct weir_offload_question *question, struct weir_offload_game *game,
                           char **left_out);
/* The problem of one of its users alone. */
int weir_offload_game_solo(const struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                           const struct weir_offload_question *question, const struct weir_offload_game *game, int user,
                           struct offload_problem **problem);
/* Where an operator is, or where the change under way takes it; -1: nowhere. */
int weir_offload_standing(const struct weir_operator_view *op);
/* Instances of a job that are planned on a host; without a plan, those that are there. */
int weir_offload_own_on(const struct weir_view *view, const struct weir_plan *plan, int job, int host);
void weir_offload_game_fini(struct weir_offload_game *game);
/* The transfers of a job as a user, in the order in which its problem has them; returns how many. Owned. */
int weir_offload_transfers(const struct weir_view *view, int job, double scale, struct offload_transfer **transfers);

/* settle.c: what a decision must hold back, as it would not pay, or has no room: notes it in the question. */
void weir_offload_settle(struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                         const struct weir_offload_decision *decision, struct weir_offload_question *question);
/* First subtask of a user; returns how many it has. */
int weir_offload_subtasks(const struct weir_offload_game *game, int user, int *first);

/* explain.c: the last decision, as it is in force, and what each user could gain. */
struct weir_offload_picture {
    const struct weir_view *view;
    const char *policy;
    const struct weir_offload_decision *decision;
    int *placement;  /* [subtasks] in force: not always what was decided */
    bool *elsewhere; /* [subtasks] not where it was decided to be */
    double *shares;  /* [subtasks] */
    struct offload_flow *flows;
    double *cost_s, *latency_s, *load; /* of a user's items together; [nodes + links] */
    struct offload_evaluation evaluation;
    struct offload_deviation *deviations; /* [users] */
    int *responses;                       /* [subtasks] */
    bool bound;
    struct offload_bounds bounds;
    struct offload_search search; /* of the optimum; whole is false if it was not found */
    double optimum_s;
};
/* explain_json.c */
char *weir_offload_picture_json(const struct weir_offload_picture *picture);
/* explain_text.c */
char *weir_offload_picture_text(const struct weir_offload_picture *picture);

/* carry.c: writes the decision into the plan. */
void weir_offload_carry(struct weir_offload *self, const struct weir_view *view, struct weir_plan *plan,
                        const struct weir_offload_game *game, const int *placement);

/* ---- rows of the parameter tables: those of all offloading policies ---- */

extern const char *const weir_offload_replans[], *const weir_offload_holds[], *const weir_offload_share_names[],
                                                                                  *const weir_offload_rate_names[],
                                                                                      *const weir_offload_units[];

#define WEIR_OFFLOAD_CHOICE(key, field, text, list, sentence)                                                          \
    {                                                                                                                  \
        .name = key, .type = WEIR_PARAM_CHOICE, .offset = offsetof(struct weir_offload, field), .fallback = text,      \
        .choices = list, .help = sentence                                                                              \
    }
/* How a decision is counted and carried out. */
#define WEIR_OFFLOAD_PARAMS                                                                                            \
    WEIR_OFFLOAD_CHOICE("hold", hold, "workflows", weir_offload_holds,                                                 \
                        "Jobs that are held to their shares of cores and links.")                                      \
    ,                                                                                                                  \
        WEIR_OFFLOAD_CHOICE("share", share, "subtask", weir_offload_share_names,                                       \
                            "What holds a share: each subtask, or a user for all its work on a node or link."),        \
        WEIR_OFFLOAD_CHOICE("rates", rates, "flow", weir_offload_rate_names,                                           \
                            "Transfers pass all links at the rate of the least share, or take the model's time."),     \
        WEIR_OFFLOAD_CHOICE("unit", unit, "auto", weir_offload_units,                                                  \
                            "Work and data of a user: of one item, or of a second; auto: of a second for streams.")
/* When those that decide for all users do so again. */
#define WEIR_OFFLOAD_REPLAN_PARAMS                                                                                     \
    WEIR_OFFLOAD_CHOICE("replan", replan, "arrival", weir_offload_replans,                                             \
                        "When all users are looked at: as each arrives, or at the end of a window."),                  \
        {.name = "horizon",                                                                                            \
         .type = WEIR_PARAM_DOUBLE,                                                                                    \
         .unit = WEIR_UNIT_TIME,                                                                                       \
         .offset = offsetof(struct weir_offload, horizon_s),                                                           \
         .fallback = "300s",                                                                                           \
         .min = 1e-3,                                                                                                  \
         .max = 1e9,                                                                                                   \
         .help = "Time a job is expected to gain from a move."},                                                       \
    {                                                                                                                  \
        .name = "least_gain", .type = WEIR_PARAM_DOUBLE, .offset = offsetof(struct weir_offload, least_gain),          \
        .fallback = "0", .min = 0, .max = 1,                                                                           \
        .help = "Share of its cost that a job must save for its operators to be moved."                                \
    }

#endif
