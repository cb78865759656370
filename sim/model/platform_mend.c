/* What SimGrid's own parser bears and XML does not, or the other way round, put right in the text before both. */
#include <ctype.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/model/platform_read.h"

/* What stands before the declaration: blanks, empty lines and comments; its length, 0 if there is something else. */
static size_t prefix_length(const char *text)
{
    const char *at = text;
    for (;;) {
        at += strspn(at, " \t\r\n");
        if (strncmp(at, "<!--", 4) != 0)
            break;
        const char *end = strstr(at + 4, "-->");
        if (!end)
            return 0;
        at = end + 3;
    }
    return strncmp(at, "<?xml", 5) == 0 && isspace((unsigned char)at[5]) ? (size_t)(at - text) : 0;
}

/* Puts the declaration first and the line ends that were before it behind it, so that lines keep their numbers. */
static bool move_declaration(struct weir_text *text, const char *path)
{
    size_t length = prefix_length(text->data);
    const char *end = length ? strstr(text->data + length, "?>") : NULL;
    struct weir_text moved = {0};
    if (!end)
        return false;
    end += 2;
    weir_text_add_bytes(&moved, text->data + length, (size_t)(end - text->data) - length);
    for (size_t i = 0; i < length; i++)
        if (text->data[i] == '\n')
            weir_text_add(&moved, "\n");
    weir_text_add(&moved, end);
    weir_text_fini(text);
    *text = moved;
    weir_remark("%s:1: what stands before <?xml is left out", path);
    return true;
}

/* Where a piece that is no tag ends: a comment, a declaration, an instruction. NULL if this is a tag. */
static const char *skip_other(const char *at)
{
    const char *end = strncmp(at, "<!--", 4) == 0        ? strstr(at, "-->")
                      : strncmp(at, "<![CDATA[", 9) == 0 ? strstr(at, "]]>")
                      : at[1] == '?' || at[1] == '!'     ? strchr(at, '>')
                                                         : NULL;
    return end || (at[1] != '?' && at[1] != '!') ? end : at + strlen(at);
}

/* Puts a blank between an attribute's value and a name that follows at once, as in speed="1Gf"pstate="0". */
static bool part_attributes(struct weir_text *text, const char *path)
{
    struct weir_text parted = {0};
    const char *from = text->data, *at = from;
    int line = 1;
    char quote = 0;
    bool inside = false;
    for (; *at; at++) {
        line += *at == '\n';
        const char *other = !inside && *at == '<' ? skip_other(at) : NULL;
        if (other) {
            for (; at < other && *at; at++)
                line += at[1] == '\n';
            at -= !*at;
        } else if (!inside) {
            inside = *at == '<';
        } else if (!quote && (*at == '"' || *at == '\'')) {
            quote = *at;
        } else if (quote && *at == quote) {
            quote = 0;
            if (isalpha((unsigned char)at[1])) {
                weir_text_add_bytes(&parted, from, (size_t)(at + 1 - from));
                weir_text_add(&parted, " ");
                from = at + 1;
                weir_remark("%s:%d: attributes without a blank between them are taken apart", path, line);
            }
        } else if (!quote && *at == '>') {
            inside = false;
        }
    }
    if (from == text->data)
        return false;
    weir_text_add(&parted, from);
    weir_text_fini(text);
    *text = parted;
    return true;
}

bool weir_platform_mend(struct weir_text *text, const char *path)
{
    if (!text->length)
        return false;
    bool moved = move_declaration(text, path);
    return part_attributes(text, path) || moved;
}
