/* What SimGrid holds: it is told what to do once its clock has come to the present date, and tells what has ended. */
#include "sim/engine/shares/state.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

static unsigned append(struct weir_share_list *list, struct weir_share share)
{
    WEIR_ONE_MORE(list->all, list->count, list->capacity);
    list->all[list->count] = share;
    return (unsigned)list->count++;
}

static void strike(struct weir_share_list *list, unsigned place)
{
    list->all[place] = (struct weir_share){NULL, NULL};
}

static void note(int **list, size_t *count, size_t *capacity, int index)
{
    *list = weir_grow(*list, *count + 1, capacity, sizeof **list);
    (*list)[(*count)++] = index;
}

void weir_share_ask_work(struct weir_shares *shares, struct weir_work *work)
{
    work->hands = WEIR_HANDS_ASKED;
    work->place = append(&shares->asked, (struct weir_share){.work = work});
    shares->urgent = true;
}

void weir_share_ask_transfer(struct weir_shares *shares, struct weir_transfer *transfer)
{
    transfer->hands = WEIR_HANDS_ASKED;
    transfer->place = append(&shares->asked, (struct weir_share){.transfer = transfer});
    shares->urgent = true;
}

static void cancel(struct weir_shares *shares, struct weir_activity **activity)
{
    WEIR_ONE_MORE(shares->cancelled, shares->cancelled_count, shares->cancelled_capacity);
    shares->cancelled[shares->cancelled_count++] = *activity;
    weir_simgrid->disown(*activity);
    *activity = NULL;
    shares->urgent = true;
}

void weir_share_withdraw_work(struct weir_work *work)
{
    struct weir_shares *shares = work->shares;
    if (work->hands == WEIR_HANDS_ASKED)
        strike(&shares->asked, work->place);
    if (work->hands == WEIR_HANDS_TOLD)
        strike(&shares->told, work->place);
    if (work->hands == WEIR_HANDS_SIMGRID)
        cancel(shares, &work->activity);
}

void weir_share_withdraw_transfer(struct weir_transfer *transfer)
{
    struct weir_shares *shares = transfer->shares;
    if (transfer->hands == WEIR_HANDS_ASKED)
        strike(&shares->asked, transfer->place);
    if (transfer->hands == WEIR_HANDS_TOLD)
        strike(&shares->told, transfer->place);
    if (transfer->hands == WEIR_HANDS_SIMGRID)
        cancel(shares, &transfer->activity);
}

static bool is_before(struct weir_share a, struct weir_share b)
{
    unsigned first = a.work ? a.work->number : a.transfer->number;
    unsigned second = b.work ? b.work->number : b.transfer->number;
    return (int)(first - second) < 0;
}

static void put(struct weir_share_list *list, unsigned place, struct weir_share share)
{
    list->all[place] = share;
    if (share.work)
        share.work->place = place;
    else if (share.transfer)
        share.transfer->place = place;
}

/* It is to be told. What ends at one date is told in the order of beginning, whoever knew its end: SimGrid has an order
 * of its own, and dates that should be equal differ by rounding. */
static void will_tell(struct weir_shares *shares, struct weir_share share)
{
    struct weir_share_list *told = &shares->told;
    unsigned place = append(told, share);
    for (; place > told->first; place--) {
        struct weir_share other = told->all[place - 1];
        if ((other.work || other.transfer) && !is_before(share, other))
            break;
        put(told, place, other);
    }
    put(told, place, share);
    weir_soon(shares->clock, &shares->tell);
}

void weir_share_tell_work(struct weir_shares *shares, struct weir_work *work, bool ok)
{
    work->hands = WEIR_HANDS_TOLD;
    work->ok = ok;
    will_tell(shares, (struct weir_share){.work = work});
}

void weir_share_tell_transfer(struct weir_shares *shares, struct weir_transfer *transfer, bool ok)
{
    transfer->hands = WEIR_HANDS_TOLD;
    transfer->ok = ok;
    will_tell(shares, (struct weir_share){.transfer = transfer});
}

/* The next alarm, if it is the end of something in our hands and rings now, but for rounding; NULL otherwise. */
static struct weir_alarm *next_end(const struct weir_shares *shares)
{
    const struct weir_clock *clock = shares->clock;
    double until_s = clock->now_s + weir_clock_tie_s(clock->now_s);
    const struct weir_event *next = weir_clock_peek(clock);
    if (!next || next->date_s > until_s) /* the usual case, without a look at the alarm */
        return NULL;
    struct weir_alarm *first = clock->alarms[next->slot];
    bool ends = first->ring == weir_work_ends || first->ring == weir_transfer_ends;
    return ends && first->date_s <= until_s ? first : NULL;
}

bool weir_share_more_ends(const struct weir_shares *shares)
{
    const struct weir_clock *clock = shares->clock;
    return clock->then_s <= clock->now_s + weir_clock_tie_s(clock->now_s) && next_end(shares);
}

void weir_share_gather(struct weir_shares *shares)
{
    struct weir_alarm *end;
    while ((end = next_end(shares)) != NULL) {
        if (end->ring == weir_work_ends)
            weir_work_over(WEIR_RECORD(end, struct weir_work, end));
        else
            weir_transfer_over(WEIR_RECORD(end, struct weir_transfer, end));
    }
}

bool weir_share_tell_one(struct weir_shares *shares)
{
    struct weir_share_list *told = &shares->told;
    while (told->first < told->count) {
        struct weir_share share = told->all[told->first++];
        if (share.work) {
            share.work->hands = WEIR_HANDS_NONE;
            share.work->done(share.work, share.work->ok);
            return true;
        }
        if (share.transfer) {
            share.transfer->hands = WEIR_HANDS_NONE;
            share.transfer->done(share.transfer, share.transfer->ok);
            return true;
        }
    }
    told->first = told->count = 0;
    return false;
}

/* One after the other, each with what is to happen soon then. */
static void tell(struct weir_soon *soon)
{
    struct weir_shares *shares = WEIR_RECORD(soon, struct weir_shares, tell);
    if (weir_share_tell_one(shares))
        weir_soon(shares->clock, soon);
}

void weir_share_follow(const struct weir_shares *shares)
{
    weir_clock_move(shares->clock, fmin(weir_simgrid->now(), weir_clock_next_s(shares->clock)));
    weir_simgrid->wake(0);
}

void weir_share_on_executed(void *context, void *owner, bool ok)
{
    struct weir_shares *shares = context;
    struct weir_work *work = owner;
    work->activity = NULL; /* forgotten */
    shares->held--;
    weir_share_follow(shares);
    weir_work_leave(work);
    weir_share_tell_work(shares, work, ok);
    weir_share_gather(shares);
}

void weir_share_on_sent(void *context, void *owner, bool ok)
{
    struct weir_shares *shares = context;
    struct weir_transfer *transfer = owner;
    transfer->activity = NULL;
    shares->held--;
    weir_share_follow(shares);
    weir_energy_count_transfer(shares, transfer, 0);
    weir_transfer_off(transfer);
    weir_share_tell_transfer(shares, transfer, ok);
    weir_share_gather(shares);
}

void weir_share_note_resize(struct weir_shares *shares, int index)
{
    struct weir_link_state *link = &shares->links[index];
    shares->urgent |= shares->held > 0;
    if (!link->resized)
        note(&shares->resized, &shares->resized_count, &shares->resized_capacity, index);
    link->resized = true;
}

void weir_share_note_switch(struct weir_shares *shares, int index)
{
    shares->urgent = true;
    note(&shares->switched, &shares->switched_count, &shares->switched_capacity, index);
}

static void cancel_all(struct weir_shares *shares)
{
    for (size_t c = 0; c < shares->cancelled_count; c++) {
        weir_simgrid->cancel(shares->cancelled[c]);
        shares->held--;
    }
    shares->cancelled_count = 0;
}

static void switch_all(struct weir_shares *shares)
{
    shares->switching = true;
    for (size_t s = 0; s < shares->switched_count; s++) {
        int host = shares->switched[s];
        weir_simgrid_platform->switch_host(shares->hosts[host].host, weir_host_up(shares, host));
    }
    shares->switching = false;
    shares->switched_count = 0;
}

/* Without bandwidth nothing gets on. */
static void pause_transfers(struct weir_shares *shares, int index)
{
    struct weir_link_state *link = &shares->links[index];
    link->still = !(link->bandwidth > 0);
    for (size_t r = 0; r < shares->route_count; r++)
        for (struct weir_transfer *transfer = shares->routes[r].wire; transfer; transfer = transfer->next)
            if (transfer->activity)
                weir_simgrid->pause(transfer->activity, !(shares->routes[r].route.alone_bytes_per_s > 0));
}

static void resize_all(struct weir_shares *shares)
{
    for (size_t r = 0; r < shares->resized_count; r++) {
        struct weir_link_state *link = &shares->links[shares->resized[r]];
        link->resized = false;
        if (shares->latencies) {
            link->still = !(link->bandwidth > 0);
            weir_simgrid_platform->resize(link->link, link->still ? WEIR_CRAWL_BYTES_PER_S : link->bandwidth);
            continue;
        }
        weir_simgrid_platform->resize(link->link, link->bandwidth);
        if (link->still != !(link->bandwidth > 0))
            pause_transfers(shares, shares->resized[r]);
    }
    shares->resized_count = 0;
}

static void start_work(struct weir_shares *shares, struct weir_work *work)
{
    work->hands = WEIR_HANDS_SIMGRID;
    work->since_s = shares->clock->now_s;
    work->activity =
        weir_simgrid->execute(shares->hosts[work->host].host, work->flops, weir_work_bound(shares, work), work);
    if (!(shares->hosts[work->host].speed > 0))
        weir_simgrid->pause(work->activity, true);
    shares->held++;
    shares->shared_works++;
}

static void start_transfer(struct weir_shares *shares, struct weir_transfer *transfer)
{
    const struct weir_route *route = &shares->routes[transfer->route].route;
    transfer->hands = WEIR_HANDS_SIMGRID;
    transfer->since_s = shares->clock->now_s;
    transfer->activity = weir_simgrid->send(shares->hosts[route->from].host, shares->hosts[route->to].host,
                                            transfer->bytes, transfer->limit, transfer);
    if (transfer->activity) {
        if (!(route->alone_bytes_per_s > 0) && !shares->latencies)
            weir_simgrid->pause(transfer->activity, true);
        shares->held++;
        shares->shared_transfers += !transfer->shared;
        transfer->shared = true;
        return;
    }
    weir_transfer_off(transfer);
    weir_share_tell_transfer(shares, transfer, false);
}

void weir_share_run_errands(struct weir_shares *shares)
{
    shares->urgent = false;
    cancel_all(shares);
    switch_all(shares);
    resize_all(shares);
    weir_share_slow_all(shares);
    for (size_t a = 0; a < shares->asked.count; a++) {
        struct weir_share share = shares->asked.all[a];
        if (share.work)
            start_work(shares, share.work);
        else if (share.transfer)
            start_transfer(shares, share.transfer);
    }
    shares->asked.count = 0;
}

void weir_shares_handed(const struct weir_shares *shares, unsigned long long *works, unsigned long long *transfers)
{
    *works = shares->shared_works;
    *transfers = shares->shared_transfers;
}

void weir_share_drop_all(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count; h++)
        while (shares->hosts[h].first)
            weir_work_stop(shares->hosts[h].first);
    for (size_t r = 0; r < shares->route_count; r++)
        while (shares->routes[r].wire)
            weir_transfer_stop(shares->routes[r].wire);
    cancel_all(shares);
    shares->urgent = false;
    shares->asked.count = 0;
}

void weir_share_init(struct weir_shares *shares)
{
    shares->tell.ring = tell;
}

void weir_share_fini(struct weir_shares *shares)
{
    free(shares->asked.all);
    free(shares->told.all);
    free(shares->cancelled);
    free(shares->slowed);
    free(shares->resized);
    free(shares->switched);
}
