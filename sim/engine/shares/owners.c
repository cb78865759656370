/* Whose joules those of hosts are. What work draws above "just above idle" belongs to its owner: each flop draws the
 * same. The rest, which a host draws whatever is done on it, is divided among the owners that are there, in proportion
 * to how many of their instances are; of a host without any it is nobody's. So all of them together are what the host
 * has drawn. Divided is what has been drawn since the last change of who is there, at that change. */
#include "sim/engine/shares/state.h"

#include <stdlib.h>

/* Who is on a host, and what has been divided of its joules. */
struct weir_owner_here {
    int owner, count;
};
struct weir_owners_host {
    struct weir_owner_here *here;
    size_t here_count, here_capacity;
    int instances;
    double seen_j; /* drawn until the last division */
    double work_j; /* by work since then, told to its owners */
};

struct weir_owners {
    double *joules; /* [owner] */
    struct weir_owners_host *hosts;
};

void weir_owners_begin(struct weir_shares *shares, int count)
{
    shares->owners = weir_alloc(1, sizeof *shares->owners);
    shares->owners->joules = weir_alloc((size_t)count, sizeof *shares->owners->joules);
    shares->owners->hosts = weir_alloc((size_t)shares->host_count, sizeof *shares->owners->hosts);
}

void weir_owners_fini(struct weir_shares *shares)
{
    if (!shares->owners)
        return;
    for (int h = 0; h < shares->host_count; h++)
        free(shares->owners->hosts[h].here);
    free(shares->owners->hosts);
    free(shares->owners->joules);
    free(shares->owners);
}

static void count_work(struct weir_shares *shares, struct weir_work *work)
{
    struct weir_host_state *host = &shares->hosts[work->host];
    bool ended = work->hands == WEIR_HANDS_SIMGRID && !work->activity;
    double left = ended ? 0 : weir_work_left(work);
    double joules =
        (work->uncounted - left) * (host->energy.all_w - host->energy.epsilon_w) / (host->peak * host->cores);
    work->uncounted = left;
    shares->owners->joules[work->owner] += joules;
    shares->owners->hosts[work->host].work_j += joules;
}

void weir_owners_leave(struct weir_shares *shares, struct weir_host_state *host, struct weir_work *work)
{
    weir_energy_count_host(shares, host);
    if (shares->owners)
        count_work(shares, work);
}

/* Divides what the host has drawn. */
static void divide_host(struct weir_shares *shares, int index)
{
    struct weir_host_state *host = &shares->hosts[index];
    struct weir_owners_host *owners = &shares->owners->hosts[index];
    if (!host->metered)
        return;
    for (struct weir_work *work = host->first; work; work = work->next)
        count_work(shares, work);
    double drawn_j = weir_energy_host_j(shares, host), rest_j = drawn_j - owners->seen_j - owners->work_j;
    for (size_t i = 0; i < owners->here_count; i++)
        shares->owners->joules[owners->here[i].owner] += rest_j * owners->here[i].count / owners->instances;
    owners->seen_j = drawn_j;
    owners->work_j = 0;
}

void weir_owner_here(struct weir_shares *shares, int host, int owner, int by)
{
    if (!shares->owners)
        return;
    struct weir_owners_host *owners = &shares->owners->hosts[host];
    size_t at = 0;
    divide_host(shares, host);
    while (at < owners->here_count && owners->here[at].owner != owner)
        at++;
    if (at == owners->here_count) {
        WEIR_ONE_MORE(owners->here, owners->here_count, owners->here_capacity);
        owners->here[owners->here_count++] = (struct weir_owner_here){.owner = owner};
    }
    owners->here[at].count += by;
    owners->instances += by;
    if (!owners->here[at].count)
        owners->here[at] = owners->here[--owners->here_count];
}

void weir_owners_settle_host(struct weir_shares *shares, int host)
{
    if (shares->owners)
        divide_host(shares, host);
}

void weir_owners_settle(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count; h++)
        divide_host(shares, h);
}

double weir_owner_j(const struct weir_shares *shares, int owner)
{
    return shares->owners->joules[owner];
}
