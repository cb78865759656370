#include "sim/demo/demo.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/demo/player.h"
#include "sim/demo/screen.h"
#include "sim/demo/signals.h"
#include "sim/demo/story.h"
#include "sim/experiment/shipped.h"

/* The files of a demo in a folder of their own, gone when it is over. */
struct place {
    const struct weir_demo_info *demo;
    char folder[64];
};

static int unpack(struct place *place, char **path)
{
    const char *temporary = getenv("TMPDIR");
    if (!temporary || !*temporary || strlen(temporary) > 40)
        temporary = "/tmp";
    snprintf(place->folder, sizeof place->folder, "%s/weir-demo-XXXXXX", temporary);
    if (!mkdtemp(place->folder)) {
        int reason = errno;
        char *wanted = weir_copy(place->folder);
        *place->folder = '\0';
        weir_error(WEIR_EINPUT, "%s: cannot make a folder: %s", wanted, strerror(reason));
        free(wanted);
        return WEIR_EINPUT;
    }
    return weir_demo_write(place->demo, place->folder, true, path);
}

static void clear(const struct place *place)
{
    for (const struct weir_demo_file *file = *place->folder ? place->demo->files : NULL; file && file->name; file++) {
        char *path = weir_format("%s/%s", place->folder, file->name);
        unlink(path);
        free(path);
    }
    if (*place->folder)
        rmdir(place->folder);
}

/* What is neither a demo nor a scenario: after the error of looking for one. */
static int unknown(const char *what)
{
    const char *names[16];
    size_t count = 0;
    char quoted[WEIR_QUOTE_SIZE];
    for (const struct weir_demo_info *demo = weir_demos; demo->name && count < 16; demo++)
        names[count++] = demo->name;
    const char *near = weir_nearest(what, names, count);
    if (near)
        return weir_error(WEIR_EUSAGE, "demo: there is no demo %s; did you mean \"%s\"?", weir_quote(what, quoted),
                          near);
    return weir_error_context("demo: there is no demo of that name (`weir help demo` lists them)");
}

/* The path of the scenario, owned. */
static int find_scenario(const struct weir_demo_options *options, struct place *place, char **path)
{
    *path = weir_shipped_here(NULL, options->what);
    if (*path)
        return WEIR_OK;
    place->demo = weir_demo_find(options->what);
    if (place->demo)
        return unpack(place, path);
    if (weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, NULL, options->what, path) == WEIR_OK)
        return WEIR_OK;
    return unknown(options->what);
}

static int read_scenario(const struct weir_demo_options *options, const char *path, struct weir_scenario **scenario)
{
    size_t count = 0;
    while (options->sets && options->sets[count])
        count++;
    const char **sets = weir_alloc(count + 2, sizeof *sets);
    for (size_t s = 0; s < count; s++)
        sets[s] = options->sets[s];
    char *until = options->until_s > 0 ? weir_format("duration=%.17gs", options->until_s) : NULL;
    sets[count] = until;
    int code = weir_scenario_read(path, sets, scenario);
    free(until);
    free(sets);
    return code;
}

static int find_job(const struct weir_scenario *scenario, const char *name, int *job)
{
    size_t count = (size_t)scenario->workload->job_count;
    const char **names = weir_alloc(count, sizeof *names);
    char quoted[WEIR_QUOTE_SIZE];
    int code = WEIR_OK;
    *job = -1;
    for (size_t j = 0; j < count; j++) {
        names[j] = scenario->workload->jobs[j].name;
        if (strcmp(names[j], name) == 0)
            *job = (int)j;
    }
    if (*job < 0) {
        const char *near = weir_nearest(name, names, count);
        weir_quote(name, quoted);
        code = near ? weir_error(WEIR_EUSAGE, "--job: there is no job %s; did you mean \"%s\"?", quoted, near)
                    : weir_error(WEIR_EUSAGE, "--job: there is no job %s in the scenario", quoted);
    }
    free(names);
    return code;
}

/* Takes the scenario's stacks over, and adds that of --policy. */
static int take_stacks(const struct weir_demo_options *options, struct weir_scenario *scenario,
                       struct weir_demo_session *session)
{
    session->stacks = scenario->stacks;
    session->stack_count = scenario->stack_count;
    scenario->stacks = NULL;
    scenario->stack_count = 0;
    for (int s = 0; options->policy && s < session->stack_count; s++)
        if (strcmp(session->stacks[s].label, options->policy) == 0) {
            session->first_stack = s;
            return WEIR_OK;
        }
    if (!options->policy)
        return WEIR_OK;
    struct weir_stack stack = {0};
    int code = weir_stack_parse(options->policy, &stack);
    if (code != WEIR_OK) {
        weir_stack_fini(&stack);
        return code;
    }
    session->stacks = weir_resize(session->stacks, (size_t)session->stack_count + 1, sizeof *session->stacks);
    session->stacks[session->first_stack = session->stack_count++] = stack;
    return WEIR_OK;
}

static int open_session(const struct weir_demo_options *options, const struct place *place,
                        struct weir_scenario *scenario, struct weir_demo_session *session)
{
    const struct weir_platform *platform = scenario->platform;
    const char *link = place->demo ? place->demo->link : NULL;
    session->title = place->demo ? place->demo->name : scenario->name;
    session->scenario = scenario;
    session->catalog = options->catalog;
    session->seed = options->has_seed ? options->seed : scenario->seeds[0];
    session->home_link = -1;
    for (size_t l = 0; link && l < platform->link_count; l++)
        if (strcmp(platform->links[l].name, link) == 0)
            session->home_link = (int)l;
    int code = take_stacks(options, scenario, session);
    for (int s = 0; s < session->stack_count && code == WEIR_OK; s++)
        code = weir_stack_check(&session->stacks[s], options->catalog);
    if (code == WEIR_OK && options->job)
        code = find_job(scenario, options->job, &session->job);
    return code;
}

static int read_actions(const struct weir_demo_options *options, struct weir_demo_session *session,
                        struct weir_demo_action **actions, int *count)
{
    *count = 0;
    for (const char **text = options->dos; text && *text; text++) {
        *actions = weir_resize(*actions, (size_t)*count + 1, sizeof **actions);
        int code = weir_demo_action_read(session, *text, &(*actions)[*count]);
        if (code != WEIR_OK)
            return code;
        int together = 0; /* those of one window are sent in one answer */
        double window_s = session->scenario->window_s;
        for (int a = 0; a <= *count; a++)
            together += ceil((*actions)[a].at_s / window_s) == ceil((*actions)[*count].at_s / window_s);
        if (together > WEIR_WISHES)
            return weir_error(WEIR_EUSAGE, "--do: more than %d actions in one window of %g s", WEIR_WISHES, window_s);
        (*count)++;
    }
    return WEIR_OK;
}

/* Lets so much real time pass, unless a signal comes. */
static void rest(double time_s)
{
    struct timespec time = {.tv_sec = (time_t)time_s, .tv_nsec = (long)(1e9 * (time_s - floor(time_s)))};
    if (time_s > 0 && !weir_demo_interrupted())
        nanosleep(&time, NULL);
}

/* Tells the run as text, as fast as it goes or at a speed. */
static int tell(struct weir_demo_session *session, const struct weir_demo_action *actions, int count, double speed)
{
    struct weir_demo_player player;
    double since_s = -1;
    int code = weir_demo_player_start(&player, session);
    if (code != WEIR_OK)
        return code;
    weir_demo_story_begin(session);
    for (enum weir_demo_heard heard; !weir_demo_interrupted();) {
        heard = weir_demo_player_hear(&player, -1, -1);
        if (heard == WEIR_DEMO_END)
            break;
        if (heard != WEIR_DEMO_FRAME)
            continue;
        const struct weir_demo_frame *frame = &player.frame;
        struct weir_demo_answer answer = {0};
        weir_demo_session_see(session, frame);
        weir_demo_story_window(session, frame);
        weir_demo_due(actions, count, since_s, frame->time_s, &answer);
        for (int w = 0; w < answer.count; w++) {
            weir_demo_session_wish(session, &answer.wishes[w]);
            weir_demo_story_wish(session, &answer.wishes[w], frame->time_s);
        }
        fflush(stdout);
        if (speed > 0)
            rest((frame->time_s - fmax(since_s, 0)) / speed);
        since_s = frame->time_s;
        weir_demo_player_answer(&player, &answer);
    }
    if (!weir_demo_interrupted() && player.end.code != WEIR_OK)
        code = weir_error(player.end.code, "%s", player.end.message);
    else if (!weir_demo_interrupted())
        weir_demo_story_end(session, &player.end);
    weir_demo_player_stop(&player);
    return code;
}

/* On the terminal if there is one, else as text. */
static int show(const struct weir_demo_options *options, struct weir_demo_session *session,
                const struct weir_demo_action *actions, int count)
{
    const char *why = NULL;
    weir_demo_session_reset(session);
    if (options->text)
        return tell(session, actions, count, options->speed);
    if (weir_demo_screen_fits(&why)) {
        bool no_terminal;
        int code = weir_demo_screen_run(session, actions, count, options->speed, &no_terminal);
        if (!no_terminal)
            return code;
        why = "this terminal (TERM) is not known";
    }
    if (!options->quiet)
        fprintf(stderr, "weir: demo: %s, so the story is told as text (--no-tty)\n", why);
    return tell(session, actions, count, options->speed);
}

int weir_demo_run(const struct weir_demo_options *options, bool *interrupted)
{
    struct weir_demo_signals signals;
    struct place place = {0};
    struct weir_scenario *scenario = NULL;
    struct weir_demo_session session = {0};
    struct weir_demo_action *actions = NULL;
    char *path = NULL;
    int count = 0;

    weir_demo_signals_begin(&signals);
    int code = find_scenario(options, &place, &path);
    if (code == WEIR_OK)
        code = read_scenario(options, path, &scenario);
    if (code == WEIR_OK)
        code = open_session(options, &place, scenario, &session);
    if (code == WEIR_OK)
        code = read_actions(options, &session, &actions, &count);
    if (code == WEIR_OK)
        code = show(options, &session, actions, count);
    free(actions);
    weir_demo_session_fini(&session);
    weir_scenario_free(scenario);
    free(path);
    clear(&place);
    *interrupted = weir_demo_interrupted();
    weir_demo_signals_end(&signals);
    return code;
}
