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

static int read_node(const struct weir_json *node, const char *where, struct weir_topology *topology)
{
    char *id;
    const char *name = NULL;
    struct weir_json pos, east, north;
    int code = read_id(node, "id", &id);
    if (!code)
        code = weir_json_opt_string(node, "name", &name);
    if (!code)
        code = weir_topology_add_node(topology, where, id, name);
    free(id);
    if (code || !weir_json_get(node, "pos", &pos))
        return code;
    if (!weir_json_is_array(&pos) || weir_json_size(&pos) != 2)
        return weir_json_error(&pos, "must be a longitude and a latitude: [21.0, 52.2]");
    double longitude_deg, latitude_deg;
    east = weir_json_at(&pos, 0);
    north = weir_json_at(&pos, 1);
    code = weir_json_number(&east, -360, 360, &longitude_deg);
    if (!code)
        code = weir_json_number(&north, -90, 90, &latitude_deg);
    return code ? code : weir_topology_set_place(topology, where, longitude_deg, latitude_deg);
}

static int read_edge(const struct weir_json *edge, const char *where, struct weir_topology *topology)
{
    char *from, *to = NULL;
    double length_km = NAN;
    int code = read_id(edge, "source", &from);
    if (!code)
        code = read_id(edge, "target", &to);
    if (!code)
        code = weir_json_opt_number(edge, "dist", 0, 1e9, &length_km);
    if (!code)
        code = weir_topology_add_link(topology, where, from, to, length_km, NAN);
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
        code = read_list(&root, "nodes", topology, read_node);
        if (!code)
            code = read_list(&root, weir_json_get(&root, "links", &links) ? "links" : "edges", topology, read_edge);
    }
    weir_json_free(doc);
    return code;
}
