/* What daggen writes without --dot:
 *   NODE_COUNT 9
 *   NODE tag child,child KIND cost alpha     KIND is ROOT, COMPUTATION (flops), TRANSFER (bytes) or END; "-": no child
 * Transfers are nodes between two tasks; ROOT and END are no tasks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/workflow_parts.h"

enum kind { ROOT, COMPUTATION, TRANSFER, END, KINDS };
static const char *const kinds[KINDS] = {"ROOT", "COMPUTATION", "TRANSFER", "END"};

struct node {
    const char *tag, *children;
    enum kind kind;
    double cost;
    int line, task; /* the task's index, of a COMPUTATION */
};

struct nodes {
    struct weir_workflow_builder *builder;
    struct weir_names tags;
    struct node *nodes;
    size_t count, capacity;
};

static int fail(const struct nodes *nodes, int line)
{
    weir_error_context("%s:%d", nodes->builder->path, line);
    return WEIR_EINPUT;
}

static int add_node(struct nodes *nodes, const char *line, int number)
{
    static const char blanks[] = " \t\r";
    const char *words[5] = {0};
    int count = 0;
    for (const char *at = line + strspn(line, blanks); *at && *at != '\n' && count < 5; at += strspn(at, blanks)) {
        size_t length = strcspn(at, " \t\r\n");
        words[count++] = weir_build_keep(nodes->builder, at, length);
        at += length;
    }
    if (count < 5 || strcmp(words[0], "NODE") != 0)
        return weir_error(WEIR_EINPUT, "a line such as \"NODE 1 2,3 COMPUTATION 1000 0.1\" is expected");
    struct node node = {.tag = words[1], .children = words[2], .line = number, .kind = ROOT};
    while (node.kind < KINDS && strcmp(kinds[node.kind], words[3]) != 0)
        node.kind++;
    if (node.kind == KINDS)
        return weir_error(WEIR_EINPUT, "\"%s\" is no kind of node; ROOT, COMPUTATION, TRANSFER and END are", words[3]);
    if (weir_names_find(&nodes->tags, node.tag) >= 0)
        return weir_error(WEIR_EINPUT, "node %s is there twice; give one of them another number", node.tag);
    int code = weir_build_number("the cost", words[4], &node.cost);
    if (code)
        return code;
    if (node.kind == COMPUTATION && (node.task = weir_build_task(nodes->builder, node.tag, NULL, node.cost)) < 0)
        return node.task;
    weir_names_add(&nodes->tags, node.tag, 0, 0);
    nodes->nodes = weir_grow(nodes->nodes, nodes->count + 1, &nodes->capacity, sizeof *nodes->nodes);
    nodes->nodes[nodes->count++] = node;
    return WEIR_OK;
}

/* The next of the children in a list; NULL at its end, or with *code set. */
static const struct node *next_child(const struct nodes *nodes, const char **list, int *code)
{
    char tag[32];
    size_t length = strcspn(*list, ",");
    if (*code || !length || strcmp(*list, "-") == 0)
        return NULL;
    snprintf(tag, sizeof tag, "%.*s", (int)length, *list);
    *list += length + ((*list)[length] == ',');
    int index = weir_names_find(&nodes->tags, tag);
    if (index < 0)
        *code = weir_error(WEIR_EINPUT, "child %s is no node of the file; add it, or take it out", tag);
    return index < 0 ? NULL : &nodes->nodes[index];
}

/* The edges of a task: through transfers, or straight to another task. */
static int add_edges(const struct nodes *nodes, const struct node *node)
{
    int code = WEIR_OK;
    const char *children = node->children, *rest;
    const struct node *child, *to;
    while ((child = next_child(nodes, &children, &code))) {
        if (child->kind == COMPUTATION)
            code = weir_build_flow(nodes->builder, node->task, child->task, 0);
        if (child->kind != TRANSFER)
            continue;
        rest = child->children;
        while ((to = next_child(nodes, &rest, &code)))
            if (to->kind == COMPUTATION)
                code = weir_build_flow(nodes->builder, node->task, to->task, child->cost);
    }
    return code ? fail(nodes, node->line) : WEIR_OK;
}

int weir_workflow_nodes(struct weir_workflow_builder *builder, const char *text)
{
    struct nodes nodes = {.builder = builder};
    int code = WEIR_OK, number = 1;
    builder->adds_up = true;
    for (const char *line = text; *line && !code; number++) {
        const char *word = line + strspn(line, " \t\r");
        bool remark = *word == '\n' || !*word || strncmp(word, "//", 2) == 0 || strncmp(word, "NODE_COUNT", 10) == 0;
        if (!remark && add_node(&nodes, line, number))
            code = fail(&nodes, number);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    for (size_t n = 0; n < nodes.count && !code; n++)
        if (nodes.nodes[n].kind == COMPUTATION)
            code = add_edges(&nodes, &nodes.nodes[n]);
    weir_names_fini(&nodes.tags);
    free(nodes.nodes);
    return code;
}
