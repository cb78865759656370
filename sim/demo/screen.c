#include "sim/demo/screen.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/demo/screen_show.h"
#include "sim/demo/signals.h"
#include "sim/demo/story.h"

/* Keys and signals are looked at so often at least. */
#define LOOK_MS 200
/* A terminal that says it has keys and has none so often is gone. */
#define EMPTY_AT_MOST 20

static double wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void weir_demo_log(struct weir_demo_screen *screen, double time_s, const char *text)
{
    struct weir_demo_logged *line = &screen->log[screen->log_count++ % WEIR_DEMO_LOG];
    line->time_s = time_s;
    snprintf(line->text, sizeof line->text, "%s", text);
}

bool weir_demo_over(const struct weir_demo_screen *screen)
{
    bool over = true;
    for (int s = 0; s < screen->side_count; s++)
        over = over && screen->sides[s].over;
    return over;
}

static void log_events(struct weir_demo_screen *screen)
{
    const struct weir_demo_frame *frame = &screen->sides[0].player.frame;
    for (int e = 0; e < frame->event_count; e++) {
        struct weir_text text = {0};
        if (weir_demo_is_note(&frame->events[e]) && !screen->sides[0].session->notes)
            continue;
        weir_demo_event_say(&frame->events[e], &text);
        weir_demo_log(screen, frame->events[e].time_s, weir_text_string(&text));
        weir_text_fini(&text);
    }
}

int screen_begin(struct show *show)
{
    struct weir_demo_screen *screen = &show->screen;
    int code = WEIR_OK;
    screen->log_count = screen->back = 0;
    *screen->said = '\0';
    screen->ask.state = WEIR_DEMO_SILENT;
    show->since_s = -1;
    show->answer.count = 0;
    for (int s = 0; s < screen->side_count && code == WEIR_OK; s++)
        code = weir_demo_side_begin(&screen->sides[s]);
    return code;
}

void screen_wish(struct show *show, struct weir_demo_wish wanted)
{
    struct weir_demo_answer *answer = &show->answer;
    struct weir_demo_screen *screen = &show->screen;
    int w = 0;
    while (w < answer->count && (answer->wishes[w].kind != wanted.kind || answer->wishes[w].target != wanted.target))
        w++;
    if (w == WEIR_WISHES || weir_demo_over(screen))
        return;
    if (w == answer->count)
        answer->count++;
    answer->wishes[w] = wanted;
    for (int s = 0; s < (wanted.kind == WEIR_WISH_POLICY ? 1 : screen->side_count); s++)
        weir_demo_session_wish(screen->sides[s].session, &wanted);
}

void screen_ask(struct show *show)
{
    struct weir_demo_screen *screen = &show->screen;
    struct weir_text text = {0};
    if (weir_demo_over(screen) || !screen->sides[0].holds)
        return;
    if (!(screen->ask.ahead_s > 0))
        screen->ask.ahead_s = 12 * screen->sides[0].session->scenario->window_s;
    screen->paused = true;
    screen->back = 0;
    weir_demo_ask_begin(&screen->ask, screen->sides[0].session, screen->sides[0].player.frame.time_s, &text);
    snprintf(screen->said, WEIR_DEMO_LINE, "?  %s", weir_text_string(&text));
    weir_text_fini(&text);
}

/* Tells what happened, once the time asked about has come. */
static void answer_question(struct show *show)
{
    struct weir_demo_screen *screen = &show->screen;
    struct weir_text text = {0};
    weir_demo_ask_tell(&screen->ask, screen->sides[0].session, screen->sides[0].player.frame.time_s, &text);
    snprintf(screen->said, WEIR_DEMO_LINE, "!  %s", weir_text_string(&text));
    weir_demo_log(screen, screen->sides[0].player.frame.time_s, screen->said);
    weir_text_fini(&text);
    screen->paused = true;
}

/* Takes the keys that are there. */
static void read_keys(struct show *show, bool said)
{
    int key, count = 0;
    while (!show->quit && (key = getch()) != ERR) {
        screen_key(show, key);
        count++;
    }
    show->empty = said && !count ? show->empty + 1 : 0;
    show->quit |= show->empty > EMPTY_AT_MOST;
}

/* The window on the screen has been seen for long enough: on to the next one. */
static void go_on(struct show *show)
{
    struct weir_demo_screen *screen = &show->screen;
    double now_s = screen->sides[0].player.frame.time_s;
    struct weir_demo_answer scripted = {0};
    weir_demo_due(show->script->actions, show->script->action_count, show->since_s, now_s, &scripted);
    for (int w = 0; w < scripted.count; w++)
        screen_wish(show, scripted.wishes[w]);
    for (int w = 0; w < show->answer.count; w++) {
        struct weir_text text = {0};
        weir_text_add(&text, ">> ");
        weir_demo_wish_say(screen->sides[0].session, &show->answer.wishes[w], &text);
        weir_demo_log(screen, now_s, weir_text_string(&text));
        weir_text_fini(&text);
    }
    for (int s = 0; s < screen->side_count; s++) {
        struct weir_demo_answer answer = {0}; /* the policy is the first side's */
        for (int w = 0; w < show->answer.count; w++)
            if (s == 0 || show->answer.wishes[w].kind != WEIR_WISH_POLICY)
                answer.wishes[answer.count++] = show->answer.wishes[w];
        if (screen->sides[s].holds)
            weir_demo_player_answer(&screen->sides[s].player, &answer);
        screen->sides[s].holds = false;
    }
    show->answer.count = 0;
    show->since_s = now_s;
    show->step = false;
}

/* Whether all runs that go on stand at the end of a window. */
static bool all_hold(const struct weir_demo_screen *screen)
{
    bool any = false;
    for (int s = 0; s < screen->side_count; s++) {
        if (!screen->sides[s].holds && !screen->sides[s].over)
            return false;
        any |= screen->sides[s].holds;
    }
    return any;
}

/* Milliseconds until the next window is due; -1: nothing is. */
static double due_ms(const struct show *show)
{
    const struct weir_demo_screen *screen = &show->screen;
    if (!all_hold(screen) || (screen->paused && !show->step))
        return -1;
    if (show->step || show->since_s < 0)
        return 0;
    double past_s = screen->sides[0].player.frame.time_s - show->since_s;
    return fmax(0, 1e3 * (show->came_s + past_s / screen->speed - wall_s()));
}

/* All sides have come to the end of a window. */
static void see_window(struct show *show)
{
    struct weir_demo_screen *screen = &show->screen;
    double now_s = screen->sides[0].player.frame.time_s;
    show->came_s = wall_s();
    if (weir_demo_ask_due(&screen->ask, now_s)) {
        answer_question(show);
    } else if (weir_demo_stops(show->script, show->since_s, now_s)) {
        screen->paused = true;
        if (show->script->ask_s > 0)
            screen_ask(show);
    }
}

static void take(struct show *show, struct weir_demo_side *side, enum weir_demo_heard heard)
{
    struct weir_demo_screen *screen = &show->screen;
    if (heard == WEIR_DEMO_FRAME) {
        weir_demo_side_take(side);
        if (side == &screen->sides[0])
            log_events(screen);
        if (all_hold(screen))
            see_window(show);
    } else if (heard == WEIR_DEMO_END) {
        side->over = true;
        if (side->player.end.code != WEIR_OK) {
            show->code = weir_error(side->player.end.code, "%s", side->player.end.message);
            show->quit = true;
        } else if (weir_demo_over(screen) && screen->ask.state == WEIR_DEMO_WAITING) {
            answer_question(show);
        }
    }
}

/* The side whose run is under way between two windows; NULL: all stand still or are over. */
static struct weir_demo_side *moving(struct weir_demo_screen *screen)
{
    for (int s = 0; s < screen->side_count; s++)
        if (!screen->sides[s].holds && !screen->sides[s].over)
            return &screen->sides[s];
    return screen->sides[0].over ? NULL : &screen->sides[0];
}

static void hear(struct show *show, int at_most_ms)
{
    struct weir_demo_side *side = moving(&show->screen);
    struct weir_demo_player none = {.words = -1};
    enum weir_demo_heard heard = weir_demo_player_hear(side ? &side->player : &none, at_most_ms, STDIN_FILENO);
    read_keys(show, heard == WEIR_DEMO_KEY);
    if (!show->quit && side)
        take(show, side, heard);
}

static void loop(struct show *show)
{
    while (!show->quit && !weir_demo_interrupted()) {
        weir_demo_draw(&show->screen);
        double due = due_ms(show);
        if (due == 0)
            go_on(show);
        hear(show, due > 0 && due < LOOK_MS ? (int)ceil(due) : LOOK_MS);
    }
}

/* ncurses on this terminal. */
static void begin_terminal(SCREEN *terminal, struct weir_demo_screen *screen)
{
    set_term(terminal);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(50);
    curs_set(0);
    weir_demo_draw_begin(screen);
}

int weir_demo_screen_run(struct weir_demo_session *sessions, int count, const struct weir_demo_script *script,
                         bool *no_terminal, bool *finished)
{
    struct show *show = weir_alloc(1, sizeof *show);
    struct weir_demo_screen *screen = &show->screen;
    screen->side_count = count;
    for (int s = 0; s < count; s++)
        screen->sides[s] = (struct weir_demo_side){.session = &sessions[s]};
    screen->speed = script->speed > 0 ? script->speed : 2 * sessions[0].scenario->window_s;
    screen->ask.ahead_s = script->ask_s;
    show->script = script;
    setlocale(LC_CTYPE, "");
    screen->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    SCREEN *terminal = newterm(NULL, stdout, stdin);
    *no_terminal = !terminal;
    int code = WEIR_OK;
    if (!terminal)
        goto out;
    begin_terminal(terminal, screen);
    code = screen_begin(show);
    if (code == WEIR_OK) {
        loop(show);
        code = show->code;
        *finished = weir_demo_over(screen);
    }
    for (int s = 0; s < count; s++)
        weir_demo_side_stop(&screen->sides[s]);
    endwin();
    delscreen(terminal);
out:
    setlocale(LC_CTYPE, "C");
    free(show);
    return code;
}
