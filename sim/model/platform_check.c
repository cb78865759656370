/* One element against the table: is it known, may it stand there, are its attributes known and their values right. */
#include <ctype.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/model/platform_read.h"
#include "sim/model/platform_schema.h"

static const char *name_of(const xmlNode *node)
{
    return (const char *)node->name;
}

static bool blank(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return !*text;
}

bool weir_platform_integer(const char *text, long max, long *value)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || !blank(end) || !(number >= 0) || number > (double)max || number != floor(number))
        return false;
    *value = (long)number;
    return true;
}

/* True if the text is three numbers. */
static bool three_numbers(const char *text)
{
    int count = 0;
    while (!blank(text)) {
        char *end;
        double number = strtod(text, &end);
        if (end == text || !isfinite(number))
            return false;
        text = end;
        count++;
    }
    return count == 3;
}

static int choose(const struct weir_attribute_rule *rule, const char *text)
{
    size_t count = 0;
    struct weir_text list = {0};
    char quoted[WEIR_QUOTE_SIZE];
    for (; rule->choices[count]; count++) {
        const char *choice = rule->choices[count];
        int differs = rule->kind == WEIR_VALUE_ROUTING ? strcasecmp(text, choice) : strcmp(text, choice);
        if (differs == 0) {
            weir_text_fini(&list);
            return 0;
        }
        weir_text_addf(&list, "%s%s", count ? ", " : "", choice);
    }
    const char *near = weir_nearest(text, rule->choices, count);
    weir_quote(text, quoted);
    if (near)
        weir_error(WEIR_EINPUT, "%s is none of %s; did you mean \"%s\"?", quoted, weir_text_string(&list), near);
    else
        weir_error(WEIR_EINPUT, "%s is none of %s", quoted, weir_text_string(&list));
    weir_text_fini(&list);
    return WEIR_EINPUT;
}

static int check_value(const struct weir_attribute_rule *rule, const char *text)
{
    char quoted[WEIR_QUOTE_SIZE];
    size_t count;
    long number;
    char *end;
    if (!*text && !rule->required)
        return 0; /* SimGrid's way of saying absent */
    switch (rule->kind) {
    case WEIR_VALUE_TEXT:
        return 0;
    case WEIR_VALUE_NAME:
        return *text ? 0 : weir_error(WEIR_EINPUT, "is empty; give a value");
    case WEIR_VALUE_SPEEDS:
    case WEIR_VALUE_SPEED:
        if (weir_platform_quantities(WEIR_UNIT_SPEED, text, NULL, 0, &count) != 0)
            return WEIR_EINPUT;
        if (count > 1 && rule->kind == WEIR_VALUE_SPEED)
            return weir_error(WEIR_EINPUT, "only hosts and clusters take several speeds; give one");
        return 0;
    case WEIR_VALUE_BANDWIDTHS:
    case WEIR_VALUE_BANDWIDTH:
        if (weir_platform_quantities(WEIR_UNIT_BANDWIDTH, text, NULL, 0, &count) != 0)
            return WEIR_EINPUT;
        if (count > 1 && rule->kind == WEIR_VALUE_BANDWIDTH)
            return weir_error(WEIR_EINPUT, "only Wi-Fi links take several bandwidths; give one");
        return 0;
    case WEIR_VALUE_TIME:
        return weir_platform_quantities(WEIR_UNIT_TIME, text, NULL, 0, &count);
    case WEIR_VALUE_CORES:
        if (!weir_platform_integer(text, 1L << 20, &number) || number < 1)
            return weir_error(WEIR_EINPUT, "%s is not a number of cores; give a whole number, 1 at least",
                              weir_quote(text, quoted));
        return 0;
    case WEIR_VALUE_INTEGER:
        if (!weir_platform_integer(text, 1L << 30, &number))
            return weir_error(WEIR_EINPUT, "%s is not a whole number, 0 at least", weir_quote(text, quoted));
        return 0;
    case WEIR_VALUE_NUMBER:
        if (!isfinite(strtod(text, &end)) || end == text)
            return weir_error(WEIR_EINPUT, "%s is not a number", weir_quote(text, quoted));
        return 0;
    case WEIR_VALUE_CHOICE:
    case WEIR_VALUE_ROUTING:
        return choose(rule, text);
    case WEIR_VALUE_COORDINATES:
        if (!three_numbers(text))
            return weir_error(WEIR_EINPUT, "%s are no Vivaldi coordinates; give three numbers such as \"25.5 9.4 1.4\"",
                              weir_quote(text, quoted));
        return 0;
    }
    return 0;
}

/* Tells of a value without a unit, which SimGrid takes in its base unit. */
static void remark_unit(const struct weir_platform_reader *reader, const xmlNode *node,
                        const struct weir_attribute_rule *rule, const char *text)
{
    static const enum weir_unit kinds[] = {
        [WEIR_VALUE_SPEEDS] = WEIR_UNIT_SPEED,
        [WEIR_VALUE_SPEED] = WEIR_UNIT_SPEED,
        [WEIR_VALUE_BANDWIDTHS] = WEIR_UNIT_BANDWIDTH,
        [WEIR_VALUE_BANDWIDTH] = WEIR_UNIT_BANDWIDTH,
        [WEIR_VALUE_TIME] = WEIR_UNIT_TIME,
    };
    if (rule->kind < WEIR_VALUE_SPEEDS || rule->kind > WEIR_VALUE_TIME || !weir_platform_is_bare(text))
        return;
    weir_remark_unit("%s:%d: <%s> %s %s is taken as %s %s; write the unit", reader->path, weir_xml_line(node),
                     name_of(node), rule->name, text, text, weir_unit_symbol(kinds[rule->kind]));
}

static int check_attribute(const struct weir_platform_reader *reader, const xmlNode *node, const xmlAttr *attribute,
                           const struct weir_element_rule *element)
{
    const char *name = (const char *)attribute->name;
    const char *names[32];
    size_t count = 0;
    const struct weir_attribute_rule *rule = element->attributes;
    while (rule->name && strcmp(rule->name, name) != 0)
        names[count++] = rule++->name;
    if (!rule->name || attribute->ns) {
        const char *near = weir_nearest(name, names, count);
        if (near)
            return weir_platform_fail(reader, node, "<%s> has no attribute \"%s\"; did you mean \"%s\"?", name_of(node),
                                      name, near);
        return weir_platform_fail(reader, node, "<%s> has no attribute \"%s\"; remove it", name_of(node), name);
    }
    const xmlNode *value = attribute->children;
    if (value && (value->next || value->type != XML_TEXT_NODE))
        return weir_platform_fail(reader, node, "<%s> %s uses an entity, which SimGrid does not know; write the value",
                                  name_of(node), name);
    if (check_value(rule, value ? (const char *)value->content : "") == 0) {
        if (value && weir_remarks_wanted())
            remark_unit(reader, node, rule, (const char *)value->content);
        return 0;
    }
    weir_error_context("<%s> %s", name_of(node), name);
    return weir_platform_fail_at(reader, node);
}

/* Where among its siblings an element stands: SimGrid's parser wants them in phases. */
struct place {
    int phase;
    enum weir_side side;
    const xmlNode *latest; /* what began the phase */
    const xmlNode *sided;  /* what settled the side */
};

static int refuse_late(const struct weir_platform_reader *reader, const xmlNode *child, const xmlNode *before)
{
    return weir_platform_fail(reader, child, "<%s> comes too late: SimGrid wants it before the <%s> of line %d",
                              name_of(child), name_of(before), weir_xml_line(before));
}

/* Moves on to the child, or refuses it. The parser decides early, which is stricter than the DTD reads: links before
 * everything else make a zone one of hosts, and a trace among zones leaves room for traces only. */
static int move_on(const struct weir_platform_reader *reader, const xmlNode *child, const struct weir_child_rule *rule,
                   struct place *place)
{
    enum { DECLARATIONS = 2, ROUTES = 3, TRACES = 4 };
    int phase = rule->phase;
    if (!phase && place->side == WEIR_SIDE_HOSTS)
        phase = place->phase;
    else if (!phase)
        phase = place->phase == ROUTES ? ROUTES : TRACES;
    if (phase < place->phase)
        return refuse_late(reader, child, place->latest);
    if (phase > place->phase)
        place->latest = child;
    place->phase = phase;
    enum weir_side side = rule->side;
    if (place->side == WEIR_SIDE_BOTH && side == WEIR_SIDE_BOTH && phase == DECLARATIONS)
        side = WEIR_SIDE_HOSTS;
    if (side == WEIR_SIDE_BOTH)
        return 0;
    if (place->side == WEIR_SIDE_BOTH) {
        place->side = side;
        place->sided = child;
        return 0;
    }
    if (place->side == rule->side || rule->side == WEIR_SIDE_BOTH)
        return 0;
    if (strcmp(name_of(place->sided), "link") == 0 || strcmp(name_of(place->sided), "backbone") == 0)
        return refuse_late(reader, child, place->sided);
    return weir_platform_fail(
        reader, child,
        "<%s> cannot stand beside the <%s> of line %d: SimGrid wants a zone to hold either zones, "
        "clusters and peers or hosts and routers; put one kind into a zone of its own",
        name_of(child), name_of(place->sided), weir_xml_line(place->sided));
}

static int check_text(const struct weir_platform_reader *reader, const xmlNode *node, const xmlNode *child,
                      const struct weir_element_rule *element)
{
    char quoted[WEIR_QUOTE_SIZE];
    const char *content = child->content ? (const char *)child->content : "";
    if (child->type == XML_TEXT_NODE && (element->text || blank(content)))
        return 0;
    while (isspace((unsigned char)*content))
        content++;
    char line[WEIR_QUOTE_SIZE];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(content, "\r\n"), content);
    return weir_platform_fail(reader, node, "the text %s does not belong inside <%s>; remove it",
                              weir_quote(line, quoted), name_of(node));
}

static int check_children(const struct weir_platform_reader *reader, const xmlNode *node,
                          const struct weir_element_rule *element)
{
    struct place place = {.side = WEIR_SIDE_BOTH};
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_COMMENT_NODE || child->type == XML_PI_NODE)
            continue;
        if (child->type != XML_ELEMENT_NODE) {
            if (check_text(reader, node, child, element) != 0)
                return WEIR_EINPUT;
            continue;
        }
        const struct weir_child_rule *rule = element->children;
        while (rule->name && strcmp(rule->name, name_of(child)) != 0)
            rule++;
        const struct weir_element_rule *known = weir_platform_rule(name_of(child));
        if (known && known->refused)
            return weir_platform_check(reader, child);
        if (!known) {
            const char *near = weir_platform_near_element(name_of(child));
            return weir_platform_fail(reader, child, "there is no element <%s>%s%s%s", name_of(child),
                                      near ? "; did you mean <" : "; remove it", near ? near : "", near ? ">?" : "");
        }
        if (!rule->name)
            return weir_platform_fail(reader, child, "<%s> does not belong inside <%s>; see SimGrid's DTD 4.1",
                                      name_of(child), name_of(node));
        if (move_on(reader, child, rule, &place) != 0)
            return WEIR_EINPUT;
    }
    return 0;
}

int weir_platform_check(const struct weir_platform_reader *reader, const xmlNode *node)
{
    const struct weir_element_rule *element = weir_platform_rule(name_of(node));
    if (!element) /* the root; others are refused with their parent */
        return weir_platform_fail(reader, node, "the root is <%s>, not <platform>; this is no SimGrid platform file",
                                  name_of(node));
    if (element->refused)
        return weir_platform_fail(reader, node, "<%s> is not taken: %s", name_of(node), element->refused);
    if (node->nsDef || node->ns)
        return weir_platform_fail(reader, node, "<%s> has an XML namespace, which SimGrid does not know; remove it",
                                  name_of(node));
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
        if (check_attribute(reader, node, attribute, element) != 0)
            return WEIR_EINPUT;
    for (const struct weir_attribute_rule *rule = element->attributes; rule->name; rule++)
        if (rule->required && !xmlHasProp(node, (const xmlChar *)rule->name))
            return weir_platform_fail(reader, node, "<%s> lacks the attribute \"%s\"; SimGrid wants it", name_of(node),
                                      rule->name);
    return check_children(reader, node, element);
}
