#include "sim/experiment/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/engine/run.h"
#include "sim/experiment/files.h"
#include "sim/experiment/inputs.h"
#include "sim/experiment/seal.h"

#define SYNC_S 1.0 /* what was appended is forced to disk that often */

/* The runs that are made now. */
struct work {
    const struct weir_sweep *sweep;
    const struct weir_pack_index *index;
    struct weir_pack pack;
    int next, end; /* in the plan */
    int failed, done, first_failed, first_code;
    char *first_message;
};

void weir_sweep_part(const struct weir_sweep_plan *plan, int part, int parts, int *first, int *end)
{
    *first = (int)((long)plan->run_count * (part - 1) / parts);
    *end = (int)((long)plan->run_count * part / parts);
}

bool weir_sweep_is_wanted(const struct weir_sweep_plan *plan, const struct weir_pack_index *index, int run)
{
    return weir_key_map_get(&plan->first, plan->keys[run]) == run && !weir_pack_has(index, plan->keys[run]);
}

static bool next_run(void *context, struct weir_pool_task *task)
{
    struct work *work = context;
    const struct weir_sweep_plan *plan = work->sweep->plan;
    while (work->next < work->end && !weir_sweep_is_wanted(plan, work->index, work->next))
        work->next++;
    if (work->next >= work->end)
        return false;
    struct weir_sweep_unit *unit = weir_alloc(1, sizeof *unit);
    *unit = (struct weir_sweep_unit){.sweep = work->sweep, .run = work->next++, .pack = work->pack.descriptor};
    unit->name = weir_sweep_plan_name(plan, unit->run);
    unit->memory = weir_pack_memory();
    unit->words_are = weir_format("stderr/%016llx.txt", plan->keys[unit->run]);
    unit->words = weir_format("%s/%s", work->sweep->folder, unit->words_are);
    *task =
        (struct weir_pool_task){unit->name, weir_sweep_work, unit, .words = unit->words, .words_are = unit->words_are};
    return true;
}

static int keep_failure(struct work *work, int run, int code, const char *message)
{
    unsigned long long key = work->sweep->plan->keys[run];
    if (!work->failed || run < work->first_failed) {
        free(work->first_message);
        work->first_message = weir_copy(message);
        work->first_failed = run;
        work->first_code = code;
    }
    work->failed++;
    return weir_pack_append_failure(&work->pack, key, code, message);
}

static int run_ended(void *context, int number, const struct weir_pool_task *task, struct weir_pool_outcome *outcome)
{
    struct work *work = context;
    struct weir_sweep_unit *unit = task->context;
    int code = WEIR_OK;
    (void)number;
    if (outcome->state == WEIR_TASK_DONE) {
        code = weir_pack_append(&work->pack, unit->memory, work->sweep->plan->keys[unit->run]);
        work->done += code == WEIR_OK;
    } else if (outcome->state == WEIR_TASK_FAILED) {
        code = keep_failure(work, unit->run, outcome->code, outcome->message);
    }
    if (code == WEIR_OK && (outcome->state == WEIR_TASK_DONE || outcome->state == WEIR_TASK_FAILED))
        code = weir_pack_sync(&work->pack, SYNC_S);
    else
        weir_os->unlink(unit->words);
    if (unit->memory >= 0)
        close(unit->memory);
    free(unit->name);
    free(unit->words);
    free(unit->words_are);
    free(unit);
    return code;
}

static char *packs_of(const struct weir_sweep *sweep)
{
    return weir_format("%s/packs", sweep->folder);
}

static bool is_of_other_part(void *context, const char *name)
{
    const struct weir_sweep *sweep = context;
    char ending[32];
    int number = 0;
    snprintf(ending, sizeof ending, "-of-%d.pack", sweep->parts);
    const char *dash = strstr(name, "-of-");
    return sscanf(name, "part-%d-of-", &number) == 1 && dash && strcmp(dash, ending) == 0 && number != sweep->part;
}

/* Of results that are not of the plan, the last of each pack tells the engine: those of the plan have it in their keys,
 * and a pack does not mix. */
static int check_engine(const struct weir_sweep *sweep, struct weir_pack_index *index)
{
    int code = WEIR_OK;
    for (size_t e = index->entry_count; e-- > 0 && code == WEIR_OK;) {
        const struct weir_pack_entry *entry = &index->entries[e];
        struct weir_record record;
        char *text = NULL;
        if (entry->kind != WEIR_PACK_RESULT || weir_key_map_get(&sweep->plan->first, entry->key) >= 0)
            continue;
        code = weir_pack_read(index, entry, WEIR_PACK_JSON, &text);
        if (code == WEIR_OK && weir_record_parse(text, index->paths[entry->pack], &record) == WEIR_OK)
            code = weir_record_same_engine(sweep->folder, record.engine);
        free(text);
        int pack = entry->pack;
        while (e > 0 && index->entries[e - 1].pack == pack)
            e--;
    }
    return code;
}

int weir_sweep_check(const struct weir_sweep *sweep)
{
    struct weir_pack_index index;
    int code = sweep->force ? WEIR_OK : weir_sweep_index(sweep, &index);
    if (!sweep->force)
        weir_pack_index_fini(&index);
    return code;
}

int weir_sweep_index(const struct weir_sweep *sweep, struct weir_pack_index *index)
{
    char *packs = packs_of(sweep);
    /* The other parts of the same division have other runs: their packs need not be read. */
    int code = weir_pack_index_read(index, packs, sweep->parts ? is_of_other_part : NULL, (void *)sweep);
    if (code == WEIR_OK)
        code = check_engine(sweep, index);
    free(packs);
    return code;
}

/* The files of a folder that have this in their names. */
static void remove_all(const char *path, const char *part)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char *file = weir_format("%s/%s", path, entry->d_name);
        if (strstr(entry->d_name, part))
            weir_os->unlink(file);
        free(file);
    }
    if (folder)
        closedir(folder);
}

void weir_sweep_remove_old(const struct weir_sweep *sweep)
{
    static const char *const tables[] = {"summary.csv",  "aggregate.csv", "pairs.csv",  "failures.csv",
                                         WEIR_CHECKSUMS, "report.html",   "runs.sqlite"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char *path = weir_format("%s/%s", sweep->folder, tables[i]);
        weir_os->unlink(path);
        free(path);
    }
    if (!sweep->force)
        return;
    char *packs = packs_of(sweep), *words = weir_format("%s/stderr", sweep->folder);
    remove_all(packs, ".pack");
    remove_all(words, ".txt");
    rmdir(words);
    free(words);
    free(packs);
}

static void say_what_is_kept(const struct weir_sweep *sweep, int wanted, int first, int end)
{
    int distinct = 0;
    for (int run = first; run < end; run++)
        distinct += weir_key_map_get(&sweep->plan->first, sweep->plan->keys[run]) == run;
    if (sweep->pool.quiet)
        return;
    fprintf(stderr, "%s: %d run%s", sweep->folder, end - first, end - first == 1 ? "" : "s");
    if (distinct < end - first)
        fprintf(stderr, ", %d of them with inputs of their own", distinct);
    fprintf(stderr, "; %d finished and kept, %d to do\n", distinct - wanted, wanted);
}

static int judge(const struct work *work, int wanted, bool interrupted)
{
    const struct weir_sweep *sweep = work->sweep;
    if (interrupted)
        return weir_error(WEIR_ERUN,
                          "interrupted: %d of %d runs were made and are kept in %s; the same command runs the rest",
                          work->done, wanted, sweep->folder);
    if (!work->failed)
        return WEIR_OK;
    char *name = weir_sweep_plan_name(sweep->plan, work->first_failed);
    weir_error(work->first_code, "%s: %s", name, work->first_message);
    free(name);
    if (work->failed > 1)
        weir_error_context("%d of %d runs failed, the first of them", work->failed, wanted);
    return work->first_code;
}

/* Makes the runs; the folder is ours. Failed runs are an error of a part alone: of a whole sweep the tables tell. */
static int make_runs(const struct weir_sweep *sweep, bool *interrupted)
{
    struct weir_pack_index index = {.descriptor = -1};
    struct work work = {.sweep = sweep, .index = &index, .end = sweep->plan->run_count};
    char *packs = packs_of(sweep);
    char *path = sweep->parts ? weir_format("%s/part-%d-of-%d.pack", packs, sweep->part, sweep->parts)
                              : weir_format("%s/local.pack", packs);
    int wanted = 0;
    if (sweep->parts)
        weir_sweep_part(sweep->plan, sweep->part, sweep->parts, &work.next, &work.end);
    int code = weir_pack_open(path, &work.pack);
    if (code == WEIR_OK)
        code = weir_sweep_index(sweep, &index);
    if (code != WEIR_OK)
        goto out;
    for (int run = work.next; run < work.end; run++)
        wanted += weir_sweep_is_wanted(sweep->plan, &index, run);
    say_what_is_kept(sweep, wanted, work.next, work.end);
    const struct weir_pool_feed feed = {wanted, next_run, run_ended, &work};
    if (wanted)
        code = weir_engine_open();
    if (wanted && code == WEIR_OK)
        code = weir_pool_feed(&sweep->pool, &feed, interrupted);
    if (*interrupted || (code == WEIR_OK && sweep->parts))
        code = judge(&work, wanted, *interrupted);
out:
    if (code == WEIR_OK) {
        code = weir_pack_close(&work.pack);
    } else { /* the first error is what the caller shall hear */
        char *message = weir_copy(weir_error_message());
        weir_pack_close(&work.pack);
        weir_error(code, "%s", message);
        free(message);
    }
    weir_pack_index_fini(&index);
    free(work.first_message);
    free(path);
    free(packs);
    return code;
}

int weir_sweep_keep_inputs(const struct weir_sweep *sweep)
{
    const struct weir_study *study = sweep->plan->study;
    char *scenario = weir_format("%s/scenario.json", sweep->folder),
         *kept = weir_format("%s/study.json", sweep->folder);
    int code = WEIR_OK;
    /* They may be those that an earlier sweep has kept: they stay. */
    if (!weir_file_same(scenario, study->scenario))
        code = weir_inputs_write(scenario, study->scenario, NULL);
    if (code == WEIR_OK && !weir_file_same(kept, study->path))
        code = weir_inputs_write_study(kept, study->path, study->scenario);
    free(scenario);
    free(kept);
    return code;
}

int weir_sweep_run(const struct weir_sweep *sweep, bool *interrupted)
{
    char *packs = packs_of(sweep);
    int lock = -1;
    *interrupted = false;
    int code = weir_folder_make(packs);
    if (code != WEIR_OK)
        goto out;
    lock = sweep->parts ? weir_folder_share(sweep->folder) : weir_folder_lock(sweep->folder);
    if (lock < 0) {
        code = lock;
        goto out;
    }
    if (!sweep->parts) {
        if ((code = weir_sweep_check(sweep)) != WEIR_OK)
            goto out;
        weir_sweep_remove_old(sweep);
        if ((code = weir_sweep_keep_inputs(sweep)) != WEIR_OK)
            goto out;
    }
    code = make_runs(sweep, interrupted);
    if (code == WEIR_OK && !sweep->parts)
        code = weir_sweep_collect(sweep);
out:
    weir_folder_unlock(lock);
    free(packs);
    return code;
}
