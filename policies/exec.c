/* A policy in another language: a program that gets each event as a line of JSON and answers with one. */
#include "sim/api/policy.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "policies/pipe/message.h"
#include "policies/pipe/process.h"
#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"

/* Time that the program has to end by itself at the end of a run. */
#define PATIENCE_S 2.0

struct exec {
    const char *command;
    double timeout_s;
    const char *folder;
    const char *params;
    bool routes, route;
    int descriptor;
    const char *fields;

    bool *wanted; /* of the view's fields; NULL: all */
    unsigned long long seed;
    char *stream;
    struct weir_process process;
    bool begun;    /* an event has been sent */
    char *failure; /* of an event that cannot report it: the next one does */
};

static const struct weir_param params[] = {
    WEIR_PARAM_ROW(struct exec, "exec", WEIR_PARAM_STRING, WEIR_UNIT_NONE, command, "", 0, 0,
                   "The command, as a shell takes it."),
    WEIR_PARAM_ROW(struct exec, "timeout", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, timeout_s, "10s", 1e-3, 1e9,
                   "Real time that an answer may take."),
    WEIR_PARAM_ROW(
        struct exec, "folder", WEIR_PARAM_STRING, WEIR_UNIT_NONE, folder, "", 0, 0,
        "Folder that the command runs in; else that of the scenario, or the present one on the command line."),
    WEIR_PARAM_ROW(struct exec, "params", WEIR_PARAM_STRING, WEIR_UNIT_NONE, params, "{}", 0, 0,
                   "Object that is handed to the program in its first line."),
    WEIR_PARAM_ROW(struct exec, "routes", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, routes, "false", 0, 0,
                   "Whether the first event has latency and bandwidth between all pairs of hosts."),
    WEIR_PARAM_ROW(struct exec, "route", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, route, "false", 0, 0,
                   "Whether the program is asked about each item that has a choice of instances."),
    WEIR_PARAM_ROW(
        struct exec, "descriptor", WEIR_PARAM_INT, WEIR_UNIT_NONE, descriptor, "-1", -1, 1000000,
        "In place of `exec`: the number of a socket that weir was started with, at whose other end a program "
        "answers. For one run only."),
    WEIR_PARAM_ROW(
        struct exec, "fields", WEIR_PARAM_STRING, WEIR_UNIT_NONE, fields, "", 0, 0,
        "Fields of the view that are sent, such as \"job.backlog,operator.busy\", beside names and times; all if "
        "empty. Fewer are quicker to read."),
    {0},
};

/* The program is started with the first event: a check of a scenario runs no programs. */
static int create(void *state, const struct weir_policy_env *env)
{
    struct exec *self = state;
    struct weir_json_doc *doc = NULL;
    struct stat info;
    if (self->descriptor >= 0 && *self->command)
        return weir_error(WEIR_EINPUT, "\"exec\" starts a program and \"descriptor\" goes to one that runs; keep one");
    if (self->descriptor >= 0)
        self->command = "the program at the socket";
    if (!*self->command)
        return weir_error(WEIR_EINPUT, "\"exec\" must be a command, such as {\"exec\": \"python3 mine.py\"}");
    if (*self->folder && (stat(self->folder, &info) != 0 || !S_ISDIR(info.st_mode)))
        return weir_error(WEIR_EINPUT, "\"folder\": %s is no folder", self->folder);
    int code = weir_pipe_read_fields(self->fields, &self->wanted);
    if (!code)
        code = weir_json_parse(self->params, "\"params\"", &doc);
    if (code)
        return code;
    struct weir_json root = weir_json_root(doc);
    if (!weir_json_is_object(&root))
        code = weir_error(WEIR_EINPUT, "\"params\" must be an object, such as {\"high\": 0.7}");
    weir_json_free(doc);
    self->seed = env->seed;
    self->stream = weir_copy(env->stream);
    return code;
}

/* One line of text whatever was given. */
static char *one_line(const char *json)
{
    struct weir_json_doc *doc = NULL;
    if (weir_json_parse(json, "\"params\"", &doc))
        return weir_copy("{}");
    struct weir_json root = weir_json_root(doc);
    char *text = weir_json_print(&root);
    weir_json_free(doc);
    return text;
}

/* The program is started with the first event. Begins what is sent with that. */
static int begin(struct exec *self, struct weir_text *text)
{
    if (self->failure)
        return weir_error(WEIR_ERUN, "%s", self->failure);
    if (self->begun)
        return WEIR_OK;
    if (weir_code_refused() && self->descriptor < 0)
        return weir_error(WEIR_ERUN, "%s: is a program of its own, which %s refuses", self->command, WEIR_NO_CODE);
    char *given = one_line(self->params);
    weir_pipe_add_hello(text, self->seed, self->stream, given);
    free(given);
    if (self->descriptor >= 0)
        return weir_process_attach(&self->process, self->descriptor);
    return weir_process_start(&self->process, self->command, self->folder);
}

/* After a failure the program is ended. */
static int end(struct exec *self, struct weir_text *text, int code)
{
    weir_text_fini(text);
    if (code && !self->failure) {
        char *said = self->process.running ? weir_process_said(&self->process, self->command) : weir_copy("");
        weir_error(code, "%s: %s%s%s", self->command, weir_error_message(), *said ? "; it wrote last: " : "", said);
        free(said);
        self->failure = weir_copy(weir_error_message());
        weir_process_stop(&self->process, NULL, 0);
    }
    return code;
}

/* Sends the event and carries the answer into the plan. */
static int ask(struct exec *self, const char *event, int job, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_text text = {0};
    const char *answer;
    int code = begin(self, &text);
    if (!code) {
        weir_pipe_add_event(&text, event, job, view, plan, self->routes && !self->begun, self->wanted);
        self->begun = true;
        code = weir_process_ask(&self->process, weir_text_string(&text), text.length, self->timeout_s, &answer);
    }
    if (!code)
        code = weir_pipe_read_answer(answer, view, plan);
    return end(self, &text, code);
}

static int route(void *state, const struct weir_view *view, struct weir_routing *item)
{
    struct exec *self = state;
    struct weir_text text = {0};
    const char *answer;
    int code = begin(self, &text);
    if (!code) {
        weir_pipe_add_item(&text, view, item);
        self->begun = true;
        code = weir_process_ask(&self->process, weir_text_string(&text), text.length, self->timeout_s, &answer);
    }
    if (!code)
        code = weir_pipe_read_choice(answer, item);
    return end(self, &text, code);
}

static bool wants_items(const void *state)
{
    return ((const struct exec *)state)->route;
}

static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    return ask(state, "job_arrives", job, view, plan);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    return ask(state, "window_ends", -1, view, plan);
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    ask(state, "job_departs", job, view, NULL);
}

static void destroy(void *state)
{
    struct exec *self = state;
    /* One line is a program that answers everything; more are answers that came twice, each taken for the next one's.
     */
    int lines = weir_process_stop(&self->process, "{\"event\":\"end\"}\n", PATIENCE_S);
    if (lines > 1)
        weir_error(WEIR_ERUN, "%s: the program answered more often than it was asked: %d lines were left",
                   self->command, lines);
    free(self->stream);
    free(self->failure);
    free(self->wanted);
}

const struct weir_policy weir_policy_exec = {
    .abi = WEIR_POLICY_ABI,
    .name = "exec",
    .summary = "Asks a program in any language, over a pipe, with one line of JSON each way.",
    .source = "",
    .state_size = sizeof(struct exec),
    .params = params,
    .create = create,
    .job_arrives = job_arrives,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
    .route = route,
    .routes = wants_items,
};
