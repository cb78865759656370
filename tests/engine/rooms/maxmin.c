#include "tests/engine/rooms/maxmin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

#define RESOURCES_AT_MOST 16

/* Of an activity: what it takes from, and how much it may take. */
struct active {
    bool runs, again, filled;
    double left, rate, bound;
    int resources[MAXMIN_LINKS], count; /* hosts, then links */
    int from, to;                       /* hosts that it needs */
    const int *links;                   /* that it needs, down or not */
    int link_count;
};

struct state {
    const struct maxmin *maxmin;
    const struct world *world;
    struct world_outcome *outcome;
    struct active active[STEPS_AT_MOST];
    double now_s, slow[RESOURCES_AT_MOST], bandwidth[RESOURCES_AT_MOST];
    bool host_down[RESOURCES_AT_MOST], link_down[RESOURCES_AT_MOST];
};

static double capacity(const struct state *state, int resource)
{
    int hosts = state->maxmin->host_count;
    if (resource >= hosts)
        return state->bandwidth[resource - hosts];
    const struct maxmin_host *host = &state->maxmin->hosts[resource];
    return host->cores * host->flops_per_s * state->slow[resource];
}

/* Of a core of its host, or of the fatpipes on its way. */
static double bound_of(const struct state *state, int s)
{
    const struct world_step *step = &state->world->steps[s];
    const struct active *active = &state->active[s];
    if (step->what == WORK)
        return (step->limit > 0 ? step->limit : 1) * state->maxmin->hosts[step->a].flops_per_s * state->slow[step->a];
    double bound = step->limit > 0 ? step->limit : INFINITY;
    for (int l = 0; l < active->link_count; l++)
        if (state->maxmin->links[active->links[l]].fatpipe)
            bound = fmin(bound, state->bandwidth[active->links[l]]);
    return bound;
}

static bool uses(const struct active *active, int resource)
{
    for (int r = 0; r < active->count; r++)
        if (active->resources[r] == resource)
            return true;
    return false;
}

/* All rates rise together; who reaches its bound, or meets a resource that is full, stays where it is. */
static void fill(struct state *state)
{
    int resources = state->maxmin->host_count + state->maxmin->link_count, open = 0;
    double left[RESOURCES_AT_MOST];
    for (int r = 0; r < resources; r++)
        left[r] = capacity(state, r);
    for (int s = 0; s < state->world->count; s++) {
        struct active *active = &state->active[s];
        active->rate = 0;
        active->filled = !active->runs;
        active->bound = active->runs ? bound_of(state, s) : 0;
        open += active->runs;
    }
    while (open > 0) {
        double rise = INFINITY;
        int users[RESOURCES_AT_MOST] = {0};
        for (int s = 0; s < state->world->count; s++) {
            const struct active *active = &state->active[s];
            for (int r = 0; r < active->count && !active->filled; r++)
                users[active->resources[r]]++;
            if (!active->filled)
                rise = fmin(rise, active->bound - active->rate);
        }
        for (int r = 0; r < resources; r++)
            if (users[r])
                rise = fmin(rise, left[r] / users[r]);
        for (int s = 0; s < state->world->count; s++)
            state->active[s].rate += state->active[s].filled ? 0 : rise;
        for (int r = 0; r < resources; r++)
            left[r] -= rise * users[r];
        for (int s = 0; s < state->world->count; s++) {
            struct active *active = &state->active[s];
            if (active->filled)
                continue;
            active->filled = active->rate >= (1 - 1e-12) * active->bound;
            for (int r = 0; r < resources; r++)
                active->filled |= uses(active, r) && left[r] <= 1e-12 * capacity(state, r);
            open -= active->filled;
        }
    }
}

static bool is_up(const struct state *state, const struct active *active)
{
    bool up = !state->host_down[active->from] && !state->host_down[active->to];
    for (int l = 0; l < active->link_count; l++)
        up &= !state->link_down[active->links[l]];
    return up;
}

static void tell(struct state *state, int s, bool ok);

static void start(struct state *state, int s)
{
    const struct world_step *step = &state->world->steps[s];
    struct active *active = &state->active[s];
    bool again = active->again;
    *active = (struct active){.again = again, .left = step->amount, .from = step->a, .to = step->a};
    if (step->what == WORK) {
        active->resources[active->count++] = step->a;
    } else {
        const struct maxmin_route *route = state->maxmin->routes;
        while (!(route->a == step->a && route->b == step->b) && !(route->a == step->b && route->b == step->a))
            route++;
        active->to = step->b;
        active->links = route->links;
        active->link_count = route->count;
        for (int l = 0; l < route->count; l++)
            if (!state->maxmin->links[route->links[l]].fatpipe)
                active->resources[active->count++] = state->maxmin->host_count + route->links[l];
    }
    active->runs = true;
    if (!is_up(state, active))
        tell(state, s, false);
}

static void tell(struct state *state, int s, bool ok)
{
    struct world_end *end = &state->outcome->ends[s];
    state->active[s].runs = false;
    *end = (struct world_end){.told = end->told + 1, .ok = ok, .end_s = state->now_s};
    if (!state->active[s].again)
        return;
    state->active[s].again = false;
    start(state, s);
}

static int link_of(const struct maxmin *maxmin, const char *name)
{
    int link = 0;
    while (strcmp(maxmin->links[link].name, name) != 0)
        link++;
    return link;
}

static void fail_all(struct state *state)
{
    for (int s = 0; s < state->world->count; s++)
        if (state->active[s].runs && !is_up(state, &state->active[s]))
            tell(state, s, false);
}

static void carry_out(struct state *state, int s)
{
    const struct world_step *step = &state->world->steps[s];
    switch (step->what) {
    case WORK:
    case TRANSFER:
        state->active[s].again = step->again;
        start(state, s);
        return;
    case STOP:
        state->active[step->a].runs = false;
        return;
    case SLOW:
        state->slow[step->a] = step->amount;
        return;
    case RESIZE:
        state->bandwidth[link_of(state->maxmin, step->name)] = step->amount;
        return;
    case DOWN:
    case UP:
        state->host_down[step->a] = step->what == DOWN;
        break;
    case LINK_DOWN:
    case LINK_UP:
        state->link_down[link_of(state->maxmin, step->name)] = step->what == LINK_DOWN;
        break;
    default:
        abort();
    }
    fail_all(state);
}

/* Time passes, at the rates of now. */
static void pass(struct state *state, double date_s)
{
    for (int s = 0; s < state->world->count; s++)
        if (state->active[s].runs)
            state->active[s].left -= state->active[s].rate * (date_s - state->now_s);
    state->now_s = date_s;
}

void maxmin_run(const struct maxmin *maxmin, const struct world *world, struct world_outcome *outcome)
{
    struct state *state = weir_alloc(1, sizeof *state);
    *state = (struct state){.maxmin = maxmin, .world = world, .outcome = outcome};
    memset(outcome, 0, sizeof *outcome);
    for (int s = 0; s < world->count; s++)
        outcome->ends[s].end_s = INFINITY;
    for (int h = 0; h < maxmin->host_count; h++)
        state->slow[h] = 1;
    for (int l = 0; l < maxmin->link_count; l++)
        state->bandwidth[l] = maxmin->links[l].bytes_per_s;
    for (int next = 0;;) {
        int first = -1;
        double end_s = next < world->count ? world->steps[next].at_s : INFINITY;
        fill(state);
        for (int s = 0; s < world->count; s++) {
            const struct active *active = &state->active[s];
            if (active->runs && state->now_s + active->left / active->rate < end_s) {
                end_s = state->now_s + active->left / active->rate;
                first = s;
            }
        }
        if (isinf(end_s))
            break;
        pass(state, end_s);
        if (first < 0)
            carry_out(state, next++);
        else
            tell(state, first, true);
    }
    free(state);
}
