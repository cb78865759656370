/* Every platform of a folder, such as SimGrid's examples/platforms, either runs a small job or is refused in a
 * sentence: no crash, no hang, no signal without words. The folder is named by WEIR_SIMGRID_EXAMPLES; without it there
 * is nothing to do, and the test says so and is skipped (exit code 77). */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/platform.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

enum { HANGS_AFTER_MS = 20000, SKIPPED = 77 };

/* What a child says of a platform. */
struct verdict {
    bool told; /* it came to an end by itself */
    bool died; /* the run's process ended without a message of its own */
    bool ran;
    unsigned long long arrived, delivered;
    char message[1024];
};

/* From the first host to the last: 4 items a second for 5 s, evenly spaced, of which 20 arrive. */
#define SCENARIO                                                                                                       \
    "{\"platform\": \"\", \"duration\": \"5s\", \"window\": \"1s\", \"items_per_batch\": 1, \"workload\": {\"jobs\": " \
    "[{\"name\": \"small\", \"source\": {\"host\": \"%s\"}, \"source_bytes\": \"100B\", \"load\": {\"kind\": "         \
    "\"constant\", \"rate\": \"4/s\"}, \"operators\": [{\"name\": \"only\", \"flops\": \"1f\", \"placement\": "        \
    "{\"host\": \"%s\"}}]}]}}"

static struct verdict try_platform(const char *path)
{
    struct verdict verdict = {.told = true};
    struct weir_platform *platform;
    if (weir_platform_read(path, &platform) != WEIR_OK) {
        snprintf(verdict.message, sizeof verdict.message, "%s", weir_error_message());
        return verdict;
    }
    char *scenario = weir_format(SCENARIO, platform->hosts[0].name, platform->hosts[platform->host_count - 1].name);
    struct weir_test_result got = weir_test_run_catalog(path, scenario, "static", 1, weir_catalog);
    verdict.ran = got.code == WEIR_OK;
    verdict.died = strstr(got.message, "process died") != NULL;
    snprintf(verdict.message, sizeof verdict.message, "%s", got.message);
    if (got.result.job_count > 0) {
        verdict.arrived = got.result.jobs[0].arrived;
        verdict.delivered = got.result.jobs[0].delivered;
    }
    weir_test_result_fini(&got);
    free(scenario);
    weir_platform_free(platform);
    return verdict;
}

/* The verdict of a child in a process group of its own, whose stderr goes to `log`. */
static struct verdict ask(const char *path, const char *log)
{
    struct verdict verdict = {0};
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        int to = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (to < 0 || dup2(to, STDERR_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0)
            _exit(1);
        char *file = realpath(path, NULL);
        if (!file || chdir(weir_test_folder()) != 0) /* some platforms write a trace where they run */
            _exit(1);
        verdict = try_platform(file);
        ssize_t written = write(ends[1], &verdict, sizeof verdict);
        _exit(written != (ssize_t)sizeof verdict);
    }
    close(ends[1]);
    struct pollfd wait = {.fd = ends[0], .events = POLLIN};
    if (poll(&wait, 1, HANGS_AFTER_MS) <= 0) {
        snprintf(verdict.message, sizeof verdict.message, "it hangs");
        kill(-pid, SIGKILL);
    } else if (read(ends[0], &verdict, sizeof verdict) != (ssize_t)sizeof verdict) {
        memset(&verdict, 0, sizeof verdict);
        snprintf(verdict.message, sizeof verdict.message, "the reader crashed");
    }
    close(ends[0]);
    waitpid(pid, NULL, 0);
    return verdict;
}

static void print_file(const char *path)
{
    char line[512];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        fprintf(stderr, "    %s", line);
    if (file)
        fclose(file);
}

static int is_xml(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".xml") == 0;
}

static const char *folder;

static void every_platform(void)
{
    struct dirent **files;
    int count = scandir(folder, &files, is_xml, alphasort), ran = 0;
    char *log = weir_format("%s/log", weir_test_folder());
    CU_ASSERT_FATAL(count > 0);
    putchar('\n');
    for (int i = 0; i < count; i++) {
        char *path = weir_format("%s/%s", folder, files[i]->d_name);
        struct verdict verdict = ask(path, log);
        ran += verdict.ran;
        if (verdict.ran)
            printf("%-52s ran: %llu of %llu items delivered\n", files[i]->d_name, verdict.delivered, verdict.arrived);
        else
            printf("%-52s %s: %s\n", files[i]->d_name, verdict.told && !verdict.died ? "refused" : "FAILED",
                   verdict.message);
        bool good = verdict.told && !verdict.died && (verdict.ran ? verdict.arrived >= 19 : verdict.message[0] != 0);
        CU_ASSERT_TRUE(good);
        if (!good)
            print_file(log);
        free(path);
        free(files[i]);
    }
    printf("%d of %d platforms ran, %d were refused\n", ran, count, count - ran);
    CU_ASSERT_TRUE(ran > 0);
    free(files);
    free(log);
}

static const struct weir_case cases[] = {{"every platform", every_platform}, {NULL, NULL}};

int main(int argc, char **argv)
{
    struct stat status;
    folder = getenv("WEIR_SIMGRID_EXAMPLES");
    if (!folder || stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
        printf("skipped: WEIR_SIMGRID_EXAMPLES does not name a folder of platforms, such as SimGrid's "
               "examples/platforms\n");
        return SKIPPED;
    }
    return weir_test_main("engine/simgrid_examples", cases, argc, argv);
}
