#include "sim/report/data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/files.h"

void weir_data_string(struct weir_text *text, const char *string)
{
    weir_text_add(text, "\"");
    for (const char *at = string ? string : ""; *at;) {
        size_t plain =
            strcspn(at, "<>&\"\\\x7f\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14"
                        "\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");
        weir_text_add_bytes(text, at, plain);
        at += plain;
        if (*at)
            weir_text_addf(text, "\\u%04x", (unsigned)(unsigned char)*at++);
    }
    weir_text_add(text, "\"");
}

void weir_data_number(struct weir_text *text, double value)
{
    char buffer[32];
    if (!isfinite(value)) {
        weir_text_add(text, "null");
        return;
    }
    snprintf(buffer, sizeof buffer, "%.4g", value);
    weir_text_add(text, buffer);
}

void weir_data_exact(struct weir_text *text, double value)
{
    char buffer[32];
    weir_text_add(text, isfinite(value) ? weir_number(value, buffer) : "null");
}

void weir_data_end(struct weir_text *text)
{
    if (text->length && text->data[text->length - 1] == ',')
        text->data[--text->length] = '\0';
}
