/* What daggen writes with --dot, and DOT like it: nodes with a size in flops, edges with a size in bytes. */
#include <ctype.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/model/workflow_parts.h"

/* Tokens are words, in quotes or not, arrows, single characters, and '\0' at the end. */
#define WORD  'w'
#define ARROW '>'

struct lexer {
    struct weir_workflow_builder *builder;
    const char *at; /* behind the token */
    int line;
    char token;
    int token_line;
    const char *word;
};

static void skip_blanks(struct lexer *lexer)
{
    for (;;) {
        const char *end = lexer->at;
        if (strncmp(end, "//", 2) == 0 || *end == '#')
            end += strcspn(end, "\n");
        else if (strncmp(end, "/*", 2) == 0 && strstr(end + 2, "*/"))
            end = strstr(end + 2, "*/") + 2;
        else if (isspace((unsigned char)*end))
            end++;
        else
            return;
        for (; lexer->at < end; lexer->at++)
            lexer->line += *lexer->at == '\n';
    }
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '+' || (unsigned char)c >= 0x80;
}

static int next(struct lexer *lexer)
{
    skip_blanks(lexer);
    lexer->token_line = lexer->line;
    lexer->token = *lexer->at;
    const char *begin = lexer->at, *end;
    if (*begin == '"') {
        begin++;
        end = begin + strcspn(begin, "\"\n");
        if (*end != '"')
            return weir_error(WEIR_EINPUT, "the string that begins here is not closed; put a '\"' after it");
        lexer->at = end + 1;
    } else if (is_word(*begin) || (*begin == '-' && is_word(begin[1]))) {
        for (end = begin + 1; is_word(*end); end++)
            ;
        lexer->at = end;
    } else {
        if (strncmp(begin, "->", 2) == 0)
            lexer->token = ARROW;
        lexer->at += lexer->token == ARROW ? 2 : lexer->token != '\0';
        return WEIR_OK;
    }
    lexer->token = WORD;
    lexer->word = weir_build_keep(lexer->builder, begin, (size_t)(end - begin));
    return WEIR_OK;
}

static int unexpected(const struct lexer *lexer, const char *wanted)
{
    char token[2] = {lexer->token, '\0'}, shown[WEIR_QUOTE_SIZE];
    const char *text = lexer->token == WORD ? lexer->word : lexer->token == ARROW ? "->" : token;
    if (!lexer->token)
        return weir_error(WEIR_EINPUT, "the text ends too early; %s is missing", wanted);
    return weir_error(WEIR_EINPUT, "%s is expected, not %s", wanted, weir_quote(text, shown));
}

static int need(struct lexer *lexer, char token, const char *wanted)
{
    return lexer->token == token ? next(lexer) : unexpected(lexer, wanted);
}

/* [size="12", alpha="0.1"], or nothing; the size is NULL if it is not there. */
static int read_attributes(struct lexer *lexer, const char **size)
{
    *size = NULL;
    if (lexer->token != '[')
        return WEIR_OK;
    int code = next(lexer);
    while (!code && lexer->token != ']') {
        const char *name = lexer->word;
        code = need(lexer, WORD, "the name of an attribute");
        if (!code)
            code = need(lexer, '=', "\"=\"");
        if (!code && lexer->token == WORD && strcmp(name, "size") == 0)
            *size = lexer->word;
        if (!code)
            code = need(lexer, WORD, "the value of an attribute");
        if (!code && (lexer->token == ',' || lexer->token == ';'))
            code = next(lexer);
    }
    return code ? code : next(lexer);
}

/* Edges may come before their nodes; so each pass reads the statements of one kind and checks the others' form. */
static int add_task(struct lexer *lexer, const char *name, const char *size)
{
    double flops = 0;
    int code = size ? weir_build_number("size", size, &flops) : WEIR_OK;
    lexer->builder->bare_tasks += !size;
    if (code)
        return code;
    int task = weir_build_task(lexer->builder, name, NULL, flops);
    return task < 0 ? task : WEIR_OK;
}

/* A task that edges alone name, as SimGrid's root and end may be, does nothing. */
static int find_or_add(struct weir_workflow_builder *builder, const char *name)
{
    int task = weir_names_find(&builder->tasks, name);
    if (task >= 0)
        return task;
    builder->bare_tasks++;
    return weir_build_task(builder, name, NULL, 0);
}

static int add_edge(struct lexer *lexer, const char *from_name, const char *to_name, const char *size)
{
    double bytes = 0;
    int code = size ? weir_build_number("size", size, &bytes) : WEIR_OK;
    if (code)
        return code;
    bool bare = !size || bytes < 0; /* as SimGrid has it: such an edge is an order and no more */
    lexer->builder->bare_edges += bare;
    bytes = bare ? 0 : bytes;
    int from = find_or_add(lexer->builder, from_name);
    int to = from < 0 ? from : find_or_add(lexer->builder, to_name);
    return to < 0 ? to : weir_build_flow(lexer->builder, from, to, bytes);
}

static bool is_default(const char *name)
{
    return strcmp(name, "node") == 0 || strcmp(name, "edge") == 0 || strcmp(name, "graph") == 0;
}

/* One statement: name [..], name -> name [..], or name = value, which says how to draw. */
static int read_statement(struct lexer *lexer, bool edges)
{
    const char *name = lexer->word, *to = NULL, *size;
    if (lexer->token == WORD && strcmp(name, "subgraph") == 0)
        return weir_error(WEIR_EINPUT, "has a subgraph; put its tasks and edges into the graph itself");
    int line = lexer->token_line, code = need(lexer, WORD, "a task");
    if (!code && lexer->token == '=') {
        code = next(lexer);
        return code ? code : need(lexer, WORD, "a value");
    }
    if (!code && lexer->token == ARROW) {
        code = next(lexer);
        to = lexer->word;
        if (!code)
            code = need(lexer, WORD, "a task");
        if (!code && lexer->token == ARROW)
            code = weir_error(WEIR_EINPUT, "has a row of edges; write each by itself, with its size");
    }
    if (!code)
        code = read_attributes(lexer, &size);
    if (code || is_default(name))
        return code;
    if (edges == (to != NULL)) {
        code = to ? add_edge(lexer, name, to, size) : add_task(lexer, name, size);
        if (code)
            lexer->token_line = line;
    }
    return code;
}

static int read_graph(struct lexer *lexer, bool edges)
{
    int code = next(lexer);
    if (!code && lexer->token == WORD && strcmp(lexer->word, "strict") == 0)
        code = next(lexer);
    if (!code && (lexer->token != WORD || strcmp(lexer->word, "digraph") != 0))
        code = unexpected(lexer, "\"digraph\"");
    if (!code)
        code = next(lexer);
    if (!code && lexer->token == WORD)
        code = next(lexer);
    if (!code)
        code = need(lexer, '{', "\"{\"");
    while (!code && lexer->token != '}') {
        code = read_statement(lexer, edges);
        while (!code && lexer->token == ';')
            code = next(lexer);
    }
    return code;
}

int weir_workflow_dot(struct weir_workflow_builder *builder, const char *text)
{
    int code = WEIR_OK;
    builder->adds_up = true; /* daggen draws an edge twice now and then */
    for (int pass = 0; pass < 2 && !code; pass++) {
        struct lexer lexer = {.builder = builder, .at = text, .line = 1};
        code = read_graph(&lexer, pass == 1);
        if (code)
            weir_error_context("%s:%d", builder->path, lexer.token_line);
    }
    return code;
}
