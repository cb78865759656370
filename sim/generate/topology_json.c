/* Topologies as JSON of nodes and edges. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/generate/topology.h"

/* An id: a string or a number, as text. Owned. */
static int read_id(const struct weir_json *at, const char *key, char **id)
{
    struct weir_json value;
    const char *text;
    *id = NULL;
    int code = weir_json_need(at, key, &value);
    if (code)
        return code;
    if (weir_json_is_number(&value)) {
        *id = weir_json_print(&value);
        return WEIR_OK;
    }
    code = weir_json_string(&value, &text);
    *id = code ? NULL : weir_copy(text);
    return code;
}

/* "pos": [longitude, latitude]. */
static int read_pos(const struct weir_json *pos, double place[2])
{
    if (!weir_json_is_array(pos) || weir_json_size(pos) != 2)
        return weir_json_error(pos, "must be a longitude and a latitude: [21.0, 52.2]");
    struct weir_json east = weir_json_at(pos, 0), north = weir_json_at(pos, 1);
    int code = weir_json_number(&east, -360, 360, &place[0]);
    return code ? code : weir_json_number(&north, -90, 90, &place[1]);
}

/* The numbers that keys with a meaning give; NaN where there is none. Bandwidths may have units. */
static int read_numbers(const struct weir_json *at, double numbers[WEIR_TOPOLOGY_MEANINGS])
{
    struct weir_json entry;
    int code = WEIR_OK;
    for (int m = 0; m < WEIR_TOPOLOGY_MEANINGS; m++)
        numbers[m] = NAN;
    for (int i = 0; i < weir_json_size(at) && !code; i++) {
        entry = weir_json_at(at, i);
        enum weir_topology_meaning meaning = weir_topology_meaning(entry.key);
        if (meaning == WEIR_TOPOLOGY_OTHER || meaning == WEIR_TOPOLOGY_NAME || weir_json_is_null(&entry))
            continue;
        if (meaning == WEIR_TOPOLOGY_BANDWIDTH && weir_json_is_string(&entry)) {
            code = weir_json_quantity(&entry, WEIR_UNIT_BANDWIDTH, 1e-9, 1e300, &numbers[meaning]);
            numbers[meaning] *= 8;
        } else {
            code = weir_json_number(&entry, -1e300, 1e300, &numbers[meaning]);
        }
    }
    return code;
}

static int read_node(const struct weir_json *node, const char *where, struct weir_topology *topology)
{
    char *id;
    const char *name = NULL;
    struct weir_json child;
    double numbers[WEIR_TOPOLOGY_MEANINGS];
    int code = read_id(node, "id", &id);
    if (!code && (weir_json_get(node, "name", &child) || weir_json_get(node, "label", &child)) &&
        weir_json_is_string(&child))
        code = weir_json_string(&child, &name);
    if (!code)
        code = weir_topology_add_node(topology, where, id, name);
    free(id);
    if (!code)
        code = read_numbers(node, numbers);
    double place[2] = {numbers[WEIR_TOPOLOGY_LONGITUDE], numbers[WEIR_TOPOLOGY_LATITUDE]};
    if (!code && weir_json_get(node, "pos", &child))
        code = read_pos(&child, place);
    return code || isnan(place[0]) || isnan(place[1]) ? code
                                                      : weir_topology_set_place(topology, where, place[0], place[1]);
}

static int read_edge(const struct weir_json *edge, const char *where, struct weir_topology *topology)
{
    char *from, *to = NULL;
    struct weir_json child;
    double numbers[WEIR_TOPOLOGY_MEANINGS];
    bool named = !weir_json_get(edge, "source", &child) && weir_json_get(edge, "from", &child);
    int code = read_id(edge, named ? "from" : "source", &from);
    if (!code)
        code = read_id(edge, named ? "to" : "target", &to);
    if (!code)
        code = read_numbers(edge, numbers);
    if (!code)
        code = weir_topology_add_link(topology, where, from, to, numbers[WEIR_TOPOLOGY_LENGTH],
                                      numbers[WEIR_TOPOLOGY_BANDWIDTH] / 8);
    free(from);
    free(to);
    return code;
}

static int read_list(const struct weir_json *root, const char *key, struct weir_topology *topology,
                     int (*read)(const struct weir_json *at, const char *where, struct weir_topology *topology))
{
    struct weir_json list;
    int code = weir_json_need(root, key, &list);
    if (!code && !weir_json_is_array(&list))
        code = weir_json_error(&list, "must be a list");
    for (int i = 0; !code && i < weir_json_size(&list); i++) {
        struct weir_json item = weir_json_at(&list, i);
        char *where = weir_json_path(&item);
        code = weir_json_is_object(&item) ? read(&item, where, topology) : weir_json_error(&item, "must be an object");
        free(where);
    }
    return code;
}

int weir_topology_read_json(const char *path, struct weir_topology *topology)
{
    struct weir_json_doc *doc = NULL;
    topology->path = path;
    int code = weir_json_load(path, &doc);
    if (!code) {
        struct weir_json root = weir_json_root(doc), links;
        code = weir_json_opt_bool(&root, "directed", &topology->directed);
        if (!code)
            code = read_list(&root, "nodes", topology, read_node);
        if (!code)
            code = read_list(&root, weir_json_get(&root, "links", &links) ? "links" : "edges", topology, read_edge);
    }
    weir_json_free(doc);
    return code;
}
