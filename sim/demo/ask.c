#include "sim/demo/ask.h"

#include <math.h>

#include "sim/demo/story.h"

static const char *const answers[] = {"lower", "about the same", "higher", "no answer"};

void weir_demo_ask_begin(struct weir_demo_ask *ask, const struct weir_demo_session *session, double time_s,
                         struct weir_text *text)
{
    char now[WEIR_DEMO_SHORT];
    ask->until_s = fmin(time_s + ask->ahead_s, session->scenario->duration_s);
    ask->before_s = weir_demo_latency(session);
    ask->guess = WEIR_DEMO_NO_ANSWER;
    ask->state = WEIR_DEMO_ASKING;
    weir_text_addf(text, "what will the latency of %s be at %g s: lower, about the same, higher? (now %s)",
                   session->scenario->workload->jobs[session->job].name, ask->until_s,
                   weir_demo_time(ask->before_s, now));
}

void weir_demo_ask_guess(struct weir_demo_ask *ask, enum weir_demo_answer_kind guess)
{
    ask->guess = guess;
    ask->state = WEIR_DEMO_WAITING;
}

bool weir_demo_ask_due(const struct weir_demo_ask *ask, double time_s)
{
    return ask->state == WEIR_DEMO_WAITING && time_s >= ask->until_s - 1e-9;
}

enum weir_demo_answer_kind weir_demo_ask_tell(struct weir_demo_ask *ask, const struct weir_demo_session *session,
                                              double time_s, struct weir_text *text)
{
    char before[WEIR_DEMO_SHORT], now[WEIR_DEMO_SHORT];
    double now_s = weir_demo_latency(session);
    enum weir_demo_answer_kind truth = WEIR_DEMO_ABOUT_SAME;
    if (isnan(ask->before_s) || isnan(now_s))
        truth = WEIR_DEMO_NO_ANSWER;
    else if (now_s > ask->before_s * WEIR_DEMO_SAME)
        truth = WEIR_DEMO_HIGHER;
    else if (now_s < ask->before_s / WEIR_DEMO_SAME)
        truth = WEIR_DEMO_LOWER;
    weir_text_addf(text, "%g s: latency %s, %s before: %s", time_s, weir_demo_time(now_s, now),
                   weir_demo_time(ask->before_s, before),
                   truth == WEIR_DEMO_NO_ANSWER ? "nothing to compare" : answers[truth]);
    ask->state = WEIR_DEMO_TOLD;
    if (ask->guess == WEIR_DEMO_NO_ANSWER || truth == WEIR_DEMO_NO_ANSWER)
        return truth;
    ask->asked++;
    ask->right += ask->guess == truth;
    weir_text_addf(text, ". The guess was %s: %s (%d of %d)", answers[ask->guess],
                   ask->guess == truth ? "right" : "wrong", ask->right, ask->asked);
    return truth;
}
