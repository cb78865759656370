#include "sim/base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

size_t weir_utf8_length(const char *text, size_t left)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (!left)
        return 0;
    if (byte[0] < 0x80)
        return 1;
    size_t length = byte[0] < 0xc2 ? 0 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : byte[0] < 0xf5 ? 4 : 0;
    if (!length || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xf0 && byte[1] < 0x90);
    bool surrogate = byte[0] == 0xed && byte[1] >= 0xa0, beyond = byte[0] == 0xf4 && byte[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : length;
}

unsigned long weir_utf8_point(const char *text, size_t *length)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t bytes = weir_utf8_length(text, strnlen(text, 4));
    *length = bytes ? bytes : 1;
    if (bytes < 2)
        return bytes ? byte[0] : *text ? 0xfffd : 0;
    unsigned long point = byte[0] & (0x7fU >> bytes);
    for (size_t i = 1; i < bytes; i++)
        point = point << 6 | (byte[i] & 0x3f);
    return point;
}

const char *weir_utf8_fault(const char *text, size_t length)
{
    for (size_t at = 0, step; at < length; at += step)
        if (!(step = weir_utf8_length(text + at, length - at)))
            return text + at;
    return NULL;
}

const char *weir_name_fault(const char *name)
{
    static _Thread_local char fault[64];
    size_t left = strlen(name);
    if (!left)
        return "is empty";
    for (size_t step; left; name += step, left -= step) {
        unsigned char byte = (unsigned char)name[0];
        if (!(step = weir_utf8_length(name, left))) {
            snprintf(fault, sizeof fault, "is not UTF-8 (byte %02x)", byte);
            return fault;
        }
        unsigned control = byte < 0x20 || byte == 0x7f ? byte : 0;
        if (byte == 0xc2 && (unsigned char)name[1] < 0xa0)
            control = (unsigned char)name[1];
        if (control) {
            snprintf(fault, sizeof fault, "has a control character (U+%04X)", control);
            return fault;
        }
    }
    return NULL;
}
