/* "simgrid": options that SimGrid is started with, and what they leave out. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/scenario_parts.h"
#include "sim/model/simgrid_options.h"

const char *const weir_fairness_names[] = {"max-min", "rtt", NULL};

/* What is known is passed on with values that it can have; what is not, if the user answers for it. */
static int check_option(const struct weir_json *at, const struct weir_option *option, bool unsafe)
{
    bool known;
    if (weir_simgrid_writes(option->key))
        return weir_json_error(at,
                               "would write a file outside the results, and every run the same one; `weir run --paje "
                               "FILE` leaves such a trace");
    char *fault = unsafe ? NULL : weir_simgrid_fault(option->key, option->value, &known);
    int code = !fault  ? WEIR_OK
               : known ? weir_json_error(at, "%s", fault)
                       : weir_json_error(at, "%s; \"unsafe\": true beside it passes it to SimGrid as it is", fault);
    free(fault);
    return code;
}

int weir_scenario_read_options(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json object;
    int code;
    if (!weir_json_get(at, "simgrid", &object))
        return WEIR_OK;
    if (!weir_json_is_object(&object))
        return weir_json_error(&object, "must be an object such as {\"network/model\": \"LV08\"}");
    bool unsafe = false;
    if ((code = weir_json_opt_bool(&object, "unsafe", &unsafe)) != WEIR_OK)
        return code;
    scenario->unsafe_options = unsafe;
    scenario->options = weir_alloc((size_t)weir_json_size(&object), sizeof *scenario->options);
    for (int i = 0; i < weir_json_size(&object); i++) {
        struct weir_json child = weir_json_at(&object, i);
        if (*child.key == '#' || strncmp(child.key, "//", 2) == 0 || strcmp(child.key, "unsafe") == 0)
            continue;
        const char *text = NULL;
        if (weir_json_is_string(&child))
            weir_json_string(&child, &text);
        else if (!weir_json_is_number(&child) && !weir_json_is_bool(&child))
            return weir_json_error(&child, "an option of SimGrid is a string, a number, true or false");
        scenario->options[scenario->option_count++] =
            (struct weir_option){weir_copy(child.key), text ? weir_copy(text) : weir_json_print(&child)};
        code = check_option(&child, &scenario->options[scenario->option_count - 1], unsafe);
        if (code)
            return code;
    }
    return WEIR_OK;
}

static const char *option(const struct weir_scenario *scenario, const char *key)
{
    for (int o = 0; o < scenario->option_count; o++)
        if (strcmp(scenario->options[o].key, key) == 0)
            return scenario->options[o].value;
    return NULL;
}

static bool is_zero(const char *value)
{
    char *end;
    return strtod(value, &end) == 0 && end != value && !*end;
}

/* With TCP-gamma, a flow is bounded by the bandwidth of its start for good; with weight-S, SimGrid corrects the weights
 * of flows under way by what they never had, down to nothing and below. */
const char *weir_scenario_fixed_links(const struct weir_scenario *scenario)
{
    const char *model = option(scenario, "network/model"), *gamma = option(scenario, "network/TCP-gamma"),
               *weight = option(scenario, "network/weight-S");
    if ((!model || strcmp(model, "CM02") == 0) && (gamma ? is_zero(gamma) : !model) && (!weight || is_zero(weight)))
        return NULL;
    return "SimGrid is right about links whose bandwidth changes only under network/model CM02 with network/TCP-gamma "
           "0 "
           "and network/weight-S 0, which is what weir takes by itself; leave these options out of \"simgrid\", or let "
           "bandwidths be";
}
