/* What may stand in names and in what others write. */
#ifndef WEIR_BASE_UTF8_H
#define WEIR_BASE_UTF8_H

#include <stddef.h>

/* The number of bytes of the UTF-8 character that begins a text with `left` bytes, 1 to 4; 0 if none does: overlong
 * forms, halves of surrogates and what is beyond U+10FFFF are none. */
size_t weir_utf8_length(const char *text, size_t left);

/* The code point with which a text begins and its number of bytes; a byte that begins no character stands for U+FFFD.
   The text ends with a zero byte. */
unsigned long weir_utf8_point(const char *text, size_t *length);

/* The first byte of a text that belongs to no UTF-8 character; NULL if there is none. */
const char *weir_utf8_fault(const char *text, size_t length);

/* What is wrong with a name, as in `has a control character (U+000A)`; NULL if it is a name: not empty, UTF-8, and
 * without the control characters U+0000 to U+001F and U+007F to U+009F. Borrowed, until the thread asks again. */
const char *weir_name_fault(const char *name);

#endif
