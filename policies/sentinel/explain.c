/* What the last cycle saw and decided: as a table of servers, and who is not well. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/text.h"

enum { MOST_ROWS = 60 };

static const char *const states[SENTINEL_STATES] = {"well", "down", "anomalous, by rules", "anomalous, by the net",
                                                    "suspected since short"};

static long requests_of(const struct sentinel *self, int server)
{
    long cells = (long)self->live.regions * self->live.categories, sum = 0;
    for (long c = 0; c < cells; c++)
        sum += self->count[server * cells + c];
    return sum;
}

void sentinel_name_unwell(const struct sentinel *self, const struct weir_view *view, char *text, size_t size)
{
    static const char *const by[SENTINEL_STATES] = {
        [SENTINEL_BY_RULES] = " (rules)", [SENTINEL_BY_NET] = " (net)", [SENTINEL_BY_HOLD] = " (since short)"};
    size_t used = 0;
    int more = 0;
    text[0] = '\0';
    for (int e = 0; e < self->live.servers; e++) {
        enum sentinel_state state = self->oracle ? SENTINEL_WELL : self->devices.servers[e].state;
        const char *name = view->hosts[self->live.host[e]].name, *who = by[state] ? by[state] : "";
        if (!self->live.up[e] || (state == SENTINEL_WELL && (!self->oracle || self->healthy[e])))
            continue;
        if (used + strlen(name) + strlen(who) + 16 > size)
            more++;
        else
            used += (size_t)snprintf(text + used, size - used, "%s %s%s", used ? "," : ":", name, who);
    }
    if (more)
        snprintf(text + used, size - used, ", %d more", more);
}

char *sentinel_explain(void *state, const struct weir_view *view)
{
    const struct sentinel *self = state;
    const struct live *live = &self->live;
    if (self->shape != live->shape || live->servers == 0 || live->categories == 0)
        return NULL;
    struct weir_text text = {0};
    weir_text_addf(&text, "%d servers, %d regions, %d categories; best use %.2f\n", live->servers, live->regions,
                   live->categories, self->history.u_opt);
    weir_text_addf(&text, "%-20s %-10s %10s %8s %8s %9s  %s\n", "server", "region", "uplink B/s", "use", "planned",
                   "requests", "device");
    for (int e = 0; e < live->servers && e < MOST_ROWS; e++) {
        const struct weir_host_view *host = &view->hosts[live->host[e]];
        const char *says = self->healthy[e] ? "well" : live->up[e] ? "not well" : "down";
        if (self->device_detection && e < self->devices.server_count)
            says = states[self->devices.servers[e].state];
        weir_text_addf(&text, "%-20s %-10s %10.4g %8.3f %8.3f %9ld  %s\n", host->name, host->region ? host->region : "",
                       live->bandwidth[e], live->used[e], self->use[e], requests_of(self, e), says);
    }
    if (live->servers > MOST_ROWS)
        weir_text_addf(&text, "and %d servers more\n", live->servers - MOST_ROWS);
    return text.data;
}
