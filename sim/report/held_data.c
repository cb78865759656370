#include "sim/report/held_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/report/data.h"

struct verdict {
    struct weir_json at;
    const char *job;
    double longest; /* that somebody waits, or the share that is dropped */
    int number;
};

static double number(const struct weir_json *at, const char *key)
{
    double value = 0;
    if (weir_json_opt_number(at, key, -INFINITY, INFINITY, &value) != WEIR_OK)
        weir_error_clear();
    return value;
}

static const char *name_of(const struct weir_json *at, const char *key)
{
    const char *name = "";
    if (weir_json_opt_string(at, key, &name) != WEIR_OK)
        weir_error_clear();
    return name;
}

/* JSON may stand in the page as it is, but for what would end its element. */
static void add_json(struct weir_text *text, const struct weir_json *at)
{
    char *printed = weir_json_print(at);
    for (const char *from = printed; *from;) {
        size_t plain = strcspn(from, "<>&");
        weir_text_add_bytes(text, from, plain);
        from += plain;
        if (*from)
            weir_text_addf(text, "\\u%04x", (unsigned)*from++);
    }
    free(printed);
}

static int worst_first(const void *a, const void *b)
{
    const struct verdict *x = a, *y = b;
    if (x->longest != y->longest)
        return x->longest > y->longest ? -1 : 1;
    return x->number - y->number;
}

static int by_job(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t read_verdicts(const struct weir_json *root, struct weir_json *list, struct verdict **verdicts)
{
    size_t count = 0;
    struct weir_json at, waits, first;
    *verdicts = NULL;
    if (!weir_json_get(root, "bottlenecks", list))
        return 0;
    *verdicts = weir_alloc((size_t)weir_json_size(list), sizeof **verdicts);
    for (bool more = weir_json_first(list, &at); more; more = weir_json_next(&at)) {
        struct verdict *verdict = &(*verdicts)[count];
        *verdict = (struct verdict){at, name_of(&at, "job"), number(&at, "dropped"), (int)count};
        if (weir_json_get(&at, "waits", &waits) && weir_json_first(&waits, &first))
            verdict->longest = fmax(verdict->longest, number(&first, "share"));
        count++;
    }
    if (count)
        qsort(*verdicts, count, sizeof **verdicts, worst_first);
    return count;
}

/* Operators of the jobs that are kept, job by job as they stand there. */
static void add_operators(struct weir_text *text, const struct weir_json *root, const struct verdict *verdicts,
                          size_t kept)
{
    static const char *const keys[] = {"busy", "backpressured", "queue_mean", "arrived", "emitted", "dropped"};
    const char **jobs = weir_alloc(kept, sizeof *jobs), *open = NULL;
    struct weir_json list, at;
    for (size_t v = 0; v < kept; v++)
        jobs[v] = verdicts[v].job;
    if (kept)
        qsort(jobs, kept, sizeof *jobs, by_job);
    bool more = weir_json_get(root, "operators", &list) && weir_json_first(&list, &at);
    for (; more; more = weir_json_next(&at)) {
        const char *job = name_of(&at, "job");
        if (!kept || !bsearch(&job, jobs, kept, sizeof *jobs, by_job))
            continue;
        if (!open || strcmp(open, job) != 0) {
            if (open) {
                weir_data_end(text);
                weir_text_add(text, "},");
            }
            weir_data_string(text, job);
            weir_text_add(text, ":{");
            open = job;
        }
        weir_data_string(text, name_of(&at, "name"));
        weir_text_add(text, ":[");
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            weir_data_exact(text, number(&at, keys[k]));
            weir_text_add(text, ",");
        }
        weir_data_end(text);
        weir_text_add(text, "],");
    }
    weir_data_end(text);
    weir_text_add(text, open ? "}" : "");
    free(jobs);
}

size_t weir_held_data(struct weir_text *text, const struct weir_results_run *run, size_t most)
{
    char *path = weir_format("%s/result.json", run->folder);
    struct weir_json_doc *doc = NULL;
    struct weir_json list;
    struct verdict *verdicts = NULL;
    size_t count = 0;
    weir_text_add(text, "{\"bottlenecks\":[");
    if (weir_json_load(path, &doc) == WEIR_OK) {
        struct weir_json root = weir_json_root(doc);
        count = read_verdicts(&root, &list, &verdicts);
        for (size_t v = 0; v < count && v < most; v++) {
            add_json(text, &verdicts[v].at);
            weir_text_add(text, ",");
        }
        weir_data_end(text);
        weir_text_add(text, "],\"operators\":{");
        add_operators(text, &root, verdicts, count < most ? count : most);
        weir_text_add(text, "}}");
    } else {
        weir_error_clear(); /* it could be read before: told then, if at all */
        weir_text_add(text, "],\"operators\":{}}");
    }
    weir_json_free(doc);
    free(verdicts);
    free(path);
    return count > most ? count - most : 0;
}
