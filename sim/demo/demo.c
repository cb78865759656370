#include "sim/demo/demo.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/demo/screen.h"
#include "sim/demo/signals.h"
#include "sim/demo/tell.h"
#include "sim/experiment/files.h"
#include "sim/experiment/run_folder.h"
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
    session->notes = options->notes;
    session->truth = options->truth;
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
                        struct weir_demo_script *script)
{
    struct weir_demo_action **actions = &script->actions;
    int *count = &script->action_count;
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

static int read_pauses(const struct weir_demo_options *options, const struct weir_scenario *scenario,
                       struct weir_demo_script *script)
{
    int count = 0;
    while (options->pauses_s && options->pauses_s[count] >= 0)
        count++;
    script->pauses_s = weir_alloc((size_t)count + 1, sizeof *script->pauses_s);
    for (; script->pause_count < count; script->pause_count++) {
        script->pauses_s[script->pause_count] = options->pauses_s[script->pause_count];
        if (script->pauses_s[script->pause_count] >= scenario->duration_s)
            return weir_error(WEIR_EUSAGE, "--pause: the run is over by %g s; it ends at %g s",
                              script->pauses_s[script->pause_count], scenario->duration_s);
    }
    script->ask_s = options->ask_s;
    script->speed = options->speed;
    return WEIR_OK;
}

/* A second session of the same scenario, which begins with another policy and has nothing of its own but its past. */
static int open_beside(const struct weir_demo_options *options, struct weir_demo_session *sessions, int *count)
{
    *count = 1;
    if (!options->beside)
        return WEIR_OK;
    int stack, code = weir_demo_stack_find(&sessions[0], options->beside, &stack);
    if (code != WEIR_OK)
        return weir_error_context("--beside");
    sessions[1] = sessions[0];
    sessions[1].first_stack = stack;
    *count = 2;
    return WEIR_OK;
}

/* Where the runs leave their results: a run alone in the folder itself, two as a comparison has them. */
static void place_results(const struct weir_demo_options *options, struct weir_demo_session *sessions, int count)
{
    for (int s = 0; s < count && options->output; s++) {
        char *label = weir_file_name(sessions[s].stacks[sessions[s].first_stack].label);
        sessions[s].output = count == 1 ? weir_copy(options->output)
                                        : weir_format("%s/runs/%s/seed-%llu", options->output, label, sessions[s].seed);
        free(label);
    }
}

/* On the terminal if there is one, else as text. */
static int show(const struct weir_demo_options *options, struct weir_demo_session *sessions, int count,
                const struct weir_demo_script *script, bool *finished)
{
    const char *why = NULL;
    if (options->text)
        return weir_demo_tell(sessions, count, script, finished);
    if (weir_demo_screen_fits(&why)) {
        bool no_terminal;
        int code = weir_demo_screen_run(sessions, count, script, &no_terminal, finished);
        if (!no_terminal)
            return code;
        why = "this terminal (TERM) is not known";
    }
    if (!options->quiet)
        fprintf(stderr, "weir: demo: %s, so the story is told as text (--no-tty)\n", why);
    return weir_demo_tell(sessions, count, script, finished);
}

/* What unfinished runs have left. */
static void end_sessions(struct weir_demo_session *sessions, int count)
{
    for (int s = count - 1; s >= 0; s--) {
        if (sessions[s].output)
            weir_run_remove_partial(sessions[s].output);
        free(sessions[s].output);
        if (s)
            sessions[s].stacks = NULL, sessions[s].stack_count = 0; /* they are the first's */
        weir_demo_session_fini(&sessions[s]);
    }
}

int weir_demo_run(const struct weir_demo_options *options, bool *interrupted, bool *finished)
{
    struct weir_demo_signals signals;
    struct place place = {0};
    struct weir_scenario *scenario = NULL;
    struct weir_demo_session sessions[2] = {0};
    struct weir_demo_script script = {0};
    char *path = NULL;
    int count = 1;

    *finished = false;
    weir_demo_signals_begin(&signals);
    int code = find_scenario(options, &place, &path);
    if (code == WEIR_OK)
        code = read_scenario(options, path, &scenario);
    if (code == WEIR_OK)
        code = open_session(options, &place, scenario, &sessions[0]);
    if (code == WEIR_OK)
        code = read_actions(options, &sessions[0], &script);
    if (code == WEIR_OK)
        code = read_pauses(options, scenario, &script);
    if (code == WEIR_OK)
        code = open_beside(options, sessions, &count);
    if (code == WEIR_OK) {
        place_results(options, sessions, count);
        code = show(options, sessions, count, &script, finished);
    }
    free(script.actions);
    free(script.pauses_s);
    end_sessions(sessions, count);
    weir_scenario_free(scenario);
    free(path);
    clear(&place);
    *interrupted = weir_demo_interrupted();
    weir_demo_signals_end(&signals);
    return code;
}
