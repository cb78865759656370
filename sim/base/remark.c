#include "sim/base/remark.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

#define REMARKS_AT_MOST 1000
#define ERRORS_AT_MOST  100

static _Thread_local struct weir_remarks *current, *errors;

struct weir_remarks *weir_remarks_collect(struct weir_remarks *remarks)
{
    struct weir_remarks *before = current;
    current = remarks;
    return before;
}

int weir_remarks_wanted(void)
{
    return current != NULL;
}

static bool add(const char *format, va_list arguments)
{
    struct weir_text text = {0};
    bool known = false;
    weir_text_addv(&text, format, arguments);
    for (size_t i = 0; i < current->count && !known; i++)
        known = strcmp(current->sentence[i], weir_text_string(&text)) == 0;
    if (!known && current->count < REMARKS_AT_MOST) {
        current->sentence =
            weir_grow(current->sentence, current->count + 1, &current->capacity, sizeof *current->sentence);
        current->sentence[current->count++] = weir_copy(weir_text_string(&text));
    } else if (!known) {
        current->dropped++;
    }
    weir_text_fini(&text);
    return !known;
}

void weir_remark(const char *format, ...)
{
    va_list arguments;
    if (!current)
        return;
    va_start(arguments, format);
    add(format, arguments);
    va_end(arguments);
}

void weir_remark_unit(const char *format, ...)
{
    va_list arguments;
    if (!current)
        return;
    va_start(arguments, format);
    current->units += add(format, arguments);
    va_end(arguments);
}

struct weir_remarks *weir_errors_collect(struct weir_remarks *into)
{
    struct weir_remarks *before = errors;
    errors = into;
    return before;
}

int weir_error_keep(int code)
{
    if (code != WEIR_EINPUT || !errors || errors->count >= ERRORS_AT_MOST)
        return code;
    errors->sentence = weir_grow(errors->sentence, errors->count + 1, &errors->capacity, sizeof *errors->sentence);
    errors->sentence[errors->count++] = weir_copy(weir_error_message());
    weir_error_clear();
    return WEIR_OK;
}

int weir_error_again(void)
{
    if (!errors || errors->count == 0)
        return WEIR_OK;
    char *last = errors->sentence[--errors->count];
    weir_error(WEIR_EINPUT, "%s", last);
    free(last);
    return WEIR_EINPUT;
}

void weir_remarks_fini(struct weir_remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++)
        free(remarks->sentence[i]);
    free(remarks->sentence);
    *remarks = (struct weir_remarks){0};
}
