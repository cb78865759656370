/* Attributes of a platform set by XPath, for sweeps: on the document in memory. */
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/model/platform_read.h"
#include "sim/model/platform_schema.h"
#include "sim/model/xml_read.h"

/* What libxml2 has to say about an expression comes out as an error of ours. */
static void keep_quiet(void *context, weir_xml_complaint *error)
{
}

static int refuse_node(const char *path, const char *xpath, const xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE)
        return weir_error(WEIR_EINPUT,
                          "%s: the XPath %s selects no attributes; end it with an attribute, as in /@latency", path,
                          xpath);
    return weir_error(WEIR_EINPUT,
                      "%s:%d: the XPath %s selects the element <%s>, not an attribute; end it with one, as in %s/@%s",
                      path, weir_xml_line(node), xpath, node->name, xpath,
                      node->properties ? (const char *)node->properties->name : "id");
}

/* A value that is set must say its unit: nobody would look at a remark about each of a thousand of them. */
static int check_unit(const char *path, const struct weir_platform_edit *edit, const xmlNode *attribute)
{
    const struct weir_element_rule *element = weir_platform_rule((const char *)attribute->parent->name);
    const struct weir_attribute_rule *rule = element ? element->attributes : NULL;
    while (rule && rule->name && strcmp(rule->name, (const char *)attribute->name) != 0)
        rule++;
    if (edit->value[0] == '*' || !rule || !rule->name || rule->kind < WEIR_VALUE_SPEEDS ||
        rule->kind > WEIR_VALUE_TIME || !weir_platform_is_bare(edit->value))
        return WEIR_OK;
    return weir_error(WEIR_EINPUT, "%s: %s: \"%s\" has no unit; write %s", path, edit->xpath, edit->value,
                      weir_unit_describe(rule->kind <= WEIR_VALUE_SPEED       ? WEIR_UNIT_SPEED
                                         : rule->kind <= WEIR_VALUE_BANDWIDTH ? WEIR_UNIT_BANDWIDTH
                                                                              : WEIR_UNIT_TIME));
}

/* "*0.5": so many times what is there, in its unit. The new value, owned; NULL with an error if one of the two is no
 * number. */
static char *multiplied(const char *path, const struct weir_platform_edit *edit, const xmlNode *attribute)
{
    const char *present = weir_xml_attribute(attribute->parent, (const char *)attribute->name, "");
    double factor = 0, value = 0;
    const char *end = weir_number_scan(edit->value + 1, &factor), *unit = weir_number_scan(present, &value);
    if (!end || *end || !(factor > 0) || !isfinite(factor)) {
        weir_error(WEIR_EINPUT, "%s: %s: \"%s\" is no factor; write one such as \"*0.5\"", path, edit->xpath,
                   edit->value);
        return NULL;
    }
    if (!unit || strpbrk(unit, ", 0123456789")) {
        weir_error(WEIR_EINPUT, "%s:%d: the XPath %s selects \"%s\", which is not one number that could be multiplied",
                   path, weir_xml_line(attribute->parent), edit->xpath, present);
        return NULL;
    }
    return weir_format("%.17g%s", factor * value, unit);
}

static int set_attribute(const char *path, const struct weir_platform_edit *edit, const xmlNode *attribute)
{
    char *product = edit->value[0] == '*' ? multiplied(path, edit, attribute) : NULL;
    if (edit->value[0] == '*' && !product)
        return weir_error_code();
    xmlSetProp(attribute->parent, attribute->name, (const xmlChar *)(product ? product : edit->value));
    free(product);
    return WEIR_OK;
}

static int edit_nodes(const char *path, const struct weir_platform_edit *edit, const xmlNodeSet *nodes)
{
    if (!nodes || nodes->nodeNr == 0)
        return weir_error(
            WEIR_EINPUT, "%s: the XPath %s selects nothing; look for the element, its id and the attribute in the file",
            path, edit->xpath);
    for (int i = 0; i < nodes->nodeNr; i++)
        if (nodes->nodeTab[i]->type != XML_ATTRIBUTE_NODE)
            return refuse_node(path, edit->xpath, nodes->nodeTab[i]);
    for (int i = 0; i < nodes->nodeNr; i++)
        if (check_unit(path, edit, nodes->nodeTab[i]))
            return WEIR_EINPUT;
    for (int i = 0; i < nodes->nodeNr; i++)
        if (set_attribute(path, edit, nodes->nodeTab[i]))
            return WEIR_EINPUT;
    return WEIR_OK;
}

static int edit_one(xmlXPathContextPtr context, const char *path, const struct weir_platform_edit *edit)
{
    int code;
    xmlXPathObjectPtr found = xmlXPathEvalExpression((const xmlChar *)edit->xpath, context);
    if (!found)
        code = weir_error(WEIR_EINPUT, "%s: %s is no XPath; write one such as //link[@id='backhaul']/@latency", path,
                          edit->xpath);
    else if (found->type != XPATH_NODESET)
        code = weir_error(WEIR_EINPUT,
                          "%s: the XPath %s gives a value, not attributes; write one such as "
                          "//link[@id='backhaul']/@latency",
                          path, edit->xpath);
    else
        code = edit_nodes(path, edit, found->nodesetval);
    xmlXPathFreeObject(found);
    return code;
}

/* A zone of routing "Star" is one of "Cluster" for SimGrid's reader of XML, which makes SimGrid's star of it. */
static bool name_stars(xmlNode *node)
{
    bool any = false;
    for (xmlNode *zone = node->children; zone; zone = zone->next) {
        if (zone->type != XML_ELEMENT_NODE ||
            (strcmp((const char *)zone->name, "zone") != 0 && strcmp((const char *)zone->name, "AS") != 0))
            continue;
        if (strcasecmp(weir_xml_attribute(zone, "routing", ""), "Star") == 0) {
            xmlSetProp(zone, (const xmlChar *)"routing", (const xmlChar *)"Cluster");
            any = true;
        }
        any |= name_stars(zone);
    }
    return any;
}

static int edit_all(struct _xmlDoc *document, const char *path, const struct weir_platform_edit *edits,
                    size_t edit_count)
{
    int code = WEIR_OK;
    xmlXPathContextPtr context = xmlXPathNewContext(document);
    if (!context)
        return weir_error(WEIR_EINPUT, "%s: libxml2 could not start", path);
    context->error = keep_quiet;
    for (size_t i = 0; i < edit_count && code == WEIR_OK; i++)
        code = edit_one(context, path, &edits[i]);
    xmlXPathFreeContext(context);
    return code;
}

int weir_platform_edit(struct _xmlDoc *document, const char *path, const struct weir_platform_edit *edits,
                       size_t edit_count, char **content)
{
    int code = edit_count ? edit_all(document, path, edits, edit_count) : WEIR_OK, size = 0;
    xmlChar *dumped = NULL;
    *content = NULL;
    if (code != WEIR_OK || !(name_stars(xmlDocGetRootElement(document)) || edit_count))
        return code;
    xmlDocDumpMemory(document, &dumped, &size);
    *content = weir_copy((const char *)dumped);
    xmlFree(dumped);
    return WEIR_OK;
}
