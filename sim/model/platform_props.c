/* The properties that weir adds to a platform. */
#include <float.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/platform_read.h"

/* "x y", two numbers. */
static bool is_place(const char *text, double place[2])
{
    char *end, *last;
    place[0] = strtod(text, &end);
    place[1] = strtod(end, &last);
    return end != text && last != end && !*last && isfinite(place[0]) && isfinite(place[1]);
}

/* A battery that has run empty takes so long to be charged again, lest a run never ends. */
#define LEAST_CHARGE_S 1e-3

static bool is_number_within(const char *text, double least, double most, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && !*end && *value >= least && *value <= most;
}

int weir_platform_prop(const struct weir_platform_reader *reader, const xmlNode *node,
                       struct weir_platform_props *props)
{
    const char *name = weir_xml_attribute(node, "id", "");
    const char *value = weir_xml_attribute(node, "value", "");
    char quoted[WEIR_QUOTE_SIZE];
    long number;
    char *end;
    weir_quote(value, quoted);
    if (strcmp(name, "tier") == 0) {
        for (int i = 0; i < WEIR_TIER_COUNT; i++)
            if (strcmp(value, weir_tier_names[i]) == 0) {
                props->tier = (enum weir_tier)i;
                return 0;
            }
        return weir_platform_fail(reader, node, "tier %s is none of device, edge, cloud", quoted);
    }
    if (strcmp(name, "region") == 0) {
        if (!*value)
            return weir_platform_fail(reader, node, "region is empty; give a name");
        props->region = value;
    } else if (strcmp(name, "slots") == 0) {
        if (!weir_platform_integer(value, 1L << 30, &number) || number < 1)
            return weir_platform_fail(reader, node,
                                      "slots %s is not a whole number, 1 at least; leave it out for no limit", quoted);
        props->slots = (int)number;
    } else if (strcmp(name, "memory") == 0) {
        props->memory_bytes = strtod(value, &end);
        bool bare = end != value && !*end && isfinite(props->memory_bytes);
        if (!bare && weir_quantity_parse(WEIR_UNIT_BYTES, value, &props->memory_bytes) != 0) {
            weir_error_context("memory");
            return weir_platform_fail_at(reader, node);
        }
        if (!(props->memory_bytes > 0))
            return weir_platform_fail(reader, node, "memory %s is not above 0; leave it out for no limit", quoted);
    } else if (strcmp(name, "price_per_core_s") == 0) {
        props->price_per_core_s = strtod(value, &end);
        if (end == value || *end || !(props->price_per_core_s >= 0) || !isfinite(props->price_per_core_s))
            return weir_platform_fail(reader, node, "price_per_core_s %s is not a number, 0 at least", quoted);
    } else if (strcmp(name, "boot_time") == 0) {
        if (weir_quantity_parse(WEIR_UNIT_TIME, value, &props->boot_s) != 0) {
            weir_error_context("boot_time");
            return weir_platform_fail_at(reader, node);
        }
        if (!(props->boot_s >= 0))
            return weir_platform_fail(reader, node, "boot_time %s is below 0", quoted);
    } else if (strcmp(name, "boot_watts") == 0) {
        props->boot_w = strtod(value, &end);
        if (end == value || *end || !(props->boot_w >= 0) || !isfinite(props->boot_w))
            return weir_platform_fail(reader, node, "boot_watts %s is not a number, 0 at least", quoted);
    } else if (strcmp(name, "battery") == 0) {
        if (weir_quantity_parse(WEIR_UNIT_ENERGY, value, &props->battery_j) != 0) {
            weir_error_context("battery");
            return weir_platform_fail_at(reader, node);
        }
        if (!(props->battery_j > 0))
            return weir_platform_fail(reader, node, "battery %s is not above 0; leave it out for none", quoted);
    } else if (strcmp(name, "battery_charge") == 0) {
        if (!is_number_within(value, 0, 1, &props->battery_charge))
            return weir_platform_fail(reader, node, "battery_charge %s is not a share from 0 to 1", quoted);
    } else if (strcmp(name, "battery_resume") == 0) {
        if (!is_number_within(value, DBL_MIN, 1, &props->battery_resume))
            return weir_platform_fail(reader, node, "battery_resume %s is not a share above 0, up to 1", quoted);
    } else if (strcmp(name, "harvest") == 0) {
        if (!is_number_within(value, 0, DBL_MAX, &props->harvest_w))
            return weir_platform_fail(reader, node, "harvest %s is not a number of watts, 0 at least", quoted);
    } else if (strcmp(name, "place") == 0) {
        if (!is_place(value, props->place))
            return weir_platform_fail(reader, node, "place %s is not two numbers, such as \"120 40\"", quoted);
        props->has_place = true;
    } else if (strcmp(name, "speed_gpu") == 0) {
        if (weir_quantity_parse(WEIR_UNIT_SPEED, value, &props->speed_gpu_flops_per_s) != 0) {
            weir_error_context("speed_gpu");
            return weir_platform_fail_at(reader, node);
        }
        if (!(props->speed_gpu_flops_per_s > 0))
            return weir_platform_fail(reader, node, "speed_gpu %s is not above 0; leave it out for that of all",
                                      quoted);
    }
    return 0; /* others are the user's */
}

/* Whether a text is "idle:all" or "idle:epsilon:all", up to `end`. */
static bool are_watts(const char *text, const char *end)
{
    int count = 0;
    for (char *next; text <= end; text = next + 1, count++) {
        double watts = strtod(text, &next);
        if (next == text || next > end || !(watts >= 0) || !isfinite(watts) || (next < end && *next != ':'))
            return false;
        if (next == end)
            return count == 1 || count == 2;
    }
    return false;
}

void weir_platform_check_watts(struct weir_platform_reader *reader, const xmlNode *host)
{
    size_t speeds = 0, states = 0;
    const char *watts = "";
    struct weir_platform *platform = reader->platform;
    weir_platform_quantities(WEIR_UNIT_SPEED, weir_xml_attribute(host, "speed", ""), NULL, 0, &speeds);
    for (const xmlNode *node = weir_xml_element(host->children); node; node = weir_xml_element(node->next))
        if (strcmp(weir_xml_attribute(node, "id", ""), "wattage_per_state") == 0)
            watts = weir_xml_attribute(node, "value", "");
    if (platform->bad_energy)
        return;
    for (const char *text = watts;; states++) {
        const char *end = text + strcspn(text, ",");
        while (*text == ' ')
            text++;
        if (!are_watts(text, end) && !platform->bad_energy)
            platform->bad_energy = weir_format(
                "%s:%d: wattage_per_state of \"%s\": \"%.*s\" are no watts \"idle:all\" or "
                "\"idle:just above idle:all\"; mend it, or switch energy off (\"energy\": false)",
                reader->path, weir_xml_line(host), weir_xml_attribute(host, "id", ""), (int)(end - text), text);
        if (!*end)
            break;
        text = end + 1;
    }
    if (states + 1 != speeds && !platform->bad_energy)
        platform->bad_energy = weir_format(
            "%s:%d: wattage_per_state of \"%s\" has watts for %zu performance state%s, and speed gives %zu; "
            "give as many, or switch energy off (\"energy\": false)",
            reader->path, weir_xml_line(host), weir_xml_attribute(host, "id", ""), states + 1, states ? "s" : "",
            speeds);
}

void weir_platform_read_pstates(const xmlNode *node, struct weir_host *host)
{
    double values[WEIR_VALUES_AT_MOST];
    size_t count = 0;
    const char *text = weir_xml_attribute(node, "speed", "");
    bool read = weir_platform_quantities(WEIR_UNIT_SPEED, text, values, WEIR_VALUES_AT_MOST, &count) == 0 && count > 1;
    count = count < WEIR_VALUES_AT_MOST ? count : WEIR_VALUES_AT_MOST;
    host->pstate_count = read ? (int)count : 1;
    host->pstates_flops_per_s = read ? weir_alloc(count, sizeof *values) : NULL;
    if (read)
        memcpy(host->pstates_flops_per_s, values, count * sizeof *values);
    else
        host->pstate = 0;
}

int weir_platform_check_battery(const struct weir_platform_reader *reader, const xmlNode *node, const char *name,
                                const struct weir_platform_props *props, const struct weir_host *host)
{
    if (props->battery_j > 0 && !host->has_energy)
        return weir_platform_fail(reader, node,
                                  "\"%s\" has a battery, and nothing says what it draws; give wattage_per_state", name);
    if (props->harvest_w > 0 && !(props->battery_j > 0))
        return weir_platform_fail(reader, node, "\"%s\" has a harvest, and no battery that it charges; give one", name);
    if (props->battery_resume * props->battery_j < LEAST_CHARGE_S * props->harvest_w)
        return weir_platform_fail(reader, node,
                                  "the battery of \"%s\" would be charged from nothing in less than %g s, and the host "
                                  "come and go without end; give it a larger battery or battery_resume",
                                  name, LEAST_CHARGE_S);
    return 0;
}

/* Reads the <prop>s of an element over those that it inherits; *energy becomes true if `energy_name` is among them. */
int weir_platform_props(const struct weir_platform_reader *reader, const xmlNode *parent, const char *energy_name,
                        struct weir_platform_props *props, bool *energy)
{
    for (const xmlNode *node = weir_xml_element(parent->children); node; node = weir_xml_element(node->next)) {
        if (weir_platform_check(reader, node) != 0)
            return WEIR_EINPUT;
        if (strcmp((const char *)node->name, "disk") == 0) {
            struct weir_platform_props ignored = {0};
            bool none = false;
            if (weir_platform_props(reader, node, "", &ignored, &none) != 0)
                return WEIR_EINPUT;
        } else if (strcmp((const char *)node->name, "prop") == 0) {
            if (energy && strcmp(weir_xml_attribute(node, "id", ""), energy_name) == 0)
                *energy = true;
            if (props && weir_platform_prop(reader, node, props) != 0)
                return WEIR_EINPUT;
        }
    }
    return 0;
}
