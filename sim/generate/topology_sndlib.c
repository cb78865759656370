/* Topologies in SNDlib's native format and its XML, and in BRITE's; and which format a file has. */
#include <libxml/tree.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/generate/topology_words.h"
#include "sim/model/xml_read.h"

/* --- SNDlib --- */

static int need(struct weir_words *words, const char *wanted)
{
    char what[64];
    snprintf(what, sizeof what, "\"%s\", which is expected here", wanted);
    return strcmp(weir_words_next(words, "()"), wanted) == 0 ? WEIR_OK : weir_words_fail(words, what);
}

/* A ( 10.5 52.1 ) */
static int read_sndlib_node(struct weir_words *words, size_t *elsewhere)
{
    char id[sizeof words->word], place[32];
    double east, north;
    snprintf(id, sizeof id, "%s", words->word);
    int code = weir_topology_add_node(words->topology, weir_words_where(words, place), id, NULL);
    if (!code)
        code = need(words, "(");
    if (!code && !weir_words_number(weir_words_next(words, "()"), &east))
        code = weir_words_fail(words, "a number");
    if (!code && !weir_words_number(weir_words_next(words, "()"), &north))
        code = weir_words_fail(words, "a number");
    if (!code)
        code = need(words, ")");
    return code ? code : weir_words_place(words, east, north, elsewhere);
}

/* L ( A B ) 0.0 0.0 0.0 0.0 ( 40.0 133.0 ) */
static int read_sndlib_link(struct weir_words *words)
{
    char from[sizeof words->word], to[sizeof words->word], place[32];
    int code = need(words, "(");
    snprintf(from, sizeof from, "%s", code ? "" : weir_words_next(words, "()"));
    snprintf(to, sizeof to, "%s", code ? "" : weir_words_next(words, "()"));
    if (!code)
        code = need(words, ")");
    if (!code)
        code = weir_topology_add_link(words->topology, weir_words_where(words, place), from, to, NAN, NAN);
    for (int depth = 0; !code;) { /* what it costs, in a list at the end */
        const char *word = weir_words_next(words, "()");
        if (!*word)
            code = weir_words_fail(words, "the end of a link; a ')' is missing");
        depth += strcmp(word, "(") == 0;
        if (strcmp(word, ")") == 0 && --depth <= 0)
            break;
    }
    return code;
}

static int read_sndlib_native(struct weir_words *words)
{
    size_t elsewhere = 0;
    int code = WEIR_OK;
    bool nodes = false, links = false;
    while (!code && *weir_words_next(words, "()")) {
        if (!nodes && !links && strcmp(words->word, "NODES") == 0)
            nodes = !(code = need(words, "("));
        else if (!nodes && !links && strcmp(words->word, "LINKS") == 0)
            links = !(code = need(words, "("));
        else if ((nodes || links) && strcmp(words->word, ")") == 0)
            nodes = links = false;
        else if (nodes)
            code = read_sndlib_node(words, &elsewhere);
        else if (links)
            code = read_sndlib_link(words);
    }
    weir_words_remark(words->topology, elsewhere);
    return code;
}

/* The text of a child element; "" if there is none. */
static const char *child_text(const xmlNode *node, const char *name)
{
    for (const xmlNode *child = weir_xml_element(node ? node->children : NULL); child;
         child = weir_xml_element(child->next))
        if (strcmp((const char *)child->name, name) == 0)
            return child->children && child->children->content ? (const char *)child->children->content : "";
    return "";
}

static const xmlNode *find_element(const xmlNode *node, const char *name)
{
    for (node = weir_xml_element(node ? node->children : NULL); node; node = weir_xml_element(node->next))
        if (strcmp((const char *)node->name, name) == 0)
            return node;
    return NULL;
}

static int read_sndlib_xml(struct weir_topology *topology, const xmlNode *root)
{
    const xmlNode *structure = find_element(root, "networkStructure"), *nodes = find_element(structure, "nodes"),
                  *links = find_element(structure, "links");
    bool pixels = nodes && strcmp(weir_xml_attribute(nodes, "coordinatesType", "geographical"), "geographical") != 0;
    int code = nodes ? WEIR_OK : weir_error(WEIR_EINPUT, "%s: has no <networkStructure> with <nodes>", topology->path);
    size_t elsewhere = 0;
    for (const xmlNode *node = weir_xml_element(nodes ? nodes->children : NULL); node && !code;
         node = weir_xml_element(node->next)) {
        const xmlNode *place = find_element(node, "coordinates");
        struct weir_words words = {.topology = topology, .line = weir_xml_line(node)};
        char at[32];
        double east, north;
        code = weir_topology_add_node(topology, weir_words_where(&words, at), weir_xml_attribute(node, "id", ""), NULL);
        bool known = place && weir_words_number(child_text(place, "x"), &east) &&
                     weir_words_number(child_text(place, "y"), &north);
        elsewhere += known && pixels;
        if (!code && known && !pixels)
            code = weir_words_place(&words, east, north, &elsewhere);
    }
    for (const xmlNode *link = weir_xml_element(links ? links->children : NULL); link && !code;
         link = weir_xml_element(link->next)) {
        struct weir_words words = {.topology = topology, .line = weir_xml_line(link)};
        char at[32];
        code = weir_topology_add_link(topology, weir_words_where(&words, at), child_text(link, "source"),
                                      child_text(link, "target"), NAN, NAN);
    }
    weir_words_remark(topology, elsewhere);
    return code;
}

int weir_topology_read_sndlib(const char *path, struct weir_topology *topology)
{
    struct weir_text text = {0};
    xmlDocPtr document = NULL;
    int code = weir_words_read(path, topology, &text);
    const char *begin = code ? "" : text.data + strspn(text.data, " \t\r\n");
    if (!code && *begin == '<') {
        code = weir_xml_read(path, &text, &document);
        if (!code)
            code = read_sndlib_xml(topology, xmlDocGetRootElement(document));
    } else if (!code) {
        struct weir_words words = {.topology = topology, .at = text.data, .line = 1, .remarks = true};
        code = read_sndlib_native(&words);
    }
    xmlFreeDoc(document);
    weir_text_fini(&text);
    return code;
}

/* --- BRITE --- */

/* The cells of a line, divided by blanks; how many there are. */
static int cut(char *line, char *cell[9])
{
    int count = 0;
    for (char *at = line; count < 9; count++) {
        at += strspn(at, " \t\r");
        if (!*at)
            break;
        cell[count] = at;
        at += strcspn(at, " \t\r");
        if (*at)
            *at++ = '\0';
    }
    return count;
}

/* A node: id x y ...; an edge: id from to length (km) delay (ms) bandwidth (Mbit/s) ... */
static int read_brite_line(struct weir_words *words, char *line, bool edge)
{
    char *cell[9] = {0}, place[32];
    double km, mbps, x;
    int count = cut(line, cell);
    if (count < (edge ? 6 : 3) || !weir_words_number(cell[0], &x))
        return weir_error(WEIR_EINPUT, "%s:%d: is no line of a %s", words->topology->path, words->line,
                          edge ? "BRITE edge: number, from, to, length, delay, bandwidth" : "BRITE node: number, x, y");
    if (!edge)
        return weir_topology_add_node(words->topology, weir_words_where(words, place), cell[0], NULL);
    if (!weir_words_number(cell[3], &km) || !weir_words_number(cell[5], &mbps))
        return weir_error(WEIR_EINPUT, "%s:%d: length and bandwidth must be numbers", words->topology->path,
                          words->line);
    return weir_topology_add_link(words->topology, weir_words_where(words, place), cell[1], cell[2], km,
                                  mbps > 0 ? mbps * 1e6 / 8 : NAN);
}

int weir_topology_read_brite(const char *path, struct weir_topology *topology)
{
    struct weir_text text = {0};
    int code = weir_words_read(path, topology, &text);
    struct weir_words words = {.topology = topology, .line = 1};
    enum { HEAD, NODES, EDGES } part = HEAD;
    char *rest = code ? NULL : text.data;
    for (char *line; !code && (line = strsep(&rest, "\n")); words.line++) {
        line += strspn(line, " \t\r");
        if (strncmp(line, "Nodes:", 6) == 0)
            part = NODES;
        else if (strncmp(line, "Edges:", 6) == 0)
            part = EDGES;
        else if (*line && part != HEAD)
            code = read_brite_line(&words, line, part == EDGES);
    }
    weir_text_fini(&text);
    return code;
}

/* --- which format --- */

int weir_topology_read(const char *path, struct weir_topology *topology)
{
    struct weir_text text = {0};
    int code = weir_words_read(path, topology, &text);
    const char *begin = code ? "" : text.data + strspn(text.data, " \t\r\n");
    bool xml = *begin == '<', json = *begin == '{';
    bool sndlib = !code && (strncmp(begin, "?SNDlib", 7) == 0 || (xml && strstr(begin, "<networkStructure")));
    bool brite = !code && strncmp(begin, "Topology:", 9) == 0;
    bool gml = !code && !xml && !json && strstr(begin, "graph") && strstr(begin, "node") && strchr(begin, '[');
    weir_text_fini(&text);
    if (code)
        return code;
    if (sndlib)
        return weir_topology_read_sndlib(path, topology);
    if (brite)
        return weir_topology_read_brite(path, topology);
    if (xml)
        return weir_topology_read_graphml(path, topology);
    if (json)
        return weir_topology_read_json(path, topology);
    if (gml)
        return weir_topology_read_gml(path, topology);
    return weir_error(
        WEIR_EINPUT,
        "%s: is no topology that weir can read; it takes GraphML, GML, JSON, SNDlib's native format and XML, "
        "and BRITE's",
        path);
}
