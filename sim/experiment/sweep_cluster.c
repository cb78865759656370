#include "sim/experiment/sweep_cluster.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"

#define PARTS 500 /* at most, unless a batch is given: Slurm takes indices up to 1000 unless it is told otherwise */

/* What the parts are, and which are not finished. */
struct division {
    int parts, left_parts, left_runs;
    int *left;     /* [part] runs */
    char *command; /* up to and without the part's number */
    char *options; /* behind it */
};

/* In single quotes, as shells want it. */
static void add_quoted(struct weir_text *text, const char *word)
{
    weir_text_add(text, "'");
    for (; *word; word++)
        weir_text_addf(text, *word == '\'' ? "'\\''" : "%c", *word);
    weir_text_add(text, "'");
}

/* Adds the absolute form of a path. */
static int add_path(struct weir_text *text, const char *path)
{
    char *absolute = realpath(path, NULL);
    if (!absolute)
        return weir_error(WEIR_EINPUT, "%s: cannot be found: %s", path, strerror(errno));
    add_quoted(text, absolute);
    free(absolute);
    return WEIR_OK;
}

static int make_command(const struct weir_sweep *sweep, struct division *division)
{
    struct weir_text text = {0};
    int code = add_path(&text, "/proc/self/exe");
    weir_text_add(&text, " sweep ");
    if (code == WEIR_OK)
        code = add_path(&text, sweep->plan->study->path);
    weir_text_add(&text, " --output ");
    if (code == WEIR_OK)
        code = add_path(&text, sweep->folder);
    weir_text_add(&text, " --part ");
    division->command = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    weir_text_add(&text, " --quiet");
    if (sweep->pool.timeout_s > 0)
        weir_text_addf(&text, " --timeout %.17g", sweep->pool.timeout_s);
    if (sweep->pool.memory_bytes > 0)
        weir_text_addf(&text, " --memory %.0fB", sweep->pool.memory_bytes);
    division->options = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return code;
}

static void division_fini(struct division *division)
{
    free(division->left);
    free(division->command);
    free(division->options);
}

/* Divides the plan, keeps it where the parts find it, and says how much there is to do. */
static int divide(const struct weir_cluster *cluster, struct division *division)
{
    const struct weir_sweep *sweep = cluster->sweep;
    const struct weir_sweep_plan *plan = sweep->plan;
    int batch = cluster->batch ? cluster->batch : (plan->run_count + PARTS - 1) / PARTS, lock = -1;
    char *kept = weir_format("%s/plan.bin", sweep->folder), *packs = weir_format("%s/packs", sweep->folder);
    *division = (struct division){.parts = (plan->run_count + batch - 1) / batch};
    int code = weir_folder_make(packs);
    if (code == WEIR_OK && (lock = weir_folder_lock(sweep->folder)) < 0)
        code = lock;
    if (code == WEIR_OK)
        code = weir_sweep_check(sweep);
    if (code == WEIR_OK)
        weir_sweep_remove_old(sweep);
    if (code == WEIR_OK)
        code = weir_sweep_keep_inputs(sweep);
    if (code == WEIR_OK)
        code = weir_sweep_plan_save(plan, kept);
    if (code == WEIR_OK)
        code = make_command(sweep, division);
    if (code == WEIR_OK)
        code = weir_sweep_left(sweep, division->parts, &division->left);
    for (int p = 0; code == WEIR_OK && p < division->parts; p++) {
        division->left_parts += division->left[p] > 0;
        division->left_runs += division->left[p];
    }
    if (code == WEIR_OK && !sweep->pool.quiet)
        fprintf(stderr, "%s: %d runs to do, in %d of %d parts of up to %d; then: weir sweep %s -o %s --collect\n",
                sweep->folder, division->left_runs, division->left_parts, division->parts, batch, plan->study->path,
                sweep->folder);
    weir_folder_unlock(lock);
    free(packs);
    free(kept);
    return code;
}

int weir_cluster_print(const struct weir_cluster *cluster, FILE *out)
{
    struct division division;
    int processes = cluster->sweep->pool.processes;
    int code = divide(cluster, &division);
    for (int p = 0; code == WEIR_OK && p < division.parts; p++)
        if (division.left[p])
            fprintf(out, "%s%d/%d --jobs %d%s\n", division.command, p + 1, division.parts, processes ? processes : 1,
                    division.options);
    division_fini(&division);
    return code;
}

/* "1-3,7": the parts that are not finished. */
static char *unfinished(const struct division *division)
{
    struct weir_text text = {0};
    for (int p = 0; p < division->parts; p++) {
        int first = p;
        if (!division->left[p])
            continue;
        while (p + 1 < division->parts && division->left[p + 1])
            p++;
        weir_text_addf(&text, "%s%d", text.length ? "," : "", first + 1);
        if (p > first)
            weir_text_addf(&text, "-%d", p + 1);
    }
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}

/* Runs a command line; what it prints is left in `said`. Returns its exit code, or -1. */
static int run_command(const char *command, char *said, size_t size)
{
    size_t length = 0;
    FILE *pipe = popen(command, "re");
    if (!pipe)
        return -1;
    while (length + 1 < size) {
        size_t got = fread(said + length, 1, size - 1 - length, pipe);
        if (!got)
            break;
        length += got;
    }
    while (length && said[length - 1] == '\n')
        length--;
    said[length] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int write_script(const struct weir_cluster *cluster, const struct division *division, const char *path)
{
    char *parts = unfinished(division);
    struct weir_text log = {0};
    int code = add_path(&log, cluster->sweep->folder);
    FILE *file = code == WEIR_OK ? weir_file_begin(path) : NULL;
    if (!file) {
        code = WEIR_EINPUT;
        goto out;
    }
    /* A task writes only if something went wrong, into one file for all: a file a task would be an inode a task. */
    fprintf(file,
            "#!/bin/sh\n#SBATCH --job-name=weir\n#SBATCH --array=%s\n#SBATCH --output=/dev/null\n#SBATCH "
            "--error=/dev/null\n",
            parts);
    fprintf(file, "exec %s\"$SLURM_ARRAY_TASK_ID/%d\" --jobs \"${SLURM_CPUS_PER_TASK:-1}\"%s 2>>%s/slurm.log\n",
            division->command, division->parts, division->options, weir_text_string(&log));
    code = weir_file_commit(file, path);
out:
    weir_text_fini(&log);
    free(parts);
    return code;
}

int weir_cluster_submit(const struct weir_cluster *cluster, FILE *out)
{
    struct division division;
    struct weir_text command = {0};
    char said[2000] = "";
    char *script = weir_format("%s/slurm.sh", cluster->sweep->folder);
    int code = divide(cluster, &division);
    if (code == WEIR_OK && !division.left_parts) {
        fputs("nothing is left to do\n", out);
        goto out;
    }
    if (code == WEIR_OK)
        code = write_script(cluster, &division, script);
    if (code != WEIR_OK)
        goto out;
    weir_text_addf(&command, "sbatch --parsable %s ", cluster->options ? cluster->options : "");
    add_quoted(&command, script);
    weir_text_add(&command, " 2>&1");
    fflush(NULL);
    int status = run_command(weir_text_string(&command), said, sizeof said);
    if (status == 127)
        code = weir_error(WEIR_ERUN, "there is no sbatch here; submit %s where Slurm is, or take --executor command",
                          script);
    else if (status != 0)
        code = weir_error(WEIR_ERUN, "sbatch refused %s: %s", script, said);
    else
        fprintf(out, "%s\n", said);
out:
    weir_text_fini(&command);
    division_fini(&division);
    free(script);
    return code;
}
