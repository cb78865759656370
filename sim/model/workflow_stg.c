/* The Standard Task Graph Set: the number of tasks, then a line for each, the first and the last of which stand for
 * beginning and end: its number, its time, how many it waits for, and their numbers. Nothing is said of data. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/model/workflow_parts.h"

enum { NUMBER_AT_MOST = 20 };

struct words {
    struct weir_workflow_builder *builder;
    const char *at;
    int line;
};

/* The next number of the line, kept; NULL at its end. */
static const char *next_word(struct words *words)
{
    words->at += strspn(words->at, " \t\r");
    size_t length = strcspn(words->at, " \t\r\n#");
    if (!length)
        return NULL;
    const char *word = weir_build_keep(words->builder, words->at, length < NUMBER_AT_MOST ? length : NUMBER_AT_MOST);
    words->at += length;
    return word;
}

/* Goes to the next line that holds something; false at the end. */
static bool next_line(struct words *words, bool first)
{
    for (;; first = false) {
        if (!first) {
            words->at += strcspn(words->at, "\n");
            words->at += *words->at == '\n';
            words->line++;
        }
        words->at += strspn(words->at, " \t\r");
        if (!*words->at)
            return false;
        if (*words->at != '\n' && *words->at != '#')
            return true;
    }
}

static int read_task(struct words *words, bool edges)
{
    const char *id = next_word(words), *time = next_word(words), *count = next_word(words), *parent;
    double time_s = 0, parents = 0, flops = 0;
    int task = -1, code = WEIR_OK;
    if (!count)
        return weir_error(WEIR_EINPUT, "a line such as \"3 12 2 1 2\" is expected: a task, its time, how many it waits "
                                       "for, and these");
    code = weir_build_number("the time", time, &time_s);
    if (!code)
        code = weir_build_number("the number of predecessors", count, &parents);
    if (!code && !edges) {
        code = weir_build_runtime(words->builder, time_s, &flops);
        task = code ? code : weir_build_task(words->builder, id, NULL, flops);
        return task < 0 ? task : WEIR_OK;
    }
    task = code ? code : weir_build_find(words->builder, "task", id);
    for (code = task < 0 ? task : WEIR_OK; !code && parents > 0; parents--) {
        if (!(parent = next_word(words)))
            return weir_error(WEIR_EINPUT, "task %s waits for more tasks than the line names", id);
        int from = weir_build_find(words->builder, "predecessor", parent);
        code = from < 0 ? from : weir_build_flow(words->builder, from, task, 0);
    }
    if (!code && next_word(words))
        code = weir_error(WEIR_EINPUT, "task %s waits for fewer tasks than the line names", id);
    return code;
}

bool weir_workflow_is_stg(const char *text)
{
    const char *end = text + strspn(text, "0123456789");
    end += strspn(end, " \t\r");
    return end > text && *text >= '0' && *text <= '9' && *end == '\n';
}

int weir_workflow_stg(struct weir_workflow_builder *builder, const char *text)
{
    double wanted = 0;
    int code = WEIR_OK;
    builder->adds_up = true;
    for (int pass = 0; pass < 2 && !code; pass++) {
        struct words words = {builder, text, 1};
        int count = 0;
        if (next_line(&words, true))
            code = weir_build_number("the number of tasks", next_word(&words), &wanted);
        while (!code && next_line(&words, false)) {
            code = read_task(&words, pass == 1);
            count++;
        }
        if (code)
            weir_error_context("%s:%d", builder->path, words.line);
        else if (count != (int)wanted + 2 && count != (int)wanted)
            code = weir_error(WEIR_EINPUT,
                              "%s: has %d tasks, and its first line says %.0f, or %.0f with the first and the "
                              "last",
                              builder->path, count, wanted, wanted + 2);
    }
    return code;
}
