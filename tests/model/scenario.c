#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario.h"
#include "tests/support/test.h"

#define SMALLEST "tests/input/valid/scenario-smallest.json"
#define FULL     "tests/input/valid/scenario-full.json"

static struct weir_scenario *need(const char *path, const char *const *sets)
{
    struct weir_scenario *scenario;
    if (weir_scenario_read(path, sets, &scenario)) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    return scenario;
}

static void defaults(void)
{
    struct weir_scenario *s = need(SMALLEST, NULL);
    CU_ASSERT_STRING_EQUAL(s->path, SMALLEST);
    CU_ASSERT_STRING_EQUAL(s->name, "scenario-smallest");
    CU_ASSERT(s->duration_s == 60 && s->warmup_s == 0 && s->window_s == 10);
    CU_ASSERT(s->items_per_batch == 1 && s->batch_span_s == 0.05 && s->decision_s == 0);
    CU_ASSERT(s->seed_count == 1 && s->seeds[0] == 1);
    CU_ASSERT(s->stack_count == 1 && s->stacks[0].use_count == 1 && !s->stacks[0].uses[0].params);
    CU_ASSERT_STRING_EQUAL(s->stacks[0].label, "static");
    CU_ASSERT(s->costs.start_s == 1 && s->costs.stop_s == 0.1);
    CU_ASSERT(s->costs.checkpoint_s == 0.2 && s->costs.restore_s == 0.2);
    CU_ASSERT(s->option_count == 0);
    CU_ASSERT(s->record_operators && s->record_hosts && s->record_links);
    CU_ASSERT(s->platform->host_count == 4 && s->workload->job_count == 1);
    weir_scenario_free(s);
}

static void every_key(void)
{
    struct weir_scenario *s = need(FULL, NULL);
    CU_ASSERT_STRING_EQUAL(s->name, "full");
    CU_ASSERT(s->duration_s == 3600 && s->warmup_s == 300 && s->window_s == 30);
    CU_ASSERT(s->items_per_batch == 8 && s->batch_span_s == 0.02 && s->decision_s == 0.1);
    CU_ASSERT(s->seed_count == 3 && s->seeds[0] == 3 && s->seeds[1] == 1 && s->seeds[2] == 4);
    CU_ASSERT(s->costs.start_s == 5 && s->costs.stop_s == 1 && s->costs.checkpoint_s == 2 && s->costs.restore_s == 3);
    CU_ASSERT(!s->record_operators && s->record_hosts && !s->record_links);
    static const char *const labels[] = {"static", "reactive", "careful", "ds2+load-balancer", "both"};
    CU_ASSERT_EQUAL_FATAL(s->stack_count, 5);
    for (int i = 0; i < 5; i++)
        CU_ASSERT_STRING_EQUAL(s->stacks[i].label, labels[i]);
    CU_ASSERT(s->stacks[3].use_count == 2 && s->stacks[4].use_count == 2);
    CU_ASSERT_STRING_EQUAL(s->stacks[2].uses[0].name, "reactive");
    /* parameters are a document of their own, without name and label, that knows its place */
    struct weir_json params = weir_json_root(s->stacks[2].uses[0].params);
    char *text = weir_json_print(&params);
    CU_ASSERT_STRING_EQUAL(text, "{\"high\":0.7}");
    CU_ASSERT_STRING_EQUAL(params.doc->name, FULL ": policies[2]");
    free(text);
    static const struct weir_option options[] = {
        {"network/model", "LV08"}, {"network/TCP-gamma", "4194304"}, {"network/crosstraffic", "false"}};
    CU_ASSERT_EQUAL_FATAL(s->option_count, 3);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_STRING_EQUAL(s->options[i].key, options[i].key);
        CU_ASSERT_STRING_EQUAL(s->options[i].value, options[i].value);
    }
    CU_ASSERT(s->fairness == WEIR_FAIRNESS_RTT && s->all_activities);
    CU_ASSERT_EQUAL(s->rescale, WEIR_RESCALE_JOB);
    CU_ASSERT_STRING_EQUAL(s->workload->path, "tests/input/valid/workload-full.json");
    CU_ASSERT_EQUAL(s->workload->job_count, 11); /* four copies and seven */
    weir_scenario_free(s);
}

static void sets_reach_everywhere(void)
{
    static const char *const sets[] = {
        "duration=600", /* a bare number is seconds for times at the top level */
        "warmup=1min",
        "window=20",
        "seeds=4",
        "costs.start=2.5",
        "policies[1].high=0.8",
        "workload.jobs[1].load.count=7", /* in the workload's own file */
        "workload.jobs[0].count=2",
        "name=other",
        NULL,
    };
    struct weir_scenario *s = need(FULL, sets);
    CU_ASSERT(s->duration_s == 600 && s->warmup_s == 60 && s->window_s == 20 && s->costs.start_s == 2.5);
    CU_ASSERT(s->seed_count == 4 && s->seeds[3] == 4 && s->workload->job_count == 9);
    CU_ASSERT_STRING_EQUAL(s->name, "other");
    double high = 0;
    struct weir_json params = weir_json_root(s->stacks[1].uses[0].params);
    weir_json_opt_number(&params, "high", 0, 1, &high);
    CU_ASSERT_EQUAL(high, 0.8);
    weir_scenario_free(s);
    /* an inline workload */
    static const char *const inlined[] = {"workload.jobs[0].load.rate=5/s", "policies=[\"ds2\"]", NULL};
    s = need(SMALLEST, inlined);
    CU_ASSERT_EQUAL(weir_load_rate_at(s->workload->jobs[0].load, 0), 5);
    CU_ASSERT_STRING_EQUAL(s->stacks[0].label, "ds2");
    weir_scenario_free(s);
}

static void wrong_sets_are_told(void)
{
    static const struct {
        const char *path, *set, *message;
    } cases[] = {
        {SMALLEST, "duration", "cannot set \"duration\": write path=value"},
        {SMALLEST, "=3", "cannot set \"=3\": write path=value"},
        {SMALLEST, "duration=-5", "duration: -5 has no unit"},
        {SMALLEST, "duraton=5", "unknown key \"duraton\"; did you mean \"duration\"?"},
        {SMALLEST, "policies[0].high=1", "policies"},
        {SMALLEST, "workload.jobs[3].count=2", "has 1 element"},
        {FULL, "workload.jobs[0].lod.rate=2/s", "workload-full.json: cannot set \"jobs[0].lod.rate\""},
        {FULL, "workload.jobs[0].load.rate=2", "workload-full.json: jobs[0].load.rate: 2 has no unit"},
        {FULL, "policies[1].label=both", "the label \"both\" is there twice"},
        {FULL, "policies[1].label=a/b", "without / , \" or control characters"},
        {FULL, "policies[1]=static+", "a policy needs a name"},
        {SMALLEST, "fairness=maxmin", "did you mean \"max-min\"?"},
        {SMALLEST, "fairness=3", "fairness"},
        {SMALLEST, "rescale=jobs", "did you mean \"job\"?"},
        {SMALLEST, "activities=shares", "did you mean \"shared\"?"},
        {SMALLEST, "activites=all", "did you mean \"activities\"?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const sets[] = {cases[i].set, NULL};
        struct weir_scenario *s;
        CU_ASSERT_EQUAL(weir_scenario_read(cases[i].path, sets, &s), WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(s);
        CHECK_MESSAGE(cases[i].message);
    }
}

static unsigned long long hash_with(const char *path, const char *set)
{
    const char *const sets[] = {set, NULL};
    struct weir_scenario *s = need(path, sets);
    unsigned long long hash = s->hash;
    weir_scenario_free(s);
    return hash;
}

static void hash_is_of_the_inputs(void)
{
    unsigned long long plain = hash_with(FULL, NULL);
    static const char *const same[] = {"seeds=9",       "name=x",      "policies=[\"ds2\"]",
                                       "# note=a word", "duration=1h", "workload=../valid/workload-full.json"};
    static const char *const other[] = {"duration=2h", "costs.stop=3", "workload.jobs[0].load.rate=41/s",
                                        "workload.jobs[5].load.file=load-counts.csv"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        CU_ASSERT_EQUAL(hash_with(FULL, same[i]), plain);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        CU_ASSERT_NOT_EQUAL(hash_with(FULL, other[i]), plain);
}

static void stacks_are_parsed(void)
{
    static const struct {
        const char *text, *label;
        int count;
    } cases[] = {
        {"ds2", "ds2", 1},
        {"ds2+load-balancer", "ds2+load-balancer", 2},
        {"{\"name\":\"reactive\",\"high\":0.9}", "reactive", 1},
        {" [\"ds2\", {\"name\": \"nearest\"}]", "ds2+nearest", 2},
        {"{\"label\":\"x\",\"stack\":[\"a\",\"b\",\"c\"]}", "x", 3},
        {"./mine.so", "mine", 1},
        {"mine-1.2.so+nearest", "mine-1.2+nearest", 2},
        {"{\"name\":\"/opt/a/mine.so\"}", "mine", 1},
        {"exec:python3 -u mine.py --rate 0.5", "mine", 1},
        {"exec:./mine --fast", "mine", 1},
        {"exec:a+b", "a+b", 1},
        {"exec:python3.11 'x/mine.py' \"2>log.txt\"", "mine", 1},
        {"{\"exec\":\"\"}", "exec", 1},
        {"[\"ds2\", {\"exec\":\"mine.R\"}]", "ds2+mine", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_stack stack;
        CU_ASSERT_EQUAL_FATAL(weir_stack_parse(cases[i].text, &stack), WEIR_OK);
        CU_ASSERT_STRING_EQUAL(stack.label, cases[i].label);
        CU_ASSERT_EQUAL(stack.use_count, cases[i].count);
        weir_stack_fini(&stack);
    }
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"", "policy: a policy needs a name"},
        {"ds2++x", "a policy needs a name"},
        {"[]", "a stack must be a list of at least one policy"},
        {"[3]", "policy: [0]: must be the name of a policy"},
        {"{\"high\":1}", "the key \"name\" is missing"},
        {"{\"stack\":[\"a\"],\"high\":1}", "unknown key \"high\""},
        {"[{\"name\":\"a\",\"label\":\"b\"}]", "the label belongs to the whole stack"},
        {"{\"name\":", "policy:1:"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct weir_stack stack;
        CU_ASSERT_EQUAL(weir_stack_parse(wrong[i].text, &stack), WEIR_EINPUT);
        CHECK_MESSAGE(wrong[i].message);
        CU_ASSERT_PTR_NULL(stack.uses);
    }
}

/* Shared objects and programs in a scenario are seen from its folder; what programs get as parameters is text. */
static void policies_of_users(void)
{
    static const struct {
        const char *policy, *name, *params;
    } cases[] = {
        {"\"./mine.so\"", "some/folder/./mine.so", NULL},
        {"{\"name\":\"/opt/mine.so\",\"high\":0.7}", "/opt/mine.so", "{\"high\":0.7}"},
        {"{\"exec\":\"./mine\"}", "exec", "{\"folder\":\"some/folder\",\"exec\":\"./mine\"}"},
        {"{\"exec\":\"./mine\",\"folder\":\"..\"}", "exec", "{\"exec\":\"./mine\",\"folder\":\"some/folder/..\"}"},
        {"{\"name\":\"exec\",\"exec\":\"./mine\",\"folder\":\"/opt\",\"params\":{\"a\":[1,\"b\"]}}", "exec",
         "{\"exec\":\"./mine\",\"folder\":\"/opt\",\"params\":\"{\\\"a\\\":[1,\\\"b\\\"]}\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_json_doc *doc;
        struct weir_stack stack;
        CU_ASSERT_EQUAL_FATAL(weir_json_parse(cases[i].policy, "some/folder/mine.json", &doc), WEIR_OK);
        struct weir_json root = weir_json_root(doc);
        CU_ASSERT_EQUAL_FATAL(weir_stack_read(&root, &stack), WEIR_OK);
        CU_ASSERT_STRING_EQUAL(stack.label, "mine");
        CU_ASSERT_STRING_EQUAL(stack.uses[0].name, cases[i].name);
        CU_ASSERT_EQUAL(!stack.uses[0].params, !cases[i].params);
        if (stack.uses[0].params && cases[i].params) {
            struct weir_json params = weir_json_root(stack.uses[0].params);
            char *text = weir_json_print(&params);
            CU_ASSERT_STRING_EQUAL(text, cases[i].params);
            free(text);
        }
        weir_stack_fini(&stack);
        weir_json_free(doc);
    }
}

/* The text behind `"# expect": ` in a file, unescaped. Owned; NULL if there is none. */
static char *expectation(const char *path)
{
    static const char key[] = "\"# expect\": \"";
    struct weir_text text = {0};
    if (weir_text_read_file(&text, path))
        return NULL;
    const char *from = strstr(weir_text_string(&text), key);
    char *made = NULL;
    if (from) {
        from += sizeof key - 1;
        char *to = made = weir_alloc(text.length + 1, 1);
        while (*from && *from != '"' && *from != '\n') {
            from += *from == '\\';
            *to++ = *from++;
        }
    }
    weir_text_fini(&text);
    return made;
}

#define INVALID "tests/input/invalid"

static void every_invalid_file_is_refused(void)
{
    DIR *folder = opendir(INVALID);
    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 5, ".json") != 0 ||
            strncmp(entry->d_name, "policy-", 7) == 0 || strncmp(entry->d_name, "platform-", 9) == 0)
            continue;
        char *path = weir_format(INVALID "/%s", entry->d_name);
        char *wanted = expectation(path);
        struct weir_scenario *scenario;
        int code = weir_scenario_read(path, NULL, &scenario);
        if (!wanted || code != WEIR_EINPUT)
            fprintf(stderr, "\n%s: code %d, %s\n", path, code, wanted ? "not refused" : "has no \"# expect\"");
        CU_ASSERT(wanted && *wanted);
        CU_ASSERT_EQUAL(code, WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(scenario);
        if (wanted)
            CHECK_MESSAGE(wanted);
        weir_scenario_free(scenario);
        free(wanted);
        free(path);
        count++;
    }
    closedir(folder);
    CU_ASSERT(count >= 80);
}

/* Reads one block of a page: a scenario or workload in the folder of tests, or a load. */
static int read_block(const char *kind, const char *text)
{
    struct weir_scenario *scenario = NULL;
    char *whole = NULL;
    if (strcmp(kind, "scenario") == 0)
        whole = weir_copy(text);
    else if (strcmp(kind, "workload") == 0)
        whole = weir_format("{\"platform\": \"tiny.xml\", \"duration\": \"1h\", \"workload\": %s}", text);
    else
        whole = weir_format(
            "{\"platform\": \"tiny.xml\", \"duration\": \"1h\", \"workload\": {\"jobs\": [{\"name\": \"j\", "
            "\"source\": \"cam-1\", \"operators\": [{\"name\": \"a\"}], \"load\": %s}]}}",
            text);
    int code = weir_scenario_read(weir_test_file("page.json", whole), NULL, &scenario);
    weir_scenario_free(scenario);
    free(whole);
    return code;
}

static void copy_beside(const char *name)
{
    struct weir_text text = {0};
    char *path = weir_format("tests/input/valid/%s", name);
    CU_ASSERT_EQUAL_FATAL(weir_text_read_file(&text, path), WEIR_OK);
    weir_test_file(name, weir_text_string(&text));
    weir_text_fini(&text);
    free(path);
}

/* Blocks of the pages that begin with "```json scenario", "```json workload" or "```json load" are whole. */
static void examples_of_the_pages_are_right(void)
{
    static const struct {
        const char *path;
        int least;
    } pages[] = {{"docs/scenario.md", 2}, {"docs/workload.md", 8}};
    static const char *const files[] = {"tiny.xml",        "load-rates.csv",     "load-counts.csv",
                                        "load-events.csv", "workload-full.json", "workflow.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        copy_beside(files[i]);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct weir_text page = {0};
        int count = 0;
        CU_ASSERT_EQUAL_FATAL(weir_text_read_file(&page, pages[i].path), WEIR_OK);
        for (const char *at = weir_text_string(&page); (at = strstr(at, "```json ")); count++) {
            at += strlen("```json ");
            size_t word = strcspn(at, "\n");
            const char *end = strstr(at, "\n```");
            CU_ASSERT_PTR_NOT_NULL_FATAL(end);
            char *kind = weir_format("%.*s", (int)word, at);
            char *text = weir_format("%.*s\n", (int)(end - at - (long)word), at + word);
            int code = read_block(kind, text);
            if (code)
                fprintf(stderr, "\n%s: %s\n%s\n", pages[i].path, weir_error_message(), text);
            CU_ASSERT_EQUAL(code, WEIR_OK);
            free(kind);
            free(text);
            at = end + 4;
        }
        CU_ASSERT(count >= pages[i].least);
        weir_text_fini(&page);
    }
}

static const struct weir_case cases[] = {
    {"defaults", defaults},
    {"every_key", every_key},
    {"sets_reach_everywhere", sets_reach_everywhere},
    {"wrong_sets_are_told", wrong_sets_are_told},
    {"hash_is_of_the_inputs", hash_is_of_the_inputs},
    {"stacks_are_parsed", stacks_are_parsed},
    {"policies_of_users", policies_of_users},
    {"every_invalid_file_is_refused", every_invalid_file_is_refused},
    {"examples_of_the_pages_are_right", examples_of_the_pages_are_right},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("model/scenario", cases, argc, argv);
}
