/* Batteries of hosts. What a host draws is constant between changes of what works on it, of its speed and of its power;
 * so is what its battery gains or loses, and the date at which it is empty, or charged again, is exact: it is found
 * anew after each change. A host whose battery is empty is down and draws nothing until what is harvested has charged
 * it. */
#include "sim/engine/shares/state.h"

#include <math.h>
#include <stdlib.h>

struct weir_battery {
    struct weir_shares *shares;
    int host;
    double capacity_j, resume_j, harvest_w;
    double level_j, since_s;
    double draw_w; /* of the host, from since_s on */
    struct weir_alarm turns;
    struct weir_soon look;
};

/* Cores that are used by what works there, in whosever hands it is. */
static double cores_in_use(const struct weir_host_state *host)
{
    double level = weir_host_level(host), cores = 0;
    for (const struct weir_work *work = host->first; work; work = work->next)
        cores += fmin(work->share, level);
    return cores;
}

double weir_host_watts(const struct weir_shares *shares, int index)
{
    const struct weir_host_state *host = &shares->hosts[index];
    const struct weir_host_energy *energy = &host->energy;
    if (!host->metered)
        return NAN;
    if (host->empty)
        return 0;
    if (!host->on || host->down || host->power == WEIR_ASLEEP)
        return energy->off_w;
    if (host->power == WEIR_BOOTING)
        return energy->boot_w;
    if (!host->first || !(host->speed > 0))
        return energy->idle_w;
    double share = cores_in_use(host) * host->speed / (host->cores * host->peak);
    return energy->epsilon_w + (energy->all_w - energy->epsilon_w) * share;
}

static double level_of_battery(const struct weir_battery *battery)
{
    double passed_s = battery->shares->clock->now_s - battery->since_s;
    double level_j = battery->level_j + (battery->harvest_w - battery->draw_w) * passed_s;
    return fmin(battery->capacity_j, fmax(0, level_j));
}

static void settle_battery(struct weir_battery *battery)
{
    battery->level_j = level_of_battery(battery);
    battery->since_s = battery->shares->clock->now_s;
}

void weir_battery_touch(struct weir_host_state *host)
{
    settle_battery(host->battery);
    weir_soon(host->battery->shares->clock, &host->battery->look);
}

/* All changes at this date have been made. */
static void look(struct weir_soon *soon)
{
    struct weir_battery *battery = WEIR_RECORD(soon, struct weir_battery, look);
    const struct weir_host_state *host = &battery->shares->hosts[battery->host];
    settle_battery(battery);
    battery->draw_w = weir_host_watts(battery->shares, battery->host);
    double gain_w = battery->harvest_w - battery->draw_w;
    double wanted_j = host->empty ? battery->resume_j - battery->level_j : -battery->level_j;
    bool turns = host->empty ? gain_w > 0 : gain_w < 0;
    weir_alarm_set(battery->shares->clock, &battery->turns, turns ? battery->since_s + wanted_j / gain_w : INFINITY);
}

/* It is empty, or charged. What ends at this date, but for rounding, has ended. */
static void turn(struct weir_alarm *alarm)
{
    struct weir_battery *battery = WEIR_RECORD(alarm, struct weir_battery, turns);
    struct weir_shares *shares = battery->shares;
    struct weir_host_state *host = &shares->hosts[battery->host];
    weir_share_gather(shares);
    weir_energy_count_host(shares, host);
    battery->level_j = host->empty ? battery->resume_j : 0;
    weir_host_empty(shares, battery->host, !host->empty);
    if (shares->drained)
        shares->drained(shares->drained_context, battery->host, host->empty);
}

double weir_host_battery_j(const struct weir_shares *shares, int host)
{
    return shares->hosts[host].battery ? level_of_battery(shares->hosts[host].battery) : NAN;
}

void weir_shares_on_drain(struct weir_shares *shares, void (*drained)(void *context, int host, bool empty),
                          void *context)
{
    shares->drained = drained;
    shares->drained_context = context;
}

void weir_batteries_init(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count && shares->energy && shares->platform->has_batteries; h++) {
        const struct weir_host *spec = &shares->platform->hosts[h];
        struct weir_host_state *host = &shares->hosts[h];
        if (!(spec->battery_j > 0) || !host->metered)
            continue;
        host->battery = weir_alloc(1, sizeof *host->battery);
        *host->battery = (struct weir_battery){
            .shares = shares,
            .host = h,
            .capacity_j = spec->battery_j,
            .resume_j = spec->battery_resume * spec->battery_j,
            .harvest_w = spec->harvest_w,
            .level_j = spec->battery_charge * spec->battery_j,
            .since_s = shares->clock->now_s,
            .draw_w = spec->harvest_w,
            .turns.ring = turn,
            .look.ring = look,
        };
        weir_soon(shares->clock, &host->battery->look);
    }
}

void weir_batteries_fini(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count; h++)
        free(shares->hosts[h].battery);
}
