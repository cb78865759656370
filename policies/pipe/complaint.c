#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "policies/pipe/line.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

#define KEPT_BYTES    ((size_t)16 << 10)
#define LINE_AT_MOST  ((size_t)240)
#define LINES_AT_MOST 4 /* from the one that names the script on */
#define LAST_LINES    3 /* if none does */
#define LINES_SEEN    1024

struct line {
    const char *text;
    size_t length;
};

/* What the complaint is looked at as: its lines that say something, the last one first. */
struct lines {
    struct line list[LINES_SEEN];
    int count;
};

void weir_pipe_complaint_add(struct weir_pipe_complaint *complaint, const char *bytes, size_t count)
{
    struct weir_text *text = &complaint->text;
    weir_text_add_bytes(text, bytes, count);
    if (text->length > 4 * KEPT_BYTES) { /* now and then, so that bytes are not moved again and again */
        memmove(text->data, text->data + text->length - KEPT_BYTES, KEPT_BYTES);
        text->length = KEPT_BYTES;
    }
}

void weir_pipe_complaint_fini(struct weir_pipe_complaint *complaint)
{
    weir_text_fini(&complaint->text);
}

static bool says_something(const struct line *line)
{
    for (size_t i = 0; i < line->length; i++)
        if ((unsigned char)line->text[i] > ' ' && !strchr("^~\x7f", line->text[i]))
            return true;
    return false;
}

static void find_lines(const char *begin, const char *end, struct lines *lines)
{
    lines->count = 0;
    while (end > begin && lines->count < LINES_SEEN) {
        const char *start = end;
        while (start > begin && start[-1] != '\n' && start[-1] != '\r')
            start--;
        struct line line = {start, (size_t)(end - start)};
        if (says_something(&line))
            lines->list[lines->count++] = line;
        end = start > begin ? start - 1 : begin;
    }
}

/* Whether it has the name, which is not part of a longer one. */
static bool has_name(const struct line *line, const char *name, size_t length)
{
    for (size_t i = 0; i + length <= line->length; i++) {
        const char *at = line->text + i, *next = at + length;
        if (memcmp(at, name, length) == 0 && (i == 0 || !isalnum((unsigned char)at[-1])) &&
            (i + length == line->length || !isalnum((unsigned char)*next)))
            return true;
    }
    return false;
}

/* The file's name at the end of a word of a command, without folders. */
static struct line base_name(const char *word, size_t length)
{
    const char *start = word;
    for (const char *c = word; c < word + length; c++)
        if (*c == '/')
            start = c + 1;
    return (struct line){start, (size_t)(word + length - start)};
}

/* The newest line that names a word of the command with an ending; without such words, its first word. -1: none. */
static int line_of_script(const struct lines *lines, const char *command)
{
    static const char blanks[] = " \t\n\"'";
    struct line names[32];
    int count = 0;
    for (int ending = 1; ending >= 0 && count == 0; ending--) {
        for (const char *word = command + strspn(command, blanks); *word && count < 32; word += strspn(word, blanks)) {
            struct line name = base_name(word, strcspn(word, blanks));
            const char *dot = name.length > 2 ? memchr(name.text + 1, '.', name.length - 2) : NULL;
            if (ending ? dot && isalpha((unsigned char)dot[1]) : count == 0 && name.length > 0)
                names[count++] = name;
            word += strcspn(word, blanks);
        }
    }
    for (int l = 0; l < lines->count; l++)
        for (int n = 0; n < count; n++)
            if (has_name(&lines->list[l], names[n].text, names[n].length))
                return l;
    return -1;
}

/* A line without blanks around it and control characters in it. */
static void add_line(struct weir_text *text, const struct line *line)
{
    size_t begun = text->length;
    for (size_t at = 0, step; at < line->length; at += step) {
        step = weir_utf8_length(line->text + at, line->length - at);
        unsigned char byte = (unsigned char)line->text[at];
        size_t length = step ? step : 1;
        bool leave = step == 1 && (byte < 0x20 || byte == 0x7f || (byte == ' ' && text->length == begun));
        if (!leave && text->length - begun + length > LINE_AT_MOST)
            break;
        if (!leave)
            weir_text_add_bytes(text, step ? line->text + at : "?", length);
        step = length;
    }
    while (text->length > begun && text->data[text->length - 1] == ' ')
        text->length--;
}

char *weir_pipe_complaint(const struct weir_pipe_complaint *complaint, const char *command)
{
    const struct weir_text *all = &complaint->text;
    if (!all->length)
        return weir_copy("");
    size_t kept = all->length < KEPT_BYTES ? all->length : KEPT_BYTES;
    struct lines *lines = weir_alloc(1, sizeof *lines);
    struct weir_text text = {0};
    find_lines(all->data + all->length - kept, all->data + all->length, lines);
    int script = line_of_script(lines, command);
    int first = script >= 0 ? script : (lines->count < LAST_LINES ? lines->count : LAST_LINES) - 1;
    for (int l = first; l >= 0; l--) {
        bool between = first >= LINES_AT_MOST && l > 1 && l < first - 1;
        if (between && l < first - 2)
            continue;
        weir_text_add(&text, l < first ? " | " : "");
        if (between)
            weir_text_add(&text, "...");
        else
            add_line(&text, &lines->list[l]);
    }
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    free(lines);
    return copy;
}
