/* Topologies as GML. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/generate/topology_words.h"

struct gml {
    struct weir_words words;
    size_t elsewhere;
    char *id, *from, *to, *name; /* of the element that is read */
    double number[WEIR_TOPOLOGY_MEANINGS];
};

static void set(char **text, const char *value)
{
    free(*text);
    *text = weir_copy(value);
}

/* What stands between the brackets of a node or an edge, or of something else, which is passed over. */
static int read_element(struct gml *gml, bool ours)
{
    double number;
    for (;;) {
        char key[64];
        snprintf(key, sizeof key, "%s", weir_words_next(&gml->words, "[]"));
        if (!*key)
            return weir_words_fail(&gml->words, "the end of a list; a ']' is missing");
        if (strcmp(key, "]") == 0)
            return WEIR_OK;
        const char *value = weir_words_next(&gml->words, "[]");
        if (strcmp(value, "[") == 0 && !gml->words.quoted) {
            if (read_element(gml, false))
                return WEIR_EINPUT;
            continue;
        }
        if (!ours)
            continue;
        enum weir_topology_meaning meaning = weir_topology_meaning(key);
        if (strcmp(key, "id") == 0)
            set(&gml->id, value);
        else if (strcmp(key, "source") == 0)
            set(&gml->from, value);
        else if (strcmp(key, "target") == 0)
            set(&gml->to, value);
        else if (meaning == WEIR_TOPOLOGY_NAME)
            set(&gml->name, value);
        else if (meaning != WEIR_TOPOLOGY_OTHER && weir_words_number(value, &number))
            gml->number[meaning] = number;
    }
}

static int read_gml_element(struct gml *gml, bool node)
{
    char place[32];
    int line = gml->words.line;
    for (int m = 0; m < WEIR_TOPOLOGY_MEANINGS; m++)
        gml->number[m] = NAN;
    set(&gml->id, "");
    set(&gml->from, "");
    set(&gml->to, "");
    set(&gml->name, "");
    int code = read_element(gml, true);
    snprintf(place, sizeof place, "line %d", line);
    if (!code && node) {
        code = weir_topology_add_node(gml->words.topology, place, gml->id, gml->name);
        return code ? code
                    : weir_words_place(&gml->words, gml->number[WEIR_TOPOLOGY_LONGITUDE],
                                       gml->number[WEIR_TOPOLOGY_LATITUDE], &gml->elsewhere);
    }
    return code ? code
                : weir_topology_add_link(gml->words.topology, place, gml->from, gml->to,
                                         gml->number[WEIR_TOPOLOGY_LENGTH], gml->number[WEIR_TOPOLOGY_BANDWIDTH] / 8);
}

/* One pass over graph [ ... ]: its nodes, or its edges, which may stand before them. */
static int read_gml(struct gml *gml, bool nodes)
{
    int code = WEIR_OK;
    bool inside = false;
    for (;;) {
        char key[64];
        snprintf(key, sizeof key, "%s", weir_words_next(&gml->words, "[]"));
        if (!*key || code || (strcmp(key, "]") == 0 && inside))
            return code              ? code
                   : inside && !*key ? weir_words_fail(&gml->words, "the end of the graph; a ']' is missing")
                                     : WEIR_OK;
        const char *value = weir_words_next(&gml->words, "[]");
        bool list = strcmp(value, "[") == 0 && !gml->words.quoted;
        if (strcmp(key, "directed") == 0)
            gml->words.topology->directed = strcmp(value, "1") == 0;
        if (!list)
            continue;
        bool node = strcmp(key, "node") == 0, edge = strcmp(key, "edge") == 0;
        if (strcmp(key, "graph") == 0 && !inside)
            inside = true;
        else if (inside && (nodes ? node : edge))
            code = read_gml_element(gml, node);
        else
            code = read_element(gml, false);
    }
}

int weir_topology_read_gml(const char *path, struct weir_topology *topology)
{
    struct weir_text text = {0};
    struct gml gml = {0};
    int code = weir_words_read(path, topology, &text);
    for (int pass = 0; pass < 2 && !code; pass++) {
        gml.words = (struct weir_words){.topology = topology, .at = text.data, .line = 1, .remarks = true};
        code = read_gml(&gml, pass == 0);
    }
    weir_words_remark(topology, gml.elsewhere);
    free(gml.id);
    free(gml.from);
    free(gml.to);
    free(gml.name);
    weir_text_fini(&text);
    return code;
}
