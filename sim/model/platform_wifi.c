/* Wi-Fi: what SimGrid bears of it, which ends the process for the rest. */
#include <libxml/tree.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/model/platform_read.h"

int weir_platform_wifi_link(const struct weir_platform_reader *reader, const xmlNode *node, bool in_wifi_zone,
                            double latency_s)
{
    const char *policy = weir_xml_attribute(node, "sharing_policy", "SHARED");
    bool wifi = strcmp(policy, "WIFI") == 0;
    if ((wifi || in_wifi_zone) && latency_s > 0)
        return weir_platform_fail(reader, node, "SimGrid gives Wi-Fi links no latency; write latency=\"0s\"");
    if (in_wifi_zone && strcmp((const char *)node->name, "link") != 0)
        return weir_platform_fail(reader, node,
                                  "a zone with routing=\"Wifi\" takes no <%s>; give it a <link> with "
                                  "sharing_policy=\"WIFI\"",
                                  node->name);
    if (in_wifi_zone && (strcmp(policy, "SPLITDUPLEX") == 0 || strcmp(policy, "FULLDUPLEX") == 0))
        return weir_platform_fail(reader, node,
                                  "a zone with routing=\"Wifi\" has one link, and a %s link is two; write "
                                  "sharing_policy=\"WIFI\"",
                                  policy);
    if (!(wifi && in_wifi_zone) && strpbrk(weir_xml_attribute(node, "bandwidth", ""), ",;"))
        return weir_platform_fail(
            reader, node, "only a WIFI link in a zone with routing=\"Wifi\" takes several bandwidths; give one");
    return 0;
}

int weir_platform_wifi_zone(struct weir_platform_reader *reader, const xmlNode *node, size_t hosts_before,
                            size_t links_before)
{
    struct weir_platform *platform = reader->platform;
    if (platform->link_count > links_before + 1)
        return weir_platform_fail(reader, node, "a Wi-Fi zone has one link, not %zu; give each a zone of its own",
                                  platform->link_count - links_before);
    if (platform->link_count > links_before)
        for (size_t i = hosts_before; i < platform->host_count; i++)
            platform->hosts[i].wifi_link = (int)links_before;
    for (const xmlNode *prop = weir_xml_element(node->children); prop; prop = weir_xml_element(prop->next)) {
        const char *name = weir_xml_attribute(prop, "value", "");
        if (strcmp((const char *)prop->name, "prop") == 0 &&
            strcmp(weir_xml_attribute(prop, "id", ""), "access_point") == 0 &&
            weir_names_find(reader->hosts, name) < 0 && weir_names_find(&reader->routers, name) < 0)
            return weir_platform_fail(reader, prop, "access_point: there is no host or router \"%s\" in the zone",
                                      name);
    }
    return 0;
}
