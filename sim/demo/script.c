#include "sim/demo/script.h"

static bool is_due(double at_s, double since_s, double time_s)
{
    return at_s > since_s + 1e-9 && at_s <= time_s + 1e-9;
}

bool weir_demo_stops(const struct weir_demo_script *script, double since_s, double time_s)
{
    for (int p = 0; p < script->pause_count; p++)
        if (is_due(script->pauses_s[p], since_s, time_s))
            return true;
    for (int a = 0; a < script->action_count && script->ask_s > 0; a++)
        if (script->actions[a].at_s > 0 && is_due(script->actions[a].at_s, since_s, time_s))
            return true;
    return false;
}
