/* A demo under way: the scenario, what has been done to it, and what has been seen so far. Told as text (story.h) or
 * shown on a terminal (screen.h); the run itself goes on in a process of its own (player.h). */
#ifndef WEIR_DEMO_SESSION_H
#define WEIR_DEMO_SESSION_H

#include "sim/base/text.h"
#include "sim/demo/frame.h"
#include "sim/model/scenario.h"

/* Something that shall be done at a window's end. */
struct weir_demo_action {
    double at_s; /* done at the first window's end that is not earlier; 0: before the first job arrives */
    struct weir_demo_wish wish;
};

/* A window as it was, of the job looked at, or of all jobs together. */
struct weir_demo_past {
    double time_s, backlog, latency_s, delivered_rate, ingress_rate, instances;
};

/* A change of plan that was carried out, with what became of the latency: what it was good for. */
struct weir_demo_change {
    struct weir_demo_event event; /* WEIR_DEMO_CHANGED; what, why and policy are those of the decision */
    double decided_s;
    int window; /* in the past: the last one before the decision was carried out */
};

struct weir_demo_session {
    const char *title; /* "backpressure" */
    const struct weir_scenario *scenario;
    const struct weir_policy *const *catalog;
    unsigned long long seed;
    struct weir_stack *stacks; /* the scenario's, then those of actions; owned */
    int stack_count;
    int first_stack; /* in which the run begins */
    int home_link;   /* the link that actions without a name mean; -1: all */
    int job;         /* looked at */
    bool notes;      /* show what policies note, too */
    bool truth;      /* show what is truly wrong with hosts */
    char *output;    /* the folder that the run leaves its results in; NULL: none */

    /* As wished so far. */
    int stack;
    double load, link; /* of the last wish */
    struct weir_demo_past *past;
    int past_count;
    size_t past_capacity;
    struct weir_demo_event *decided; /* the last decision that was carried out, of each operator */
    int decided_count;
    size_t decided_capacity;
    struct weir_demo_change *changes;
    int change_count;
    size_t change_capacity;
};

/* Back to the beginning of the run: what was seen is forgotten, the wishes are taken back. */
void weir_demo_session_reset(struct weir_demo_session *session);
void weir_demo_session_fini(struct weir_demo_session *session);

/* Takes in what a frame shows of the job looked at. */
void weir_demo_session_note(struct weir_demo_session *session, const struct weir_demo_frame *frame);
/* The same, and what was decided and done. */
void weir_demo_session_see(struct weir_demo_session *session, const struct weir_demo_frame *frame);
/* The mean latency of the job over the last few windows; NAN if nothing was delivered. */
double weir_demo_latency(const struct weir_demo_session *session);
/* Adds the wishes of the actions that are due after since_s, until time_s. */
void weir_demo_due(const struct weir_demo_action *actions, int count, double since_s, double time_s,
                   struct weir_demo_answer *answer);
/* Notes a wish that is about to be sent. */
void weir_demo_session_wish(struct weir_demo_session *session, const struct weir_demo_wish *wish);

/* How fast the backlog has grown in the last window, in items/s. */
double weir_demo_growth(const struct weir_demo_session *session);

/* "load x1.5", "link wan x0.1", "policy ds2". */
void weir_demo_wish_say(const struct weir_demo_session *session, const struct weir_demo_wish *wish,
                        struct weir_text *text);

/* The means of the latency over a few windows: before a change was decided, at its worst since, and at the end or
 * before the next change of the same operator. NAN where nothing was delivered. */
struct weir_demo_gain {
    double before_s, worst_s, after_s;
};
struct weir_demo_gain weir_demo_gain(const struct weir_demo_session *session, int change);

/* Reads "60s:load=1.5", "load/JOB=2", "120s:link=0.1", "link/NAME=0.1", "200s:policy=ds2"; adds the stack that a policy
 * means. Errors: WEIR_EUSAGE. */
int weir_demo_action_read(struct weir_demo_session *session, const char *text, struct weir_demo_action *action);

/* The stack with that label, or one that is added. Errors: those of reading and checking it. */
int weir_demo_stack_find(struct weir_demo_session *session, const char *name, int *found);

/* What most of an operator's time is: backpressured from a tenth of it on, busy from a half on, else idle. */
enum weir_demo_state { WEIR_DEMO_IDLE, WEIR_DEMO_BUSY, WEIR_DEMO_BACKPRESSURED };
enum weir_demo_state weir_demo_state(const struct weir_demo_op *op);
extern const char *const weir_demo_state_names[]; /* "idle", "busy", "backpressured" */

#endif
