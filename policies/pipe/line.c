#include "policies/pipe/line.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

#define ANSWER_AT_MOST ((size_t)16 << 20)

void weir_pipe_answer_begin(struct weir_pipe_answer *answer)
{
    answer->text.length = 0;
    answer->looked = 0;
}

void weir_pipe_answer_add(struct weir_pipe_answer *answer, const char *bytes, size_t count)
{
    weir_text_add_bytes(&answer->text, bytes, count);
}

bool weir_pipe_answer_too_long(const struct weir_pipe_answer *answer)
{
    return answer->text.length > ANSWER_AT_MOST;
}

int weir_pipe_unasked(const char *text, const char *what)
{
    char quote[WEIR_QUOTE_SIZE], *line = weir_format("%.*s", (int)strcspn(text, "\n"), text);
    weir_error(WEIR_ERUN, "the program %s: %s; give one line for each event, and write all else to stderr", what,
               weir_quote(line, quote));
    free(line);
    return WEIR_ERUN;
}

int weir_pipe_answer_take(struct weir_pipe_answer *answer, const char **line)
{
    struct weir_text *text = &answer->text;
    size_t more = text->length - answer->looked;
    *line = NULL;
    if (!more)
        return WEIR_OK;
    if (memchr(text->data + answer->looked, '\0', more))
        return weir_error(WEIR_ERUN, "the program's answer has a zero byte in it; it must be a line of JSON");
    char *end = memchr(text->data + answer->looked, '\n', more);
    if (!end) {
        answer->looked = text->length;
        return weir_pipe_answer_too_long(answer)
                   ? weir_error(WEIR_ERUN, "the program's answer is longer than %zu MiB", ANSWER_AT_MOST >> 20)
                   : WEIR_OK;
    }
    if (end + 1 < text->data + text->length)
        return weir_pipe_unasked(end + 1, "answered twice");
    *end = '\0';
    *line = text->data;
    return WEIR_OK;
}

void weir_pipe_answer_fini(struct weir_pipe_answer *answer)
{
    weir_text_fini(&answer->text);
    answer->looked = 0;
}
