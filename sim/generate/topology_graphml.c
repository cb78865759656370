/* Topologies as GraphML. */
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/generate/topology.h"
#include "sim/model/xml_read.h"

struct reader {
    struct weir_topology *topology;
    size_t count, capacity;
    struct key {
        const char *id; /* borrowed from the document */
        enum weir_topology_meaning meaning;
    } * key;
};

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* "" if it is absent; of one piece, as the document has no entities. */
static const char *attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (strcmp((const char *)a->name, name) == 0 && a->children && a->children->content)
            return (const char *)a->children->content;
    return "";
}

static const char *place(const xmlNode *node, char where[32])
{
    snprintf(where, 32, "line %ld", xmlGetLineNo(node));
    return where;
}

static void add_key(struct reader *reader, const xmlNode *node)
{
    const char *name = attribute(node, "attr.name");
    struct key key = {attribute(node, "id"), weir_topology_meaning(name)};
    reader->key = weir_grow(reader->key, reader->count + 1, &reader->capacity, sizeof *reader->key);
    reader->key[reader->count++] = key;
}

/* The data of a node or an edge; texts are borrowed from the document. */
struct data {
    const char *text[WEIR_TOPOLOGY_MEANINGS];
};

static struct data read_data(const struct reader *reader, const xmlNode *node)
{
    struct data data = {{0}};
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (!is(child, "data") || !child->children || !child->children->content)
            continue;
        for (size_t i = 0; i < reader->count; i++)
            if (strcmp(reader->key[i].id, attribute(child, "key")) == 0)
                data.text[reader->key[i].meaning] = (const char *)child->children->content;
    }
    return data;
}

/* NaN if it is absent. */
static int number(const struct reader *reader, const xmlNode *node, const char *text, double *value)
{
    char quoted[WEIR_QUOTE_SIZE], where[32];
    *value = NAN;
    if (!text)
        return WEIR_OK;
    const char *end = weir_number_scan(text, value);
    if (end && !*end)
        return WEIR_OK;
    return weir_error(WEIR_EINPUT, "%s: %s: %s is no number", reader->topology->path, place(node, where),
                      weir_quote(text, quoted));
}

static int read_node(const struct reader *reader, const xmlNode *node)
{
    struct data data = read_data(reader, node);
    double east, north;
    char where[32];
    int code = weir_topology_add_node(reader->topology, place(node, where), attribute(node, "id"),
                                      data.text[WEIR_TOPOLOGY_NAME]);
    if (!code)
        code = number(reader, node, data.text[WEIR_TOPOLOGY_LONGITUDE], &east);
    if (!code)
        code = number(reader, node, data.text[WEIR_TOPOLOGY_LATITUDE], &north);
    if (!code && !isnan(east) && !isnan(north))
        code = weir_topology_set_place(reader->topology, where, east, north);
    return code;
}

static int read_edge(const struct reader *reader, const xmlNode *node)
{
    struct data data = read_data(reader, node);
    double length_km, bits_per_s;
    char where[32];
    int code = number(reader, node, data.text[WEIR_TOPOLOGY_LENGTH], &length_km);
    if (!code)
        code = number(reader, node, data.text[WEIR_TOPOLOGY_BANDWIDTH], &bits_per_s);
    return code ? code
                : weir_topology_add_link(reader->topology, place(node, where), attribute(node, "source"),
                                         attribute(node, "target"), length_km, bits_per_s / 8);
}

static int read_graph(struct reader *reader, const xmlNode *root)
{
    const xmlNode *graph = NULL;
    int code = WEIR_OK;
    for (const xmlNode *child = root->children; child; child = child->next) {
        if (is(child, "key"))
            add_key(reader, child);
        if (is(child, "graph") && !graph)
            graph = child;
    }
    if (!graph)
        return weir_error(WEIR_EINPUT, "%s: has no <graph>", reader->topology->path);
    reader->topology->directed = strcmp(attribute(graph, "edgedefault"), "directed") == 0;
    /* Edges may stand before their nodes. */
    for (const xmlNode *child = graph->children; child && !code; child = child->next)
        if (is(child, "node"))
            code = read_node(reader, child);
    for (const xmlNode *child = graph->children; child && !code; child = child->next)
        if (is(child, "edge"))
            code = read_edge(reader, child);
    return code;
}

int weir_topology_read_graphml(const char *path, struct weir_topology *topology)
{
    struct weir_text text = {0};
    struct reader reader = {.topology = topology};
    xmlDocPtr document = NULL;
    topology->path = path;
    int code = weir_text_read_file(&text, path);
    if (!code)
        code = weir_xml_read(path, &text, &document);
    if (!code) {
        const xmlNode *root = xmlDocGetRootElement(document);
        code = is(root, "graphml") ? read_graph(&reader, root)
                                   : weir_error(WEIR_EINPUT, "%s: the root element is <%s>, not <graphml>", path,
                                                (const char *)root->name);
    }
    xmlFreeDoc(document);
    weir_text_fini(&text);
    free(reader.key);
    return code;
}
