/* Speeds of hosts that change: by faults, by profiles of the platform, and by performance states. Work in our hands
 * goes on at the new speed from the present date on; SimGrid is told once its clock has come there. */
#include <math.h>

#include "sim/base/error.h"
#include "sim/engine/shares/state.h"

/* Its speed has become another one. */
static void note_speed(struct weir_shares *shares, int index)
{
    const struct weir_host_state *host = &shares->hosts[index];
    if (!host->slowed && !host->stated) {
        WEIR_ONE_MORE(shares->slowed, shares->slowed_count, shares->slowed_capacity);
        shares->slowed[shares->slowed_count++] = index;
    }
}

static void note_slow(struct weir_shares *shares, int index)
{
    struct weir_host_state *host = &shares->hosts[index];
    shares->urgent |= shares->all_works && host->first;
    note_speed(shares, index);
    host->slowed = true;
}

static void note_pstate(struct weir_shares *shares, int index)
{
    shares->urgent = true; /* what it draws while idle changes, too */
    note_speed(shares, index);
    shares->hosts[index].stated = true;
}

/* What was counted until now was done at the speed before. */
static void change_speed(struct weir_shares *shares, struct weir_host_state *host)
{
    weir_host_set_speed(host);
    if (!shares->all_works && host->first)
        weir_host_note_uneven(shares, host);
}

static void slowed(struct weir_shares *shares, struct weir_host_state *host)
{
    weir_energy_count_host(shares, host);
    change_speed(shares, host);
    note_slow(shares, (int)(host - shares->hosts));
}

static bool may_change_speed(struct weir_shares *shares, int index)
{
    if (shares->fixed_speeds)
        weir_clock_fail(
            shares->clock, WEIR_EINPUT,
            "host %s is to become slower or faster, which SimGrid's cpu/optim TI cannot bear; leave this option out "
            "of \"simgrid\"",
            shares->platform->hosts[index].name);
    return !shares->fixed_speeds;
}

void weir_host_slow(struct weir_shares *shares, int index, double share)
{
    struct weir_host_state *host = &shares->hosts[index];
    if (shares->platform->hosts[index].may_slow) {
        weir_clock_fail(shares->clock, WEIR_EINPUT,
                        "%s: host %s has a profile of its speed, and cannot be slowed besides", shares->platform->path,
                        shares->platform->hosts[index].name);
        return;
    }
    if (!may_change_speed(shares, index))
        return;
    host->slow = share;
    slowed(shares, host);
}

bool weir_host_set_pstate(struct weir_shares *shares, int index, int pstate)
{
    struct weir_host_state *host = &shares->hosts[index];
    if (!may_change_speed(shares, index))
        return false;
    weir_owners_settle_host(shares, index);
    weir_energy_count_host(shares, host);
    host->pstate = pstate;
    weir_energy_set_pstate(shares, host);
    host->peak = weir_platform_pstates(&shares->platform->hosts[index])[pstate];
    change_speed(shares, host);
    if (shares->all_works)
        note_pstate(shares, index);
    return true;
}

void weir_hosts_on_slow(void *context, void *owner)
{
    struct weir_shares *shares = context;
    struct weir_host_state *host = owner;
    if (shares->stating)
        return;
    if (!shares->platform->hosts[host - shares->hosts].may_slow) { /* by weir_host_slow, and known */
        weir_share_pace(shares, host);
        return;
    }
    weir_share_follow(shares);
    host->profile = weir_simgrid_platform->available_speed(host->host);
    slowed(shares, host);
}

void weir_share_pace(struct weir_shares *shares, struct weir_host_state *host)
{
    for (struct weir_work *work = host->first; work; work = work->next) {
        if (work->hands != WEIR_HANDS_SIMGRID)
            continue;
        weir_simgrid->pause(work->activity, !(host->speed > 0));
        if (work->share < 1 && host->speed > 0)
            weir_simgrid->bound(work->activity, weir_work_bound(shares, work));
    }
}

static void state_one(struct weir_shares *shares, struct weir_host_state *host)
{
    host->stated = false;
    shares->stating = true;
    weir_simgrid_platform->set_pstate(host->host, (unsigned long)host->pstate);
    shares->stating = false;
    weir_share_pace(shares, host);
}

void weir_share_slow_all(struct weir_shares *shares)
{
    for (size_t s = 0; s < shares->slowed_count; s++) {
        struct weir_host_state *host = &shares->hosts[shares->slowed[s]];
        if (host->stated)
            state_one(shares, host);
        if (!host->slowed)
            continue;
        host->slowed = false;
        if (shares->platform->hosts[shares->slowed[s]].may_slow) {
            weir_share_pace(shares, host);
            continue;
        }
        weir_simgrid_platform->slow(host->host, host->slow);
        shares->unsettled = true;
        shares->unsettled_s = weir_simgrid->now();
    }
    shares->slowed_count = 0;
}
