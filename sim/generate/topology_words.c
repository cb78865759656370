#include "sim/generate/topology_words.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/quantity.h"
#include "sim/base/remark.h"
#include "sim/base/unpack.h"

int weir_words_read(const char *path, struct weir_topology *topology, struct weir_text *text)
{
    topology->path = path;
    return weir_unpack_file(text, path);
}

static void skip(struct weir_words *words)
{
    for (;; words->at++) {
        if (words->remarks && *words->at == '#')
            words->at += strcspn(words->at, "\n");
        if (!*words->at || !isspace((unsigned char)*words->at))
            return;
        words->line += *words->at == '\n';
    }
}

const char *weir_words_next(struct weir_words *words, const char *brackets)
{
    size_t length = 0;
    skip(words);
    words->quoted = *words->at == '"';
    if (words->quoted) {
        for (words->at++; *words->at && *words->at != '"'; words->at++) {
            words->line += *words->at == '\n';
            if (length + 1 < sizeof words->word)
                words->word[length++] = *words->at;
        }
        words->at += *words->at == '"';
    } else if (*words->at && strchr(brackets, *words->at)) {
        words->word[length++] = *words->at++;
    } else {
        for (; *words->at && !isspace((unsigned char)*words->at) && !strchr(brackets, *words->at); words->at++)
            if (length + 1 < sizeof words->word)
                words->word[length++] = *words->at;
    }
    words->word[length] = '\0';
    return words->word;
}

const char *weir_words_where(const struct weir_words *words, char place[32])
{
    snprintf(place, 32, "line %d", words->line);
    return place;
}

int weir_words_fail(const struct weir_words *words, const char *what)
{
    char quoted[WEIR_QUOTE_SIZE];
    return weir_error(WEIR_EINPUT, "%s:%d: %s is not %s", words->topology->path, words->line,
                      weir_quote(words->word, quoted), what);
}

bool weir_words_number(const char *text, double *value)
{
    const char *end = weir_number_scan(text, value);
    return end && !*end && isfinite(*value);
}

int weir_words_place(struct weir_words *words, double east, double north, size_t *elsewhere)
{
    char place[32];
    if (isnan(east) || isnan(north))
        return WEIR_OK;
    if (fabs(north) > 90 || fabs(east) > 360) {
        (*elsewhere)++;
        return WEIR_OK;
    }
    return weir_topology_set_place(words->topology, weir_words_where(words, place), east, north);
}

void weir_words_remark(const struct weir_topology *topology, size_t elsewhere)
{
    if (elsewhere)
        weir_remark("%s: the places of %zu nodes are no longitudes and latitudes, and are left out", topology->path,
                    elsewhere);
}
