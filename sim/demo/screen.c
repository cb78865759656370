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
#include "sim/demo/screen_draw.h"
#include "sim/demo/signals.h"
#include "sim/demo/story.h"

/* Keys and signals are looked at so often at least. */
#define LOOK_MS 200
/* A terminal that says it has keys and has none so often is gone. */
#define EMPTY_AT_MOST 20
#define CTRL_L        12

static double wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The run on the screen: what is to be sent with the next answer, and when. */
struct show {
    struct weir_demo_screen screen;
    const struct weir_demo_action *actions;
    int action_count;
    struct weir_demo_answer answer;
    double since_s; /* of the last window but one, simulated */
    double came_s;  /* when the frame came, real */
    bool holds;     /* a frame that is not answered */
    bool step, quit;
    int empty;
    int code;
};

void weir_demo_log(struct weir_demo_screen *screen, double time_s, const char *text)
{
    snprintf(screen->log[screen->log_count++ % WEIR_DEMO_LOG], WEIR_DEMO_LINE, "%g s  %s", time_s, text);
}

static void see_events(struct weir_demo_screen *screen)
{
    const struct weir_demo_frame *frame = &screen->player.frame;
    bool decided = false;
    for (int e = 0; e < frame->event_count; e++) {
        struct weir_text text = {0};
        weir_demo_event_say(&frame->events[e], &text);
        weir_demo_log(screen, frame->events[e].time_s, weir_text_string(&text));
        if (frame->events[e].kind == WEIR_DEMO_DECIDED) {
            decided = true;
            snprintf(screen->policy_line, WEIR_DEMO_LINE, "%s", weir_text_string(&text));
        }
        weir_text_fini(&text);
    }
    if (!decided)
        snprintf(screen->policy_line, WEIR_DEMO_LINE, "%s: nothing to change",
                 screen->session->stacks[screen->session->stack].label);
}

static int begin(struct show *show)
{
    struct weir_demo_screen *screen = &show->screen;
    weir_demo_session_reset(screen->session);
    screen->over = false;
    screen->log_count = 0;
    *screen->policy_line = '\0';
    show->holds = false;
    show->since_s = -1;
    show->answer.count = 0;
    return weir_demo_player_start(&screen->player, screen->session);
}

/* A wish by key; one of the same kind and target that is not sent yet is replaced. */
static void wish(struct show *show, struct weir_demo_wish wanted)
{
    struct weir_demo_answer *answer = &show->answer;
    int w = 0;
    while (w < answer->count && (answer->wishes[w].kind != wanted.kind || answer->wishes[w].target != wanted.target))
        w++;
    if (w == WEIR_WISHES || show->screen.over)
        return;
    if (w == answer->count)
        answer->count++;
    answer->wishes[w] = wanted;
    weir_demo_session_wish(show->screen.session, &wanted);
}

/* The next factor of a list, up or down. */
static double next_factor(const double *list, int count, double now, bool up)
{
    int at = 0;
    if (up) {
        while (at < count - 1 && list[at] <= now * (1 + 1e-9))
            at++;
    } else {
        at = count - 1;
        while (at > 0 && list[at] >= now * (1 - 1e-9))
            at--;
    }
    return list[at];
}

static void change_load(struct show *show, bool up)
{
    static const double list[] = {0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6, 10};
    double factor = next_factor(list, sizeof list / sizeof *list, show->screen.session->load, up);
    wish(show, (struct weir_demo_wish){.kind = WEIR_WISH_LOAD, .target = -1, .factor = factor});
}

static void change_link(struct show *show, bool up)
{
    static const double list[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};
    if (weir_scenario_fixed_links(show->screen.session->scenario)) {
        snprintf(show->screen.policy_line, WEIR_DEMO_LINE, "bandwidths cannot change under this network model");
        return;
    }
    double factor = next_factor(list, sizeof list / sizeof *list, show->screen.session->link, up);
    int link = show->screen.session->home_link;
    wish(show, (struct weir_demo_wish){.kind = WEIR_WISH_LINK, .target = link, .factor = factor});
}

static void next_job(struct show *show)
{
    struct weir_demo_session *session = show->screen.session;
    session->job = (session->job + 1) % session->scenario->workload->job_count;
    session->past_count = 0; /* it was of the other job */
}

static void next_link(struct weir_demo_session *session)
{
    session->home_link++;
    if (session->home_link == (int)session->scenario->platform->link_count)
        session->home_link = -1;
    session->link = 1; /* of that link nothing is known; the next key says */
}

static void on_key(struct show *show, int key)
{
    struct weir_demo_screen *screen = &show->screen;
    struct weir_demo_session *session = screen->session;
    switch (key) {
    case ' ':
        screen->paused = !screen->paused;
        break;
    case 'n':
    case '.':
        screen->paused = show->step = true;
        break;
    case '+':
    case '=':
        screen->speed = fmin(2 * screen->speed, 1e6);
        break;
    case '-':
        screen->speed = fmax(screen->speed / 2, 0.01);
        break;
    case KEY_UP:
    case 'u':
        change_load(show, true);
        break;
    case KEY_DOWN:
    case 'd':
        change_load(show, false);
        break;
    case KEY_RIGHT:
    case ']':
        change_link(show, true);
        break;
    case KEY_LEFT:
    case '[':
        change_link(show, false);
        break;
    case 'l':
        next_link(session);
        break;
    case 'p':
        wish(show, (struct weir_demo_wish){
                       .kind = WEIR_WISH_POLICY, .target = -1, .stack = (session->stack + 1) % session->stack_count});
        break;
    case '\t':
        next_job(show);
        break;
    case 'r':
        weir_demo_player_stop(&screen->player);
        if (begin(show) != WEIR_OK) {
            show->code = weir_error_code();
            show->quit = true;
        }
        break;
    case '?':
    case 'h':
        screen->help = !screen->help;
        break;
    case CTRL_L:
        clearok(curscr, TRUE);
        break;
    case 'q':
        show->quit = true;
        break;
    default: /* a new size of the window, too: all is drawn again */
        break;
    }
}

/* Takes the keys that are there. */
static void read_keys(struct show *show, bool said)
{
    int key, count = 0;
    while (!show->quit && (key = getch()) != ERR) {
        on_key(show, key);
        count++;
    }
    show->empty = said && !count ? show->empty + 1 : 0;
    show->quit |= show->empty > EMPTY_AT_MOST;
}

/* The window on the screen has been seen for long enough: on to the next one. */
static void go_on(struct show *show)
{
    struct weir_demo_screen *screen = &show->screen;
    double now_s = screen->player.frame.time_s;
    struct weir_demo_answer scripted = {0};
    weir_demo_due(show->actions, show->action_count, show->since_s, now_s, &scripted);
    for (int w = 0; w < scripted.count; w++)
        wish(show, scripted.wishes[w]);
    for (int w = 0; w < show->answer.count; w++) {
        struct weir_text text = {0};
        weir_text_add(&text, ">> ");
        weir_demo_wish_say(screen->session, &show->answer.wishes[w], &text);
        weir_demo_log(screen, now_s, weir_text_string(&text));
        weir_text_fini(&text);
    }
    weir_demo_player_answer(&screen->player, &show->answer);
    show->answer.count = 0;
    show->since_s = now_s;
    show->holds = show->step = false;
}

/* Milliseconds until the next window is due; -1: nothing is. */
static double due_ms(const struct show *show)
{
    const struct weir_demo_screen *screen = &show->screen;
    if (!show->holds || (screen->paused && !show->step))
        return -1;
    if (show->step || show->since_s < 0)
        return 0;
    double wait_s = show->came_s + (screen->player.frame.time_s - show->since_s) / screen->speed - wall_s();
    return fmax(0, 1e3 * wait_s);
}

static void hear(struct show *show, int at_most_ms)
{
    struct weir_demo_screen *screen = &show->screen;
    enum weir_demo_heard heard = WEIR_DEMO_NOTHING;
    if (screen->over)
        heard = weir_demo_player_hear(&(struct weir_demo_player){.words = -1}, at_most_ms, STDIN_FILENO);
    else
        heard = weir_demo_player_hear(&screen->player, at_most_ms, STDIN_FILENO);
    read_keys(show, heard == WEIR_DEMO_KEY);
    if (show->quit)
        return;
    if (heard == WEIR_DEMO_FRAME) {
        weir_demo_session_see(screen->session, &screen->player.frame);
        see_events(screen);
        show->holds = true;
        show->came_s = wall_s();
    } else if (heard == WEIR_DEMO_END) {
        screen->over = true;
        if (screen->player.end.code != WEIR_OK) {
            show->code = weir_error(screen->player.end.code, "%s", screen->player.end.message);
            show->quit = true;
        }
    }
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

int weir_demo_screen_run(struct weir_demo_session *session, const struct weir_demo_action *actions, int count,
                         double speed, bool *no_terminal)
{
    struct show *show = weir_alloc(1, sizeof *show);
    show->screen.session = session;
    show->screen.speed = speed > 0 ? speed : 2 * session->scenario->window_s;
    show->actions = actions;
    show->action_count = count;
    setlocale(LC_CTYPE, "");
    show->screen.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    SCREEN *terminal = newterm(NULL, stdout, stdin);
    *no_terminal = !terminal;
    int code = WEIR_OK;
    if (!terminal)
        goto out;
    set_term(terminal);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(50);
    curs_set(0);
    weir_demo_draw_begin(&show->screen);
    code = begin(show);
    if (code == WEIR_OK) {
        loop(show);
        weir_demo_player_stop(&show->screen.player);
        code = show->code;
    }
    endwin();
    delscreen(terminal);
out:
    setlocale(LC_CTYPE, "C");
    free(show);
    return code;
}
