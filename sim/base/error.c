#include "sim/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_SIZE 2048

static _Thread_local char last_message[MESSAGE_SIZE];
static _Thread_local int last_code;

/* Cuts text of `length` bytes to at most `room` bytes, between UTF-8 characters and ending in "...". */
static size_t cut(char *text, size_t length, size_t room)
{
    if (length <= room)
        return length;
    size_t end = room > 3 ? room - 3 : 0;
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    size_t dots = room - end < 3 ? room - end : 3;
    memcpy(text + end, "...", dots);
    text[end + dots] = '\0';
    return end + dots;
}

/* Formats into buffer[MESSAGE_SIZE + 4]; returns the length, at most MESSAGE_SIZE - 1. */
static size_t format_into(char *buffer, const char *format, va_list arguments)
{
    int wanted = vsnprintf(buffer, MESSAGE_SIZE + 4, format, arguments);
    if (wanted < 0)
        buffer[0] = '\0';
    return cut(buffer, strlen(buffer), MESSAGE_SIZE - 1);
}

int weir_error(int code, const char *format, ...)
{
    char buffer[MESSAGE_SIZE + 4]; /* the last message may be among the arguments */
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_into(buffer, format, arguments);
    va_end(arguments);
    memcpy(last_message, buffer, length + 1);
    last_code = code;
    return code;
}

int weir_error_context(const char *format, ...)
{
    if (!last_code)
        return WEIR_OK;
    char buffer[MESSAGE_SIZE + 4];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_into(buffer, format, arguments);
    va_end(arguments);
    /* What is wrong stands at the end, so it is the context that gives way. */
    size_t tail = strlen(last_message);
    if (tail + 3 > MESSAGE_SIZE)
        return last_code;
    length = cut(buffer, length, MESSAGE_SIZE - tail - 3);
    memmove(last_message + length + 2, last_message, tail + 1);
    memcpy(last_message, buffer, length);
    memcpy(last_message + length, ": ", 2);
    return last_code;
}

const char *weir_error_message(void)
{
    return last_message;
}

int weir_error_code(void)
{
    return last_code;
}

void weir_error_clear(void)
{
    last_message[0] = '\0';
    last_code = WEIR_OK;
}

int weir_exit_code(int code)
{
    switch (code) {
    case WEIR_OK:
        return 0;
    case WEIR_ECHECK:
        return 1;
    case WEIR_EUSAGE:
        return 2;
    case WEIR_EINPUT:
        return 3;
    case WEIR_EENGINE:
        return 5;
    default:
        return 4;
    }
}
