#include "sim/demo/tell.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "sim/base/error.h"
#include "sim/demo/ask.h"
#include "sim/demo/side.h"
#include "sim/demo/signals.h"
#include "sim/demo/story.h"

/* The runs that are told. */
struct told {
    struct weir_demo_side sides[2];
    int count;
    const struct weir_demo_script *script;
    struct weir_demo_ask ask;
    double since_s;
};

/* Lets so much real time pass, unless a signal comes. */
static void rest(double time_s)
{
    struct timespec time = {.tv_sec = (time_t)time_s, .tv_nsec = (long)(1e9 * (time_s - floor(time_s)))};
    if (time_s > 0 && !weir_demo_interrupted())
        nanosleep(&time, NULL);
}

/* Waits for the end of a window, or of the run. */
static int wait_for(struct weir_demo_side *side)
{
    while (!side->over && !side->holds && !weir_demo_interrupted()) {
        enum weir_demo_heard heard = weir_demo_player_hear(&side->player, -1, -1);
        if (heard == WEIR_DEMO_FRAME)
            weir_demo_side_take(side);
        side->over = heard == WEIR_DEMO_END;
    }
    return side->over && side->player.end.code != WEIR_OK
               ? weir_error(side->player.end.code, "%s", side->player.end.message)
               : WEIR_OK;
}

/* Asks what will happen, and tells what has. */
static void ask(struct told *told, double now_s)
{
    struct weir_text text = {0};
    const struct weir_demo_session *session = told->sides[0].session;
    if (weir_demo_ask_due(&told->ask, now_s)) {
        weir_demo_ask_tell(&told->ask, session, now_s, &text);
        weir_demo_story_say("!!!!!!", &text);
    }
    if (!(told->script->ask_s > 0) || !weir_demo_stops(told->script, told->since_s, now_s))
        return;
    weir_demo_ask_begin(&told->ask, session, now_s, &text);
    weir_demo_ask_guess(&told->ask, WEIR_DEMO_NO_ANSWER);
    weir_demo_story_say("??????", &text);
}

/* The window that all runs have come to, and the answer to it. */
static void tell_window(struct told *told)
{
    const struct weir_demo_script *script = told->script;
    struct weir_demo_answer answer = {0};
    double now_s = told->sides[0].player.frame.time_s;
    for (int s = 0; s < told->count; s++) {
        if (told->count > 1 && told->sides[s].player.frame.window >= 0)
            weir_demo_story_side(told->sides[s].session);
        weir_demo_story_window(told->sides[s].session, &told->sides[s].player.frame);
    }
    ask(told, now_s);
    weir_demo_due(script->actions, script->action_count, told->since_s, now_s, &answer);
    for (int w = 0; w < answer.count; w++)
        weir_demo_story_wish(told->sides[0].session, &answer.wishes[w], now_s);
    fflush(stdout);
    if (script->speed > 0)
        rest((now_s - fmax(told->since_s, 0)) / script->speed);
    told->since_s = now_s;
    for (int s = 0; s < told->count; s++) {
        struct weir_demo_answer own = {0}; /* the policy is the first one's */
        for (int w = 0; w < answer.count; w++)
            if (s == 0 || answer.wishes[w].kind != WEIR_WISH_POLICY) {
                own.wishes[own.count++] = answer.wishes[w];
                weir_demo_session_wish(told->sides[s].session, &answer.wishes[w]);
            }
        told->sides[s].holds = false;
        weir_demo_player_answer(&told->sides[s].player, &own);
    }
}

static void tell_end(struct told *told)
{
    struct weir_text text = {0};
    if (told->ask.state == WEIR_DEMO_WAITING) {
        weir_demo_ask_tell(&told->ask, told->sides[0].session, told->sides[0].player.frame.time_s, &text);
        weir_demo_story_say("!!!!!!", &text);
    }
    for (int s = 0; s < told->count; s++) {
        if (told->count > 1)
            weir_demo_story_side(told->sides[s].session);
        weir_demo_story_end(told->sides[s].session, &told->sides[s].player.end);
    }
}

int weir_demo_tell(struct weir_demo_session *sessions, int count, const struct weir_demo_script *script, bool *finished)
{
    struct told told = {.count = count, .script = script, .since_s = -1, .ask = {.ahead_s = script->ask_s}};
    int code = WEIR_OK, begun = 0;
    for (; begun < count && code == WEIR_OK; begun++) {
        told.sides[begun] = (struct weir_demo_side){.session = &sessions[begun]};
        code = weir_demo_side_begin(&told.sides[begun]);
    }
    if (code == WEIR_OK)
        weir_demo_story_begin(&sessions[0]);
    while (code == WEIR_OK && !*finished && !weir_demo_interrupted()) {
        bool over = true;
        for (int s = 0; s < count && code == WEIR_OK; s++) {
            code = wait_for(&told.sides[s]);
            over = over && told.sides[s].over;
        }
        *finished = code == WEIR_OK && over;
        if (code == WEIR_OK && !over && !weir_demo_interrupted())
            tell_window(&told);
    }
    if (*finished)
        tell_end(&told);
    for (int s = 0; s < begun; s++)
        weir_demo_side_stop(&told.sides[s]);
    return code;
}
