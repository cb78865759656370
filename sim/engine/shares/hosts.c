/* Work on hosts. While all of it fits on the cores, each has its end as an alarm; once it does not, all of it is
 * SimGrid's, and stays there until it ends. */
#include "sim/engine/shares/state.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Shares of cores are added up with rounding. */
#define ROUNDING 1e-9

static void set_speed(struct weir_host_state *host)
{
    host->speed = host->peak * host->profile * host->slow;
}

void weir_hosts_init(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count; h++) {
        struct weir_host_state *host = &shares->hosts[h];
        host->cores = weir_simgrid_platform->cores(host->host);
        host->on = weir_simgrid_platform->host_is_on(host->host);
        host->peak = weir_simgrid_platform->speed(host->host);
        /* SimGrid's TI model must not be asked where there is no profile. */
        host->profile = shares->platform->hosts[h].may_slow ? weir_simgrid_platform->available_speed(host->host) : 1;
        host->slow = 1;
        set_speed(host);
    }
}

void weir_hosts_fini(struct weir_shares *shares)
{
    free(shares->hosts);
}

static bool is_up(const struct weir_host_state *host)
{
    return host->on && !host->down;
}

bool weir_host_up(const struct weir_shares *shares, int host)
{
    return is_up(&shares->hosts[host]);
}

unsigned weir_host_failures(const struct weir_shares *shares, int host)
{
    return shares->hosts[host].failures;
}

static bool fits(const struct weir_host_state *host)
{
    return host->whole + host->part <= host->cores * (1 + ROUNDING);
}

static void enter(struct weir_host_state *host, struct weir_work *work)
{
    work->next = NULL;
    work->before = host->last;
    if (host->last)
        host->last->next = work;
    else
        host->first = work;
    host->last = work;
    if (work->share < 1)
        host->part += work->share;
    else
        host->whole++;
}

static void set_own(struct weir_shares *shares, struct weir_host_state *host, struct weir_work *work)
{
    work->hands = WEIR_HANDS_OWN;
    work->rate = work->share * host->speed;
    work->since_s = shares->clock->now_s;
    weir_alarm_set_first(shares->clock, &work->end, work->since_s + work->flops / work->rate);
}

static void take_own(struct weir_shares *shares, struct weir_host_state *host, struct weir_work *work)
{
    host->own++;
    host->own_load += work->share;
    set_own(shares, host, work);
}

/* It is no longer in our hands: `flops` is what is left. */
static void give_up(struct weir_shares *shares, struct weir_host_state *host, struct weir_work *work)
{
    double left = work->flops - work->rate * (shares->clock->now_s - work->since_s);
    work->flops = left > 0 ? left : 0;
    weir_alarm_stop(shares->clock, &work->end);
    host->own--;
    host->own_load = host->own ? host->own_load - work->share : 0;
}

static void hand_over(struct weir_shares *shares, struct weir_host_state *host)
{
    for (struct weir_work *work = host->first; work && host->own; work = work->next)
        if (work->hands == WEIR_HANDS_OWN) {
            give_up(shares, host, work);
            weir_share_ask_work(shares, work);
        }
}

void weir_work_leave(struct weir_work *work)
{
    struct weir_shares *shares = work->shares;
    struct weir_host_state *host = &shares->hosts[work->host];
    weir_energy_count_host(shares, host);
    if (work->hands == WEIR_HANDS_OWN)
        give_up(shares, host, work);
    if (work->next)
        work->next->before = work->before;
    else
        host->last = work->before;
    if (work->before)
        work->before->next = work->next;
    else
        host->first = work->next;
    if (work->share < 1)
        host->part -= work->share;
    else
        host->whole--;
    if (!host->first)
        host->part = 0;
}

void weir_work_over(struct weir_work *work)
{
    weir_work_leave(work);
    weir_share_tell_work(work->shares, work, true);
}

void weir_work_ends(struct weir_alarm *end)
{
    struct weir_work *work = WEIR_RECORD(end, struct weir_work, end);
    if (weir_share_more_ends(work->shares)) {
        weir_work_over(work);
        weir_share_gather(work->shares);
        return;
    }
    weir_work_leave(work);
    work->hands = WEIR_HANDS_NONE;
    work->done(work, true);
}

void weir_work_begin(struct weir_shares *shares, struct weir_work *work, int host_index, double flops, double share)
{
    struct weir_host_state *host = &shares->hosts[host_index];
    work->shares = shares;
    work->host = host_index;
    work->number = shares->begun++;
    work->flops = flops;
    work->share = share < 1 ? share : 1;
    work->end.ring = weir_work_ends;
    if (!is_up(host) || !(flops > 0)) {
        weir_share_tell_work(shares, work, is_up(host));
        return;
    }
    weir_energy_count_host(shares, host);
    enter(host, work);
    if (!shares->all_works && fits(host)) {
        take_own(shares, host, work);
        return;
    }
    hand_over(shares, host);
    weir_share_ask_work(shares, work);
}

void weir_work_stop(struct weir_work *work)
{
    if (weir_work_idle(work))
        return;
    if (work->hands != WEIR_HANDS_TOLD)
        weir_work_leave(work);
    weir_share_withdraw_work(work);
    work->hands = WEIR_HANDS_NONE;
}

/* It is down, or up again. */
static void switched(struct weir_shares *shares, struct weir_host_state *host, bool was_up)
{
    if (is_up(host) || !was_up)
        return;
    host->failures++;
    while (host->first) {
        struct weir_work *work = host->first;
        weir_work_leave(work);
        weir_share_withdraw_work(work);
        weir_share_tell_work(shares, work, false);
    }
    weir_transfers_fail(shares, (int)(host - shares->hosts), -1);
}

void weir_host_switch(struct weir_shares *shares, int index, bool up)
{
    struct weir_host_state *host = &shares->hosts[index];
    bool was_up = is_up(host);
    weir_energy_count_host(shares, host);
    host->down = !up;
    switched(shares, host, was_up);
    if (shares->plug_in)
        weir_share_note_switch(shares, index);
}

static void slowed(struct weir_shares *shares, struct weir_host_state *host)
{
    weir_energy_count_host(shares, host);
    set_speed(host);
    for (struct weir_work *work = host->first; work; work = work->next)
        if (work->hands == WEIR_HANDS_OWN) {
            work->flops = fmax(0, work->flops - work->rate * (shares->clock->now_s - work->since_s));
            set_own(shares, host, work);
        }
    weir_share_note_slow(shares, (int)(host - shares->hosts));
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
    if (shares->fixed_speeds) {
        weir_clock_fail(
            shares->clock, WEIR_EINPUT,
            "host %s is to become slower or faster, which SimGrid's cpu/optim TI cannot bear; leave this option out "
            "of \"simgrid\"",
            shares->platform->hosts[index].name);
        return;
    }
    host->slow = share;
    slowed(shares, host);
}

void weir_hosts_on_switch(void *context, void *owner, bool up)
{
    struct weir_shares *shares = context;
    struct weir_host_state *host = owner;
    if (shares->switching)
        return;
    weir_share_follow(shares);
    bool was_up = is_up(host);
    weir_energy_count_host(shares, host);
    host->on = up;
    switched(shares, host, was_up);
}

void weir_hosts_on_slow(void *context, void *owner)
{
    struct weir_shares *shares = context;
    struct weir_host_state *host = owner;
    if (!shares->platform->hosts[host - shares->hosts].may_slow) { /* by weir_host_slow, and known */
        weir_share_pace(shares, host);
        return;
    }
    weir_share_follow(shares);
    host->profile = weir_simgrid_platform->available_speed(host->host);
    slowed(shares, host);
}
