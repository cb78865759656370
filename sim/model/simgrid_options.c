#include "sim/model/simgrid_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"

/* With choices ("a|b"): one of them. Else a number from min to max, whole if `whole`. */
static const struct option {
    const char *key, *choices;
    double min, max;
    bool whole;
} options[] = {
    {.key = "network/model", .choices = "CM02|LV08|SMPI|IB|Constant|ns-3"},
    {.key = "network/latency-factor", .min = 0, .max = 1000},
    {.key = "network/bandwidth-factor", .min = 1e-3, .max = 1000},
    {.key = "network/weight-S", .min = 0, .max = 1e9},
    {.key = "network/TCP-gamma", .min = 0, .max = 1e12},
    {.key = "network/crosstraffic", .choices = "0|1|no|yes|off|on|false|true"},
    {.key = "network/loopback-bw", .min = 1, .max = 1e15},
    {.key = "network/loopback-lat", .min = 0, .max = 1000},
    {.key = "network/optim", .choices = "Lazy|Full"},
    {.key = "network/maxmin-selective-update", .choices = "0|1|no|yes|off|on|false|true"},
    {.key = "network/solver", .choices = "maxmin|fairbottleneck|bmf"},
    {.key = "cpu/model", .choices = "Cas01"},
    {.key = "cpu/optim", .choices = "Lazy|TI|Full"},
    {.key = "cpu/maxmin-selective-update", .choices = "0|1|no|yes|off|on|false|true"},
    {.key = "cpu/solver", .choices = "maxmin|fairbottleneck|bmf"},
    {.key = "host/model", .choices = "default|compound|ptask_L07|ptask_BMF"},
    {.key = "host/solver", .choices = "maxmin|fairbottleneck|bmf"},
    {.key = "disk/model", .choices = "S19"},
    {.key = "disk/solver", .choices = "maxmin|fairbottleneck|bmf"},
    {.key = "surf/precision", .min = 1e-15, .max = 1e-3},
    {.key = "precision/timing", .min = 1e-15, .max = 1e-3},
    {.key = "precision/work-amount", .min = 1e-15, .max = 1e-3},
    {.key = "maxmin/precision", .min = 1e-15, .max = 1e-3},
    {.key = "maxmin/concurrency-limit", .min = -1, .max = 1e9, .whole = true},
    {.key = "bmf/precision", .min = 1e-15, .max = 1e-3},
    {.key = "bmf/max-iterations", .min = 1, .max = 1e9, .whole = true},
    {.key = "contexts/factory", .choices = "boost|raw|ucontext|thread"},
    {.key = "contexts/nthreads", .min = 1, .max = 1024, .whole = true},
    {.key = "contexts/stack-size", .min = 16, .max = 1e6, .whole = true},
    {.key = "contexts/guard-size", .min = 0, .max = 1e6, .whole = true},
    {.key = "contexts/synchro", .choices = "futex|posix|busy_wait"},
};
#define COUNT (sizeof options / sizeof *options)

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (const char *at = choices; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (length && strcspn(at, "|") == length && strncmp(at, value, length) == 0)
            return true;
    return false;
}

static char *judge(const struct option *option, const char *value)
{
    char quoted[WEIR_QUOTE_SIZE], *end;
    if (option->choices)
        return is_choice(option->choices, value)
                   ? NULL
                   : weir_format("%s is none of %s", weir_quote(value, quoted), option->choices);
    double number = strtod(value, &end);
    bool fits = end > value && !*end && number >= option->min && number <= option->max;
    if (fits && (!option->whole || number == floor(number)))
        return NULL;
    return weir_format("%s is no %snumber from %g to %g", weir_quote(value, quoted), option->whole ? "whole " : "",
                       option->min, option->max);
}

char *weir_simgrid_fault(const char *key, const char *value, bool *known)
{
    const char *names[COUNT], *near;
    *known = true;
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(options[i].key, key) == 0)
            return judge(&options[i], value);
        names[i] = options[i].key;
    }
    *known = false;
    near = weir_nearest(key, names, COUNT);
    if (near)
        return weir_format("is no option that is known to leave results right; did you mean \"%s\"?", near);
    return weir_copy("is no option that is known to leave results right");
}

bool weir_simgrid_writes(const char *key)
{
    return strcmp(key, "tracing/filename") == 0;
}
