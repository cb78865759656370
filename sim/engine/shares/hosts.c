/* Work on hosts. Each has its end as an alarm. Once all of it does not fit on the cores, each gets as much as any
 * other, but no more than its share of a core: the max-min allocation, as SimGrid has it, which for one resource is a
 * level that water fills up to. What comes and goes at one date moves the level once, when nothing else is to happen
 * then. */
#include "sim/engine/shares/state.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Shares of cores are added up with rounding. */
#define ROUNDING 1e-9

void weir_hosts_init(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count; h++) {
        struct weir_host_state *host = &shares->hosts[h];
        host->cores = weir_simgrid_platform->cores(host->host);
        host->on = host->up = weir_simgrid_platform->host_is_on(host->host);
        host->peak = weir_simgrid_platform->speed(host->host);
        host->pstate = (int)weir_simgrid_platform->performance_state(host->host);
        /* SimGrid's TI model must not be asked where there is no profile. */
        host->profile = shares->platform->hosts[h].may_slow ? weir_simgrid_platform->available_speed(host->host) : 1;
        host->slow = 1;
        host->level = 1;
        weir_host_set_speed(host);
    }
}

void weir_hosts_fini(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count; h++)
        free(shares->hosts[h].routes);
    free(shares->hosts);
    free(shares->uneven);
}

bool weir_host_up(const struct weir_shares *shares, int host)
{
    return shares->hosts[host].up;
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

/* What works or waits on it, in a list of its own. */
static void stand_in_line(struct weir_host_state *host, struct weir_work *work)
{
    work->hands = WEIR_HANDS_LINE;
    work->next = NULL;
    work->before = host->line_last;
    *(host->line_last ? &host->line_last->next : &host->line_first) = work;
    host->line_last = work;
}

static void leave_line(struct weir_host_state *host, struct weir_work *work)
{
    *(work->next ? &work->next->before : &host->line_last) = work->before;
    *(work->before ? &work->before->next : &host->line_first) = work->next;
}

static bool has_core(const struct weir_host_state *host)
{
    int working = 0;
    for (const struct weir_work *work = host->first; work; work = work->next)
        working++;
    return working < host->cores;
}

static void set_rate(struct weir_shares *shares, struct weir_work *work, double rate)
{
    work->rate = rate;
    work->since_s = shares->clock->now_s;
    weir_alarm_set_first(shares->clock, &work->end, work->since_s + work->flops / rate);
}

static void count_done(struct weir_shares *shares, struct weir_work *work)
{
    work->flops = fmax(0, work->flops - work->rate * (shares->clock->now_s - work->since_s));
}

/* The level: shares below it are had in full, and the rest of the cores is had by the others alike. */
static double level_of(const struct weir_host_state *host)
{
    double level = 0;
    for (unsigned above = 0, before = UINT_MAX; above != before;) {
        double left = host->cores;
        before = above;
        above = 0;
        for (const struct weir_work *work = host->first; work; work = work->next)
            if (work->share > level)
                above++;
            else
                left -= work->share;
        if (!above)
            return 1;
        level = fmax(level, left / above); /* it would fall by rounding only */
    }
    return level;
}

double weir_host_level(const struct weir_host_state *host)
{
    return fits(host) ? 1 : level_of(host);
}

static void pace(struct weir_shares *shares, struct weir_host_state *host)
{
    host->level = weir_host_level(host);
    host->own_load = 0;
    for (struct weir_work *work = host->first; work; work = work->next) {
        double share = fmin(work->share, host->level), rate = share * host->speed;
        if (work->hands != WEIR_HANDS_OWN)
            continue;
        host->own_load += share;
        shares->shared_works += host->level < 1 && !work->shared;
        work->shared |= host->level < 1;
        if (rate == work->rate)
            continue;
        count_done(shares, work);
        set_rate(shares, work, rate);
    }
}

/* When nothing else is to happen at the present date. */
static void pace_all(struct weir_soon *soon)
{
    struct weir_shares *shares = WEIR_RECORD(soon, struct weir_shares, pace);
    if (shares->clock->soon_first) {
        weir_soon(shares->clock, soon);
        return;
    }
    for (size_t u = 0; u < shares->uneven_count; u++) {
        struct weir_host_state *host = &shares->hosts[shares->uneven[u]];
        host->uneven = false;
        pace(shares, host);
    }
    shares->uneven_count = 0;
    weir_wires_pace(shares);
}

void weir_pace_soon(struct weir_shares *shares)
{
    shares->pace.ring = pace_all;
    weir_soon(shares->clock, &shares->pace);
}

void weir_host_note_uneven(struct weir_shares *shares, struct weir_host_state *host)
{
    if (host->uneven)
        return;
    host->uneven = true;
    WEIR_ONE_MORE(shares->uneven, shares->uneven_count, shares->uneven_capacity);
    shares->uneven[shares->uneven_count++] = (int)(host - shares->hosts);
    weir_pace_soon(shares);
}

static void take_own(struct weir_shares *shares, struct weir_host_state *host, struct weir_work *work)
{
    work->hands = WEIR_HANDS_OWN;
    work->shared = false;
    if (host->level < 1 || !fits(host)) {
        work->rate = 0;
        work->since_s = shares->clock->now_s;
        weir_host_note_uneven(shares, host);
        return;
    }
    host->own_load += work->share;
    set_rate(shares, work, work->share * host->speed);
}

static void leave_own(struct weir_shares *shares, struct weir_host_state *host, struct weir_work *work)
{
    count_done(shares, work);
    weir_alarm_stop(shares->clock, &work->end);
    if (host->level < 1 || host->uneven)
        weir_host_note_uneven(shares, host);
    else
        host->own_load = host->first == host->last ? 0 : host->own_load - work->share;
}

/* A core has come free. */
static void start_next(struct weir_shares *shares, struct weir_host_state *host)
{
    struct weir_work *work = host->line_first;
    leave_line(host, work);
    weir_work_begin(shares, work, work->host, work->flops, work->share);
}

void weir_work_leave(struct weir_work *work)
{
    struct weir_shares *shares = work->shares;
    struct weir_host_state *host = &shares->hosts[work->host];
    if (host->metered)
        weir_owners_leave(shares, host, work);
    if (work->hands == WEIR_HANDS_OWN)
        leave_own(shares, host, work);
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
    if (host->line_first)
        start_next(shares, host);
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
    work->flops = work->uncounted = flops;
    work->share = share < 1 ? share : 1;
    work->end.ring = weir_work_ends;
    if (!host->up || !(flops > 0)) {
        weir_share_tell_work(shares, work, host->up);
        return;
    }
    if (shares->in_line && !has_core(host)) {
        stand_in_line(host, work);
        return;
    }
    if (host->metered)
        weir_energy_count_host(shares, host);
    enter(host, work);
    if (shares->all_works)
        weir_share_ask_work(shares, work);
    else
        take_own(shares, host, work);
}

double weir_host_speed(const struct weir_shares *shares, int host)
{
    return shares->hosts[host].speed;
}

double weir_work_left(const struct weir_work *work)
{
    double now_s = work->shares->clock->now_s;
    if (work->hands == WEIR_HANDS_TOLD)
        return 0;
    if (work->hands == WEIR_HANDS_OWN)
        return fmax(0, work->flops - work->rate * (now_s - work->since_s));
    return work->activity ? weir_simgrid->left(work->activity, now_s) : work->flops;
}

void weir_work_stop(struct weir_work *work)
{
    if (weir_work_idle(work))
        return;
    if (work->hands == WEIR_HANDS_LINE)
        leave_line(&work->shares->hosts[work->host], work);
    else if (work->hands != WEIR_HANDS_TOLD)
        weir_work_leave(work);
    weir_share_withdraw_work(work);
    work->hands = WEIR_HANDS_NONE;
}

/* It is down, or up again. */
static void switched(struct weir_shares *shares, struct weir_host_state *host, bool was_up)
{
    if (host->up || !was_up)
        return;
    host->failures++;
    while (host->first) {
        struct weir_work *work = host->first;
        weir_work_leave(work);
        weir_share_withdraw_work(work);
        weir_share_tell_work(shares, work, false);
    }
    weir_transfers_fail_host(shares, (int)(host - shares->hosts));
}

void weir_host_empty(struct weir_shares *shares, int index, bool empty)
{
    struct weir_host_state *host = &shares->hosts[index];
    bool was_up = host->up;
    host->empty = empty;
    weir_host_set_up(host);
    switched(shares, host, was_up);
    if (shares->plug_in)
        weir_share_note_switch(shares, index);
}

void weir_host_switch(struct weir_shares *shares, int index, bool up)
{
    struct weir_host_state *host = &shares->hosts[index];
    bool was_up = host->up;
    weir_energy_count_host(shares, host);
    host->down = !up;
    weir_host_set_up(host);
    switched(shares, host, was_up);
    if (shares->plug_in)
        weir_share_note_switch(shares, index);
}

void weir_hosts_on_switch(void *context, void *owner, bool up)
{
    struct weir_shares *shares = context;
    struct weir_host_state *host = owner;
    if (shares->switching)
        return;
    weir_share_follow(shares);
    bool was_up = host->up;
    weir_energy_count_host(shares, host);
    host->on = up;
    weir_host_set_up(host);
    switched(shares, host, was_up);
}
