/* What keys do. */
#include <math.h>
#include <ncurses.h>
#include <stdio.h>

#include "sim/base/error.h"
#include "sim/demo/screen_show.h"

#define CTRL_L 12

static struct weir_demo_session *session_of(const struct show *show)
{
    return show->screen.sides[0].session;
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
    double factor = next_factor(list, sizeof list / sizeof *list, session_of(show)->load, up);
    screen_wish(show, (struct weir_demo_wish){.kind = WEIR_WISH_LOAD, .target = -1, .factor = factor});
}

static void change_link(struct show *show, bool up)
{
    static const double list[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};
    if (weir_scenario_fixed_links(session_of(show)->scenario)) {
        snprintf(show->screen.said, WEIR_DEMO_LINE, "bandwidths cannot change under this network model");
        return;
    }
    double factor = next_factor(list, sizeof list / sizeof *list, session_of(show)->link, up);
    int link = session_of(show)->home_link;
    screen_wish(show, (struct weir_demo_wish){.kind = WEIR_WISH_LINK, .target = link, .factor = factor});
}

static void next_job(struct show *show)
{
    const struct weir_demo_session *session = session_of(show);
    int job = (session->job + 1) % session->scenario->workload->job_count;
    for (int s = 0; s < show->screen.side_count; s++)
        weir_demo_side_look(&show->screen.sides[s], job);
}

/* One window back or on; what was is shown while the run stands still. */
static void move_back(struct show *show, int by)
{
    struct weir_demo_screen *screen = &show->screen;
    int most = screen->sides[0].frame_count - 1;
    screen->paused = true;
    screen->back = screen->back + by < 0 ? 0 : screen->back + by > most ? most : screen->back + by;
}

static void begin_anew(struct show *show)
{
    for (int s = 0; s < show->screen.side_count; s++)
        weir_demo_player_stop(&show->screen.sides[s].player);
    if (screen_begin(show) != WEIR_OK) {
        show->code = weir_error_code();
        show->quit = true;
    }
}

/* The next policy, of the first run alone if there are two. */
static void next_policy(struct show *show)
{
    const struct weir_demo_session *session = session_of(show);
    screen_wish(show, (struct weir_demo_wish){.kind = WEIR_WISH_POLICY,
                                              .target = -1,
                                              .stack = (session->stack + 1) % session->stack_count});
}

static void toggle(struct show *show, int key)
{
    for (int s = 0; s < show->screen.side_count; s++) {
        struct weir_demo_session *session = show->screen.sides[s].session;
        if (key == 't')
            session->truth = !session->truth;
        else
            session->notes = !session->notes;
    }
}

static void guess(struct show *show, int key)
{
    struct weir_demo_screen *screen = &show->screen;
    if (screen->ask.state != WEIR_DEMO_ASKING)
        return;
    weir_demo_ask_guess(&screen->ask, key == '1'   ? WEIR_DEMO_LOWER
                                      : key == '2' ? WEIR_DEMO_ABOUT_SAME
                                      : key == '3' ? WEIR_DEMO_HIGHER
                                                   : WEIR_DEMO_NO_ANSWER);
    screen->paused = false;
    screen->back = 0;
    *screen->said = '\0';
}

static void next_link(struct weir_demo_session *session)
{
    session->home_link++;
    if (session->home_link == (int)session->scenario->platform->link_count)
        session->home_link = -1;
    session->link = 1; /* of that link nothing is known; the next key says */
}

void screen_key(struct show *show, int key)
{
    struct weir_demo_screen *screen = &show->screen;
    switch (key) {
    case ' ':
        if (screen->ask.state == WEIR_DEMO_ASKING) {
            guess(show, key);
            break;
        }
        screen->paused = !screen->paused;
        screen->back = 0;
        *screen->said = '\0';
        break;
    case 'n':
    case '.':
        if (screen->back) {
            move_back(show, -1);
            break;
        }
        screen->paused = show->step = true;
        *screen->said = '\0';
        break;
    case 'b':
    case ',':
        move_back(show, 1);
        break;
    case 'a':
        screen_ask(show);
        break;
    case '1':
    case '2':
    case '3':
        guess(show, key);
        break;
    case 't':
    case 'o':
        toggle(show, key);
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
        next_link(session_of(show));
        break;
    case 'p':
        next_policy(show);
        break;
    case '\t':
        next_job(show);
        break;
    case 'r':
        begin_anew(show);
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
