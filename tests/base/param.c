/* Parameter tables: defaults, binding, help. */
#include "sim/base/param.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"

struct settings {
    double high, cool_down_s, scale;
    int steps;
    bool eager;
    int mode;
    const char *file;
    struct weir_json model;
};

static const char *const modes[] = {"block", "drop-new", NULL};

#define AT(field) offsetof(struct settings, field)
static const struct weir_param table[] = {
    WEIR_PARAM("high", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(high), "0.8", 0, 1, NULL,
               "scale up above this busy share"),
    WEIR_PARAM("cool-down", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(cool_down_s), "30s", 0, 3600, NULL,
               "pause after a change"),
    WEIR_PARAM("scale", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(scale), "1", 1e-300, INFINITY, NULL, "factor"),
    WEIR_PARAM("steps", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(steps), "4", 1, 10, NULL, "instances a change"),
    WEIR_PARAM("eager", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(eager), "true", 0, 0, NULL, "act at once"),
    WEIR_PARAM("mode", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(mode), "drop-new", 0, 0, modes, "what a full input does"),
    WEIR_PARAM("file", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(file), NULL, 0, 0, NULL, "a trace"),
    WEIR_PARAM("model", WEIR_PARAM_SLOT, WEIR_UNIT_NONE, AT(model), "last", 0, 0, NULL, "what forecasts"),
    {.name = NULL},
};

static void defaults(void)
{
    struct settings s;
    memset(&s, 0x5a, sizeof s);
    weir_param_defaults(table, &s);
    CU_ASSERT_EQUAL(s.high, 0.8);
    CU_ASSERT_EQUAL(s.cool_down_s, 30);
    CU_ASSERT_EQUAL(s.scale, 1);
    CU_ASSERT_EQUAL(s.steps, 4);
    CU_ASSERT_EQUAL(s.eager, true);
    CU_ASSERT_EQUAL(s.mode, 1);
    CU_ASSERT_PTR_NULL(s.file);
    CU_ASSERT_PTR_NULL(s.model.node);
}

static void a_wrong_default_aborts(void)
{
    static const struct weir_param wrong[][2] = {
        {WEIR_PARAM("a", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(high), "30", 0, 1, NULL, ""), {.name = NULL}},
        {WEIR_PARAM("a", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(steps), "four", 0, 1, NULL, ""), {.name = NULL}},
        {WEIR_PARAM("a", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(eager), "yes", 0, 1, NULL, ""), {.name = NULL}},
        {WEIR_PARAM("a", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(mode), "shed", 0, 1, modes, ""), {.name = NULL}},
        {WEIR_PARAM("a", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(high), NULL, 0, 1, NULL, ""), {.name = NULL}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            struct settings s;
            close(2);
            weir_param_defaults(wrong[i], &s);
            _exit(0);
        }
        int status = 0;
        CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
        CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

static int bind(const char *text, const char *const *others, struct settings *s)
{
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "p.json", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc), policy;
    CU_ASSERT_FATAL(weir_json_get(&root, "policy", &policy));
    weir_param_defaults(table, s);
    int code = weir_param_bind(table, &policy, others, s);
    if (s->file && *s->file)
        CU_ASSERT_STRING_EQUAL(s->file, "taxi.csv"); /* borrowed: looked at while the document lives */
    s->file = s->file ? "seen" : NULL;
    if (s->model.node) {
        struct weir_json hidden;
        CU_ASSERT(weir_json_get(&s->model, "hidden", &hidden));
        weir_json_error(&hidden, "is here");
        CHECK_MESSAGE("p.json: model.hidden: is here");
    }
    weir_json_free(doc);
    return code;
}

static void binds(void)
{
    struct settings s;
    static const char *const others[] = {"name", NULL};
    CU_ASSERT_EQUAL(
        bind("{\"policy\": {\"name\": \"x\", \"high\": 0.9, \"cool-down\": \"2min\", \"steps\": 10, \"#\": 0,"
             " \"eager\": false, \"mode\": \"block\", \"file\": \"taxi.csv\", \"model\": {\"hidden\": 8}}}",
             others, &s),
        WEIR_OK);
    CU_ASSERT_EQUAL(s.high, 0.9);
    CU_ASSERT_EQUAL(s.cool_down_s, 120);
    CU_ASSERT_EQUAL(s.scale, 1);
    CU_ASSERT_EQUAL(s.steps, 10);
    CU_ASSERT_EQUAL(s.eager, false);
    CU_ASSERT_EQUAL(s.mode, 0);
    CU_ASSERT(s.file && strcmp(s.file, "seen") == 0);
    CU_ASSERT_PTR_NOT_NULL(s.model.node);
    CU_ASSERT_EQUAL(bind("{\"policy\": {}}", NULL, &s), WEIR_OK);
    CU_ASSERT_PTR_NULL(s.model.node);
    CU_ASSERT_EQUAL(s.high, 0.8);
}

static void refuses(void)
{
    static const char *const rows[][2] = {
        {"{\"policy\": {\"high\": 1.5}}", "p.json: policy.high: 1.5 is too large; it must be from 0 to 1"},
        {"{\"policy\": {\"high\": \"0.5\"}}", "policy.high: expected a number, got the string \"0.5\""},
        {"{\"policy\": {\"cool-down\": 30}}", "policy.cool-down: 30 has no unit; write a time such as \"10ms\""},
        {"{\"policy\": {\"cool-down\": \"2h\"}}",
         "policy.cool-down: \"2h\" is too large; it must be from 0 s to 60 min"},
        {"{\"policy\": {\"cool-down\": \"-1s\"}}", "policy.cool-down: \"-1s\" is negative"},
        {"{\"policy\": {\"scale\": 0}}", "policy.scale: 0 is zero; it must be more than 0"},
        {"{\"policy\": {\"steps\": 0}}", "policy.steps: 0 is too small; it must be from 1 to 10"},
        {"{\"policy\": {\"steps\": 1.5}}", "policy.steps: 1.5 is not a whole number"},
        {"{\"policy\": {\"eager\": 1}}", "policy.eager: expected true or false, got the number 1"},
        {"{\"policy\": {\"mode\": \"drop\"}}", "policy.mode: unknown value \"drop\"; did you mean \"drop-new\"?"},
        {"{\"policy\": {\"file\": []}}", "policy.file: expected a string, got an array"},
        {"{\"policy\": {\"model\": 1}}", "policy.model: expected a string or an object: what forecasts"},
        {"{\"policy\": {\"hihg\": 0.5}}", "policy: unknown key \"hihg\"; did you mean \"high\"?"},
        {"{\"policy\": {\"colour\": 0.5}}",
         "policy: unknown key \"colour\"; known keys are: high, cool-down, scale, steps, eager, mode, file, model"},
        {"{\"policy\": 5}", "policy: expected an object, got the number 5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct settings s;
        CU_ASSERT_EQUAL(bind(rows[i][0], NULL, &s), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i][1]);
    }
}

static void describes(void)
{
    static const char *const wanted[] = {
        "0.8 (0 to 1)",
        "30s (0 s to 60 min)",
        "1 (more than 0)",
        "4 (1 to 10)",
        "true",
        "drop-new (block, drop-new)",
        "none",
        "last",
    };
    char buffer[128];
    for (int i = 0; table[i].name; i++)
        CU_ASSERT_STRING_EQUAL(weir_param_describe(&table[i], buffer, sizeof buffer), wanted[i]);
    struct weir_param row = WEIR_PARAM("a", WEIR_PARAM_INT, WEIR_UNIT_NONE, 0, "4", 1, INT_MAX, NULL, "");
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&row, buffer, sizeof buffer), "4 (at least 1)");
    row.min = -INFINITY;
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&row, buffer, sizeof buffer), "4");
    row.max = 9;
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&row, buffer, sizeof buffer), "4 (at most 9)");
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&row, buffer, 4), "4 (");
}

static void checked_tables(void)
{
    static const struct {
        struct weir_param row;
        const char *message; /* NULL: right */
    } cases[] = {
        {WEIR_PARAM("high", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(high), "0.8", 0, 1, NULL, "help"), NULL},
        {WEIR_PARAM("file", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(file), NULL, 0, 0, NULL, "help"), NULL},
        {WEIR_PARAM("type", 17, WEIR_UNIT_NONE, AT(high), "0.8", 0, 1, NULL, "help"),
         "row 0 (\"type\"): unknown type or unit"},
        {WEIR_PARAM("unit", WEIR_PARAM_DOUBLE, 99, AT(high), "0.8", 0, 1, NULL, "help"), "unknown type or unit"},
        {WEIR_PARAM("far", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, 4096, "0.8", 0, 1, NULL, "help"), "lies at byte 4096"},
        {WEIR_PARAM("end", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, sizeof(struct settings), "0", 0, 1, NULL, "help"),
         "does not fit"},
        {WEIR_PARAM("odd", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, 3, "0.8", 0, 1, NULL, "help"), "lies at byte 3"},
        {WEIR_PARAM("none", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(high), NULL, 0, 1, NULL, "help"),
         "the default cannot be \"\""},
        {WEIR_PARAM("text", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(steps), "four", 0, 9, NULL, "help"),
         "cannot be \"four\""},
        {WEIR_PARAM("mode", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(mode), "block", 0, 0, NULL, "help"),
         "the choices are missing"},
        {WEIR_PARAM("mode", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(mode), "drop", 0, 0, modes, "help"),
         "cannot be \"drop\""},
        {WEIR_PARAM("mute", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(eager), "true", 0, 0, NULL, NULL),
         "the help is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_param rows[2] = {cases[i].row, {0}};
        CU_ASSERT_EQUAL(weir_param_check(rows, sizeof(struct settings)), cases[i].message ? WEIR_EINPUT : WEIR_OK);
        if (cases[i].message)
            CHECK_MESSAGE(cases[i].message);
    }
    CU_ASSERT_EQUAL(weir_param_check(table, sizeof(struct settings)), WEIR_OK);
}

struct job {
    long count;
    bool drops_old;
    const char *name;
    double limit_s;
    int most;
};
#define OF_JOB(kind, its_name, field, ...)                                                                             \
    {                                                                                                                  \
        .name = its_name, .type = kind, .offset = offsetof(struct job, field), __VA_ARGS__                             \
    }
static const char *const ways[] = {"drop-new", "drop-old", NULL};
static const struct weir_param job_keys[] = {
    OF_JOB(WEIR_PARAM_NAME, "name", name, .required = true, .help = "Its name."),
    OF_JOB(WEIR_PARAM_LONG, "count", count, .fallback = "7", .min = 1, .max = 1e10, .help = "Copies."),
    OF_JOB(WEIR_PARAM_EITHER, "full", drops_old, .fallback = "drop-old", .choices = ways, .help = "What goes."),
    OF_JOB(WEIR_PARAM_DOUBLE, "limit", limit_s, .unit = WEIR_UNIT_TIME, .without = "none", .min = 0, .max = 10,
           .help = "Time."),
    OF_JOB(WEIR_PARAM_INT, "most", most, .without = "as many as there are", .min = 1, .max = 9, .help = "Most."),
    {.name = "load", .type = WEIR_PARAM_VALUE, .forms = WEIR_FORM_OBJECT, .help = "Read elsewhere."},
    {.name = NULL},
};

static int read_job(const char *text, bool take, struct job *job)
{
    static char name[20];
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "j.json", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    *job = (struct job){.count = -1, .limit_s = INFINITY, .most = -5};
    int code = take ? weir_param_take(job_keys, &root, job) : weir_param_read(job_keys, &root, job);
    snprintf(name, sizeof name, "%s", code == WEIR_OK ? job->name : "");
    job->name = name;
    weir_json_free(doc);
    return code;
}

/* What has no default stays as it was; what is required is asked for; a value has another reader. */
static void keys_of_files(void)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"{\"count\": 2}", "j.json: the key \"name\" is missing; add it"},
        {"{\"name\": \"\"}", "name: must not be empty"},
        {"{\"name\": \"a\", \"count\": 0}", "count: 0 is too small"},
        {"{\"name\": \"a\", \"count\": 1e11}", "count: 100000000000 is too large"},
        {"{\"name\": \"a\", \"full\": \"drop\"}", "full: unknown value \"drop\"; did you mean \"drop-new\"?"},
        {"{\"name\": \"a\", \"limit\": \"11s\"}", "limit: \"11s\" is too large"},
        {"{\"name\": \"a\", \"most\": 10}", "most: 10 is too large"},
        {"{\"name\": \"a\", \"laod\": {}}", "unknown key \"laod\""},
    };
    struct job job;
    char text[100];
    CU_ASSERT_EQUAL_FATAL(weir_param_check(job_keys, sizeof job), WEIR_OK);
    CU_ASSERT_EQUAL(read_job("{\"name\": \"a\", \"load\": 3}", false, &job), WEIR_OK);
    CU_ASSERT(strcmp(job.name, "a") == 0 && job.count == 7 && job.drops_old && isinf(job.limit_s) && job.most == -5);
    CU_ASSERT_EQUAL(
        read_job("{\"name\": \"b\", \"count\": 9000000000, \"full\": \"drop-new\", \"limit\": \"2s\", \"most\": 3}",
                 false, &job),
        WEIR_OK);
    CU_ASSERT(job.count == 9000000000 && !job.drops_old && job.limit_s == 2 && job.most == 3);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT_EQUAL(read_job(wrong[i].text, false, &job), WEIR_EINPUT);
        CHECK_MESSAGE(wrong[i].message);
    }
    CU_ASSERT_EQUAL(read_job("{\"name\": \"c\", \"lode\": {}}", true, &job), WEIR_OK); /* of a newer version */
    CU_ASSERT(strcmp(job.name, "c") == 0 && job.count == 7);
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&job_keys[0], text, sizeof text), "required");
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&job_keys[1], text, sizeof text), "7 (at least 1)");
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&job_keys[2], text, sizeof text), "drop-old (drop-new, drop-old)");
    CU_ASSERT_STRING_EQUAL(weir_param_describe(&job_keys[4], text, sizeof text), "as many as there are (1 to 9)");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"keys of files", keys_of_files},
        {"defaults", defaults},
        {"checked tables", checked_tables},
        {"a wrong default aborts", a_wrong_default_aborts},
        {"binds", binds},
        {"refuses", refuses},
        {"describes", describes},
        {NULL, NULL},
    };
    return weir_test_main("base/param", cases, argc, argv);
}
