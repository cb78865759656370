#include "tests/learn/offload/instances.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/support/test.h"

#define MOST_LINKS 256
#define MOST_USERS 16

struct instance_file {
    FILE *stream;
    char *line;
    size_t room;
    bool pending; /* `line` has not been used yet */
};

struct instance_file *instance_open(void)
{
    struct instance_file *file = weir_alloc(1, sizeof *file);
    file->stream = fopen("tests/data/offload-reference.txt", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file->stream);
    return file;
}

void instance_close(struct instance_file *file)
{
    fclose(file->stream);
    free(file->line);
    free(file);
}

/* The next line that is no comment, or false. */
static bool next_line(struct instance_file *file)
{
    if (file->pending) {
        file->pending = false;
        return true;
    }
    while (getline(&file->line, &file->room, file->stream) > 0)
        if (file->line[0] != '#')
            return true;
    return false;
}

/* What follows the word at the start of the line, or NULL if that is another one. */
static const char *after(const struct instance_file *file, const char *word)
{
    size_t length = strlen(word);
    return strncmp(file->line, word, length) == 0 && file->line[length] == ' ' ? file->line + length : NULL;
}

static int numbers(const char *text, double *values, int room)
{
    int count = 0;
    for (char *end; count < room; text = end, count++) {
        values[count] = strtod(text, &end);
        if (end == text)
            break;
    }
    return count;
}

static void whole_numbers(const char *text, int *values, int room)
{
    for (char *end; room-- > 0; text = end) {
        *values++ = (int)strtol(text, &end, 10);
        if (end == text)
            break;
    }
}

struct reading {
    double flops_per_s[MOST_USERS];
    struct offload_link links[MOST_LINKS];
    struct offload_user users[MOST_USERS];
    double work[MOST_USERS][INSTANCE_MOST];
    struct offload_transfer transfers[MOST_USERS][INSTANCE_MOST];
    int nodes, link_count, user_count;
};

/* One line of the instance's network or users; false: it is none. */
static bool read_given(struct reading *reading, const struct instance_file *file)
{
    const char *rest;
    double values[3] = {0};
    struct offload_user *user = reading->users + (reading->user_count > 0 ? reading->user_count - 1 : 0);
    if ((rest = after(file, "nodes"))) {
        reading->nodes = numbers(rest, reading->flops_per_s, MOST_USERS);
    } else if ((rest = after(file, "link"))) {
        numbers(rest, values, 3);
        reading->links[reading->link_count++] =
            (struct offload_link){.from = (int)values[0], .to = (int)values[1], .bytes_per_s = values[2]};
    } else if ((rest = after(file, "user"))) {
        numbers(rest, values, 2);
        reading->users[reading->user_count] =
            (struct offload_user){.origin = (int)values[0],
                                  .end = (int)values[1],
                                  .work_flop = reading->work[reading->user_count],
                                  .transfers = reading->transfers[reading->user_count]};
        reading->user_count++;
    } else if ((rest = after(file, "work"))) {
        user->subtask_count = numbers(rest, reading->work[reading->user_count - 1], INSTANCE_MOST);
    } else if ((rest = after(file, "transfer"))) {
        numbers(rest, values, 3);
        reading->transfers[reading->user_count - 1][user->transfer_count++] =
            (struct offload_transfer){.from = (int)values[0], .to = (int)values[1], .bytes = values[2]};
    } else {
        return false;
    }
    return true;
}

static bool read_result(struct instance *instance, const struct instance_file *file)
{
    const char *rest;
    struct instance_result *result = instance->results + (instance->result_count > 0 ? instance->result_count - 1 : 0);
    if ((rest = after(file, "result"))) {
        result = &instance->results[instance->result_count++];
        *result = (struct instance_result){.rounds = -1, .moves = -1};
        sscanf(rest, "%31s", result->name);
    } else if ((rest = after(file, "at"))) {
        whole_numbers(rest, result->at, INSTANCE_MOST);
    } else if ((rest = after(file, "cost"))) {
        numbers(rest, result->cost_s, INSTANCE_MOST);
    } else if ((rest = after(file, "latency"))) {
        result->has_latency = numbers(rest, result->latency_s, INSTANCE_MOST) > 0;
    } else if ((rest = after(file, "sum"))) {
        numbers(rest, &result->sum_s, 1);
    } else if ((rest = after(file, "potential"))) {
        numbers(rest, &result->potential, 1);
    } else if ((rest = after(file, "rounds"))) {
        sscanf(rest, "%d %d", &result->rounds, &result->moves);
    } else if ((rest = after(file, "shares"))) {
        result->has_shares = numbers(rest, result->shares, INSTANCE_MOST) > 0;
    } else if ((rest = after(file, "flows"))) {
        numbers(rest, result->flows, 4 * INSTANCE_MOST);
    } else {
        return false;
    }
    return true;
}

static void build(struct instance *instance, const struct reading *reading)
{
    struct offload_network_spec spec = {.node_count = reading->nodes,
                                        .flops_per_s = reading->flops_per_s,
                                        .link_count = reading->link_count,
                                        .links = reading->links,
                                        .routing = instance->single_hop ? OFFLOAD_SINGLE_HOP : OFFLOAD_SHORTEST};
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &instance->network), 0);
    CU_ASSERT_EQUAL_FATAL(offload_problem_new(instance->network, reading->users, reading->user_count,
                                              instance->of_user ? OFFLOAD_SHARE_OF_USER : OFFLOAD_SHARE_OF_SUBTASK,
                                              &instance->problem),
                          0);
}

bool instance_next(struct instance_file *file, struct instance *instance)
{
    offload_problem_free(instance->problem);
    offload_network_free(instance->network);
    *instance = (struct instance){0};
    char kind[16], shares[16], routing[16];
    if (!next_line(file) || sscanf(file->line, "instance %15s %15s %15s", kind, shares, routing) != 3)
        return false;
    instance->graph = strcmp(kind, "dag") == 0;
    instance->of_user = strcmp(shares, "user") == 0;
    instance->single_hop = strcmp(routing, "single-hop") == 0;
    struct reading *reading = weir_alloc(1, sizeof *reading);
    while (next_line(file))
        if (!read_given(reading, file) && !read_result(instance, file)) {
            file->pending = true;
            break;
        }
    build(instance, reading);
    free(reading);
    return true;
}

const struct instance_result *instance_result(const struct instance *instance, const char *name)
{
    for (int i = 0; i < instance->result_count; i++)
        if (strcmp(instance->results[i].name, name) == 0)
            return &instance->results[i];
    return NULL;
}
