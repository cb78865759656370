/* Which numbers the hosts of a <cluster> or <cabinet> bear: its radical, as far as its topology has nodes. */
#include <errno.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/platform_read.h"

#define MOST_HOSTS 1000000 /* of one cluster: more is a slip of the pen */

/* Reads the numbers of one group of a list, separated by `separator`; multiplies them. 0 if one is not a number. */
static double product_of(const char *text, const char *stop, int most)
{
    double product = 1;
    for (int i = 0; i < most; i++) {
        char *end;
        errno = 0;
        long number = strtol(text, &end, 10);
        if (end == text || errno || number < 1)
            return 0;
        product *= (double)number;
        if (*end != ',' || strchr(stop, *end))
            break;
        text = end + 1;
    }
    return product;
}

/* Number of nodes of a topology: all sizes of a torus; the children of a fat tree's levels ("levels;children;parents;
 * links"); groups x chassis x routers x nodes of a dragonfly ("g,l;c,l;r,l;n"). 0 if it cannot be read. */
static double topology_nodes(const char *topology, const char *parameters)
{
    if (strcmp(topology, "TORUS") == 0)
        return product_of(parameters, "", 1 << 20);
    const char *group = parameters;
    double nodes = 1;
    for (int i = 0; i < 4; i++) {
        if (strcmp(topology, "FAT_TREE") == 0 && i == 1)
            nodes = product_of(group, ";", 1 << 20);
        else if (strcmp(topology, "DRAGONFLY") == 0)
            nodes *= product_of(group, ";", 1);
        group = strchr(group, ';');
        if (!group)
            return i == 3 ? nodes : 0;
        group++;
    }
    return 0;
}

/* Turns "0-2,7" into 0 1 2 7. Owned. */
static int read_radical(const struct weir_platform_reader *reader, const xmlNode *node, int **numbers, size_t *count)
{
    const char *at = weir_xml_attribute(node, "radical", "");
    size_t capacity = 0;
    *numbers = NULL;
    *count = 0;
    for (;;) {
        char *end;
        while (*at == ' ')
            at++;
        long first = strtol(at, &end, 10), last = first;
        bool good = end != at && first >= 0;
        while (good && *end == ' ')
            end++;
        if (good && *end == '-') {
            at = end + 1;
            last = strtol(at, &end, 10);
            good = end != at;
            while (good && *end == ' ')
                end++;
        }
        good = good && last >= first && last <= INT_MAX;
        if (!good || (*end && *end != ',')) {
            free(*numbers);
            *numbers = NULL;
            return weir_platform_fail(reader, node,
                                      "radical \"%s\" is not a list of numbers and ranges such as \"0-9,12\"",
                                      weir_xml_attribute(node, "radical", ""));
        }
        if (last - first >= MOST_HOSTS - (long)*count) {
            free(*numbers);
            *numbers = NULL;
            return weir_platform_fail(reader, node, "radical \"%s\" names more than %d hosts; split the <%s>",
                                      weir_xml_attribute(node, "radical", ""), MOST_HOSTS, node->name);
        }
        for (long number = first; number <= last; number++) {
            *numbers = weir_grow(*numbers, *count + 1, &capacity, sizeof **numbers);
            (*numbers)[(*count)++] = (int)number;
        }
        if (!*end)
            return 0;
        at = end + 1;
    }
}

int weir_platform_numbers(const struct weir_platform_reader *reader, const xmlNode *node, int **numbers, size_t *count)
{
    const char *topology = weir_xml_attribute(node, "topology", "FLAT");
    const char *parameters = weir_xml_attribute(node, "topo_parameters", "");
    if (read_radical(reader, node, numbers, count) != 0)
        return WEIR_EINPUT;
    if (strcmp(topology, "FLAT") == 0)
        return 0;
    double nodes = topology_nodes(topology, parameters);
    if (nodes >= 1 && nodes <= (double)*count) {
        *count = (size_t)nodes;
        return 0;
    }
    free(*numbers);
    *numbers = NULL;
    if (nodes < 1)
        return weir_platform_fail(reader, node, "topo_parameters \"%s\" do not describe a %s; see SimGrid's <cluster>",
                                  parameters, topology);
    return weir_platform_fail(reader, node, "the %s has %.0f nodes, but the radical names only %zu", topology, nodes,
                              *count);
}
