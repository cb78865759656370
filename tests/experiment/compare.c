/* Comparisons: what is run, what is kept, and that results do not depend on the order or on interruptions. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/compare.h"
#include "sim/experiment/files.h"
#include "tests/support/test.h"

static struct weir_policy_use fair[] = {{.name = "fair"}}, good[] = {{.name = "good"}}, slow[] = {{.name = "slow"}};
static struct weir_policy_use refuses[] = {{.name = "refuses"}}, aborts[] = {{.name = "aborts"}};
static struct weir_policy_use unknown[] = {{.name = "unheard-of"}};
static struct weir_policy_use endless[] = {{.name = "endless"}};
#define STACK(name)                                                                                                    \
    {                                                                                                                  \
        .label = #name, .uses = name, .use_count = 1                                                                   \
    }
static const struct weir_stack two[] = {STACK(fair), STACK(good)};
static const struct weir_stack slower[] = {STACK(slow), STACK(fair)};
static const struct weir_stack failing[] = {STACK(fair), STACK(refuses), STACK(aborts)};
static const unsigned long long seeds[] = {1, 2, 3, 4, 5};

static struct weir_scenario scenario = {.name = "small", .duration_s = 10, .hash = 42};

static char *path_of(const char *folder, const char *name)
{
    return weir_format("%s/%s/%s", weir_test_folder(), folder, name);
}

/* A comparison of two policies with three seeds in a folder of the test's; the caller frees spec.folder. */
static struct weir_compare_spec spec_in(const char *folder)
{
    static char *file;
    if (!file) {
        file = weir_copy(weir_test_file("small.json", "{\"name\": \"small\", \"platform\": \"small.json\"}"));
        scenario.path = file;
    }
    return (struct weir_compare_spec){
        .scenario = &scenario,
        .stacks = two,
        .stack_count = 2,
        .seeds = seeds,
        .seed_count = 3,
        .catalog = weir_catalog,
        .folder = weir_format("%s/%s", weir_test_folder(), folder),
        .pool = {.processes = 2, .quiet = true},
    };
}

static int compare(const struct weir_compare_spec *spec)
{
    bool interrupted;
    struct weir_summary *summary;
    int code = weir_compare(spec, &summary, &interrupted);
    weir_summary_free(summary);
    return code;
}

/* Begins to count the runs that the fake engine is asked for. */
static void begin_count(const char *name)
{
    char *log = weir_format("%s/%s.log", weir_test_folder(), name);
    setenv("WEIR_FAKE_LOG", log, 1);
    unlink(log);
    free(log);
}

static int runs_begun(void)
{
    int lines = 0;
    FILE *log = fopen(getenv("WEIR_FAKE_LOG"), "r");
    for (int c; log && (c = fgetc(log)) != EOF;)
        lines += c == '\n';
    if (log)
        fclose(log);
    return lines;
}

static void check_same(const char *a, const char *b, const char *name)
{
    struct weir_text left = {0}, right = {0};
    char *left_path = path_of(a, name), *right_path = path_of(b, name);
    CU_ASSERT_EQUAL(weir_text_read_file(&left, left_path), WEIR_OK);
    CU_ASSERT_EQUAL(weir_text_read_file(&right, right_path), WEIR_OK);
    CU_ASSERT(left.length > 0);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&left), weir_text_string(&right));
    weir_text_fini(&left);
    weir_text_fini(&right);
    free(left_path);
    free(right_path);
}

static void all_files_are_there(void)
{
    static const char *const files[] = {
        "summary.csv",
        "runs.csv",
        "scenario.json",
        "runs/fair/seed-1/result.json",
        "runs/good/seed-3/windows.csv",
        "runs/good/seed-3/decisions.csv",
    };
    struct weir_compare_spec spec = spec_in("all");
    bool interrupted;
    struct weir_summary *summary;
    CU_ASSERT_EQUAL(weir_compare(&spec, &summary, &interrupted), WEIR_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(summary);
    CU_ASSERT_EQUAL(weir_summary_present(summary), 6);
    CU_ASSERT_FALSE(interrupted);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = path_of("all", files[i]);
        CU_ASSERT(weir_file_exists(path));
        free(path);
    }
    weir_summary_free(summary);
    free((char *)spec.folder);
}

static void results_do_not_depend_on_the_number_of_processes(void)
{
    struct weir_compare_spec one = spec_in("one"), both = spec_in("both");
    one.pool.processes = 1;
    one.stacks = both.stacks = slower; /* the second policy ends first when two run at once */
    CU_ASSERT_EQUAL(compare(&one), WEIR_OK);
    CU_ASSERT_EQUAL(compare(&both), WEIR_OK);
    check_same("one", "both", "summary.csv");
    check_same("one", "both", "runs.csv");
    check_same("one", "both", "runs/slow/seed-2/windows.csv");
    free((char *)one.folder);
    free((char *)both.folder);
}

static void finished_runs_are_not_overwritten(void)
{
    struct weir_compare_spec spec = spec_in("kept");
    begin_count("kept");
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    CU_ASSERT_EQUAL(runs_begun(), 6);
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK); /* the same again: nothing to do */
    CU_ASSERT_EQUAL(runs_begun(), 6);
    spec.seed_count = 2; /* runs of a third seed are there */
    CU_ASSERT_EQUAL(compare(&spec), WEIR_EINPUT);
    spec.seed_count = 3;
    struct weir_scenario changed = scenario;
    changed.hash++;
    spec.scenario = &changed;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_EINPUT);
    CHECK_MESSAGE("kept: has 6 finished runs, not all of these inputs; --resume keeps them and runs the rest, --force "
                  "runs all anew, -o DIR");
    CU_ASSERT_EQUAL(runs_begun(), 6);
    spec.scenario = &scenario;
    spec.force = true;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    CU_ASSERT_EQUAL(runs_begun(), 12);
    char *result = path_of("kept", "runs/good/seed-2/windows.csv");
    CU_ASSERT_EQUAL(weir_file_replace(result, "edited by hand"), WEIR_OK);
    spec.force = false;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_EINPUT); /* what somebody has edited is not replaced unasked */
    free(result);
    free((char *)spec.folder);
}

static void resume_runs_what_is_missing(void)
{
    struct weir_compare_spec spec = spec_in("resumed"), whole = spec_in("whole");
    begin_count("resumed");
    spec.seed_count = 2;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    CU_ASSERT_EQUAL(runs_begun(), 4);
    spec.resume = true;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK); /* nothing to do */
    CU_ASSERT_EQUAL(runs_begun(), 4);
    spec.seed_count = 3;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK); /* the third seed of both */
    CU_ASSERT_EQUAL(runs_begun(), 6);
    CU_ASSERT_EQUAL(compare(&whole), WEIR_OK);
    check_same("resumed", "whole", "summary.csv");

    struct weir_scenario changed = scenario;
    changed.hash++;
    spec.scenario = &changed; /* other inputs: all anew */
    begin_count("changed");
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    CU_ASSERT_EQUAL(runs_begun(), 6);
    free((char *)spec.folder);
    free((char *)whole.folder);
}

static void a_broken_result_is_run_anew(void)
{
    struct weir_compare_spec spec = spec_in("broken");
    char *result = path_of("broken", "runs/good/seed-2/result.json");
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    CU_ASSERT_EQUAL(weir_file_replace(result, "{\"key\":"), WEIR_OK);
    begin_count("broken");
    spec.resume = true;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    CU_ASSERT_EQUAL(runs_begun(), 1);
    free(result);
    free((char *)spec.folder);
}

static void other_runs_go_on_when_some_fail(void)
{
    struct weir_compare_spec spec = spec_in("failing");
    bool interrupted;
    struct weir_summary *summary;
    spec.stacks = failing;
    spec.stack_count = 3;
    CU_ASSERT_EQUAL(weir_compare(&spec, &summary, &interrupted), WEIR_ERUN);
    CHECK_MESSAGE("6 of 9 runs failed, the first of them: refuses, seed 1: policy refuses: does not want to");
    CU_ASSERT_PTR_NOT_NULL_FATAL(summary);
    CU_ASSERT_EQUAL(weir_summary_present(summary), 3);
    weir_summary_free(summary);

    spec.stacks = &failing[2];
    spec.stack_count = 1;
    spec.force = true;
    CU_ASSERT_EQUAL(weir_compare(&spec, &summary, &interrupted), WEIR_EENGINE);
    CHECK_MESSAGE("signal 6 (Aborted); its last words: the host is on fire");
    CU_ASSERT_PTR_NULL(summary);
    free((char *)spec.folder);
}

static void what_cannot_be_compared_is_refused(void)
{
    static const struct weir_stack twice[] = {STACK(fair), STACK(fair)}, strange[] = {STACK(unknown)};
    static const unsigned long long same[] = {1, 2, 1};
    struct weir_compare_spec spec = spec_in("refused");
    spec.stacks = twice;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_EINPUT);
    CHECK_MESSAGE("policy \"fair\" is there twice; give one of them a \"label\" of its own");
    spec.stacks = strange;
    spec.stack_count = 1;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_EINPUT);
    CHECK_MESSAGE("policy \"unheard-of\" is not known");
    spec = (struct weir_compare_spec){spec.scenario, NULL, two, 2, same, 3, weir_catalog, spec.folder, .resume = false};
    CU_ASSERT_EQUAL(compare(&spec), WEIR_EINPUT);
    CHECK_MESSAGE("seed 1 is there twice");
    CU_ASSERT_FALSE(weir_file_exists(spec.folder));
    free((char *)spec.folder);
}

/* Starts the comparison in a process of its own, in which runs from number `after` on do not end, and sends it a signal
 * as soon as that many have begun and `first` is there; its exit status. The child's exit code is the negative of what
 * weir_compare returned, plus 64 if it was interrupted. */
static int start_and_signal(const struct weir_compare_spec *spec, int after, const char *first, int sent)
{
    char hold[16];
    snprintf(hold, sizeof hold, "%d", after);
    pid_t child = fork();
    if (child == 0) {
        bool interrupted;
        struct weir_summary *summary;
        setenv("WEIR_FAKE_HOLD", hold, 1);
        int code = weir_compare(spec, &summary, &interrupted);
        bool said = strstr(weir_error_message(), "the same command with --resume runs the rest") != NULL;
        _exit(-code + (interrupted && said ? 64 : 0));
    }
    for (int i = 0; i < 60000 && (runs_begun() < after || !weir_file_exists(first)); i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    kill(child, sent);
    int status = 0;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    return status;
}

/* Ten runs, half of them slow; after the signal --resume makes the rest: the summary is that of an undisturbed one, and
 * no run that was finished is run again. */
static void survive(int sent, const char *name)
{
    struct weir_compare_spec spec = spec_in(name), calm = spec_in("calm");
    char *first = path_of(name, "runs/slow/seed-1/result.json"), *summary = path_of(name, "summary.csv");
    spec.stacks = calm.stacks = slower;
    spec.seed_count = calm.seed_count = 5;
    begin_count("calm");
    calm.force = true;
    CU_ASSERT_EQUAL(compare(&calm), WEIR_OK);
    begin_count(name);
    int status = start_and_signal(&spec, 4, first, sent);
    if (sent == SIGKILL)
        CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    if (sent == SIGINT)
        CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 64 - WEIR_ERUN);
    int begun = runs_begun();
    CU_ASSERT(begun >= 4 && begun < 10);
    CU_ASSERT(weir_file_exists(first));
    CU_ASSERT_FALSE(weir_file_exists(summary));

    int finished = 0;
    for (int p = 0; p < 2; p++) {
        for (int s = 1; s <= 5; s++) {
            char *inner = weir_format("runs/%s/seed-%d/result.json", p ? "fair" : "slow", s);
            char *result = path_of(name, inner);
            finished += weir_file_exists(result);
            free(result);
            free(inner);
        }
    }
    begin_count("resumed");
    spec.resume = true;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    CU_ASSERT_EQUAL(runs_begun(), 10 - finished);
    check_same(name, "calm", "summary.csv");
    check_same(name, "calm", "runs.csv");
    check_same(name, "calm", "runs/slow/seed-5/windows.csv");
    free(first);
    free(summary);
    free((char *)spec.folder);
    free((char *)calm.folder);
}

static void a_killed_comparison_is_resumed(void)
{
    survive(SIGKILL, "killed");
}

static void an_interrupted_comparison_is_resumed(void)
{
    survive(SIGINT, "interrupted");
}

static void one_folder_has_one_writer(void)
{
    static const struct weir_stack forever[] = {STACK(endless)};
    struct weir_compare_spec spec = spec_in("locked");
    spec.stacks = forever;
    spec.stack_count = 1;
    begin_count("locked");
    pid_t child = fork();
    if (child == 0)
        _exit(-compare(&spec));
    for (int i = 0; i < 60000 && runs_begun() < 1; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    CU_ASSERT_EQUAL(compare(&spec), WEIR_EINPUT);
    CHECK_MESSAGE("locked: another weir is writing here");
    kill(child, SIGTERM);
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
    free((char *)spec.folder);
}

static void inputs_are_kept_with_their_changes(void)
{
    struct weir_compare_spec spec = spec_in("inputs");
    static const char *const sets[] = {"duration=20", "workload.jobs[0].load.rate=9/s", NULL};
    struct weir_scenario outer = scenario;
    weir_test_file("work.json",
                   "{\"jobs\": [{\"load\": {\"kind\": \"csv\", \"file\": \"work.json\", \"rate\": \"1/s\"}}]}");
    outer.path = (char *)weir_test_file("outer.json", "{\"workload\": \"work.json\", \"duration\": \"10s\"}");
    spec.scenario = &outer;
    spec.sets = sets;
    CU_ASSERT_EQUAL(compare(&spec), WEIR_OK);
    struct weir_text text = {0};
    char *path = path_of("inputs", "scenario.json");
    char *absolute = weir_format("\"file\":\t\"%s/work.json\"", weir_test_folder());
    CU_ASSERT_EQUAL(weir_text_read_file(&text, path), WEIR_OK);
    const char *const parts[] = {"\"duration\":\t\"20s\"", "\"rate\":\t\"9/s\"", absolute,
                                 "\"# set\":\t[\"duration=20\""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(weir_text_string(&text), parts[i]));
    weir_text_fini(&text);
    free(absolute);
    free(path);
    free((char *)spec.folder);
}

static const struct weir_case cases[] = {
    {"all files are there", all_files_are_there},
    {"results do not depend on the number of processes", results_do_not_depend_on_the_number_of_processes},
    {"finished runs are not overwritten", finished_runs_are_not_overwritten},
    {"resume runs what is missing", resume_runs_what_is_missing},
    {"a broken result is run anew", a_broken_result_is_run_anew},
    {"other runs go on when some fail", other_runs_go_on_when_some_fail},
    {"what cannot be compared is refused", what_cannot_be_compared_is_refused},
    {"a killed comparison is resumed", a_killed_comparison_is_resumed},
    {"an interrupted comparison is resumed", an_interrupted_comparison_is_resumed},
    {"one folder has one writer", one_folder_has_one_writer},
    {"inputs are kept with their changes", inputs_are_kept_with_their_changes},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment compare", cases, argc, argv);
}
