/* Transfers that SimGrid never ends, and the probe of a platform. */
#include "sim/engine/shares/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/model/probe.h"

/* No network model of SimGrid multiplies latencies by more (LV08: 13.01); a scenario's own factors, one or, by sizes,
 * several, may. */
#define LATENCY_FACTOR 20.0
/* Links that would carry less than so many bytes in the time that the least rate takes for one are let alone: what
 * crawls over them may be meant to. */
#define BYTES_A_RUN 1e6

static double latency_factor(const struct weir_scenario *scenario)
{
    double most = LATENCY_FACTOR;
    for (int o = 0; scenario && o < scenario->option_count; o++) {
        const char *text = scenario->options[o].value;
        if (strcmp(scenario->options[o].key, "network/model") == 0 && strncmp(text, "ns-3", 4) == 0)
            return INFINITY; /* SimGrid knows nothing of its rates */
        if (strcmp(scenario->options[o].key, "network/latency-factor") != 0)
            continue;
        for (char *end; *text; text = end > text ? end : text + 1)
            most = fmax(most, strtod(text, &end));
    }
    return most;
}

bool weir_shares_still(const struct weir_shares *shares, double least_bytes_per_s, double wait_s, char *text,
                       size_t size)
{
    double factor = latency_factor(shares->scenario), now_s = shares->clock->now_s;
    const struct weir_transfer *first = NULL;
    const struct weir_route *its = NULL;
    for (size_t r = 0; r < shares->route_count; r++) {
        const struct weir_route *route = &shares->routes[r].route;
        if (route->alone_bytes_per_s < BYTES_A_RUN * least_bytes_per_s)
            continue;
        for (const struct weir_transfer *t = shares->routes[r].wire; t; t = t->next)
            if (t->activity && now_s > t->since_s + factor * route->latency_s + wait_s &&
                weir_simgrid->rate(t->activity) < least_bytes_per_s && (!first || t->since_s < first->since_s)) {
                first = t;
                its = route;
            }
    }
    if (!first)
        return false;
    snprintf(text, size,
             "a transfer of %g bytes from %s to %s does not get on at %.6g s: it is under way since %.6g s, its hosts "
             "and links are up, and SimGrid moves it at %.3g bytes/s; check the options of \"simgrid\"",
             first->bytes, shares->platform->hosts[its->from].name, shares->platform->hosts[its->to].name, now_s,
             first->since_s, weir_simgrid->rate(first->activity));
    return true;
}

struct probe {
    struct weir_transfer transfer;
    struct weir_clock *clock;
    bool done;
};

static void probed(struct weir_transfer *transfer, bool ok)
{
    struct probe *probe = WEIR_RECORD(transfer, struct probe, transfer);
    probe->done = ok;
    weir_clock_end(probe->clock);
}

/* Adds what flows along a route to its links. */
static void load_links(struct weir_probe *asked, const struct weir_shares *shares, const struct weir_route *route,
                       double bytes_per_s)
{
    for (int i = 0; i < route->link_count; i++) {
        size_t index = (size_t)route->links[i];
        if (index >= asked->link_room)
            continue;
        struct weir_probe_link *link = &asked->links[index];
        if (!*link->name)
            snprintf(link->name, sizeof link->name, "%s", weir_simgrid_platform->link_name(shares->links[index].link));
        link->bandwidth_bytes_per_s = shares->links[index].bandwidth;
        link->bytes_per_s += bytes_per_s;
    }
}

/* Asks for the routes; the first that there is, -1 if there is none. */
static int ask_routes(struct weir_probe *asked, struct weir_shares *shares)
{
    struct weir_probe_state *state = asked->state;
    int first = -1;
    for (; state->next < asked->pair_count; state->next++) {
        const struct weir_pair *pair = &asked->pairs[state->next];
        state->asking = true;
        int route = weir_route_find(shares, pair->from, pair->to);
        state->asking = false;
        if (asked->links && weir_route(shares, route)->link_count)
            load_links(asked, shares, weir_route(shares, route), asked->bytes_per_s[state->next]);
        if (!(weir_route(shares, route)->bytes_per_s > 0)) {
            weir_probe_missing(asked);
        } else if (first < 0) {
            first = route;
            state->sent = *pair;
        }
    }
    return first;
}

static void send_one(struct weir_probe *asked, struct weir_shares *shares, struct weir_clock *clock)
{
    struct probe probe = {.transfer.done = probed, .clock = clock};
    int route = ask_routes(asked, shares);
    if (route < 0)
        return;
    asked->state->sending = true;
    weir_transfer_begin(shares, &probe.transfer, route, 1000, INFINITY);
    weir_shares_run(shares);
    asked->state->failed = !probe.done;
}

int weir_shares_probe(struct weir_probe *asked)
{
    struct weir_clock clock;
    weir_clock_init(&clock);
    const struct weir_shares_spec spec = {.platform = asked->platform, .scenario = asked->scenario};
    struct weir_shares *shares = weir_shares_new(&spec, &clock);
    int code = shares ? WEIR_OK : weir_error_code();
    if (shares)
        send_one(asked, shares, &clock);
    weir_shares_free(shares);
    weir_clock_fini(&clock);
    return code;
}
