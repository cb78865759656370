/* From reals without regions to whole requests with them. */
#include <math.h>
#include <stdlib.h>

#include "policies/learn/optimise/flat.h"
#include "sim/base/memory.h"

struct remainder {
    double part;
    int at;
};

static int by_part(const void *left, const void *right)
{
    const struct remainder *a = left, *b = right;
    return a->part != b->part ? (a->part < b->part) - (a->part > b->part) : (a->at > b->at) - (a->at < b->at);
}

long assignment_round(const double *value, const long *room, int count, long total, long *whole)
{
    if (count < 1 || !value || !whole)
        return total;
    struct remainder *order = weir_alloc((size_t)count, sizeof *order);
    for (int i = 0; i < count; i++) {
        long most = room ? room[i] : total;
        most = most > 0 ? most : 0;
        whole[i] = !(value[i] > 0) ? 0 : value[i] < (double)most ? (long)value[i] : most;
        order[i] = (struct remainder){value[i] - (double)whole[i], i};
        total -= whole[i];
    }
    qsort(order, (size_t)count, sizeof *order, by_part);
    for (bool moved = true; total > 0 && moved;) {
        moved = false;
        for (int k = 0; k < count && total > 0; k++) {
            if (room && whole[order[k].at] >= room[order[k].at])
                continue;
            whole[order[k].at]++;
            total--;
            moved = true;
        }
    }
    for (bool moved = true; total < 0 && moved;) {
        moved = false;
        for (int k = count; k-- > 0 && total < 0;)
            if (whole[order[k].at] > 0) {
                whole[order[k].at]--;
                total++;
                moved = true;
            }
    }
    free(order);
    return total;
}

struct expansion {
    const struct assignment_problem *problem;
    struct assignment *result;
    long *quota;    /* [servers] of a category */
    int *candidate; /* [servers] */
    double *value;  /* [servers] by candidate, as the next two */
    long *room, *whole;
};

/* How many more requests of a size (a share of the bandwidth) a server takes. */
static long room_for(const struct assignment_problem *p, double use, double size)
{
    return (long)fmin(floor((p->u_opt - use) / size + 1e-9), 1e15);
}

/* Requests of a category by server: reals to whole numbers, keeping use below u_opt. */
static void round_category(const struct expansion *x, const double *need, const double *real, int i, long wanted,
                           double *use)
{
    const struct assignment_problem *p = x->problem;
    int n = 0;
    for (int e = 0; e < p->servers; e++) {
        size_t at = (size_t)e * (size_t)p->categories + (size_t)i;
        x->quota[e] = 0;
        if (real[at] <= 0 || need[at] <= 0)
            continue;
        x->candidate[n] = e;
        x->value[n] = real[at] + 1e-9; /* 3 - 1e-16 is 3 */
        x->room[n] = (long)x->value[n];
        x->room[n] += room_for(p, use[e], need[at]);
        n++;
    }
    double sum = 0.5; /* what was left over stays so */
    for (int k = 0; k < n; k++)
        sum += x->value[k];
    assignment_round(x->value, x->room, n, wanted < (long)sum ? wanted : (long)sum, x->whole);
    for (int k = 0; k < n; k++) {
        int e = x->candidate[k];
        x->quota[e] = x->whole[k];
        use[e] += (double)(x->whole[k] - (long)x->value[k]) * need[(size_t)e * (size_t)p->categories + (size_t)i];
    }
}

static size_t cell(const struct assignment_problem *p, int e, int m, int i)
{
    return ((size_t)e * (size_t)p->regions + (size_t)m) * (size_t)p->categories + (size_t)i;
}

static bool allowed(const struct assignment_problem *p, int e, size_t at)
{
    return p->healthy[e] && p->rate[at] > 0 && (!p->safe || p->safe[at]);
}

/* Rounds value[n] of the candidates to `total` requests of (m, i), and places them; returns how many. */
static long place(const struct expansion *x, int n, int m, int i, long total, bool from_quota)
{
    const struct assignment_problem *p = x->problem;
    long left = assignment_round(x->value, x->room, n, total, x->whole);
    for (int k = 0; k < n; k++) {
        int e = x->candidate[k];
        size_t at = cell(p, e, m, i);
        x->result->count[at] += (int)x->whole[k];
        x->result->use[e] += (double)x->whole[k] * (double)p->rate[at] / p->bandwidth[e];
        if (from_quota)
            x->quota[e] -= x->whole[k];
    }
    return total - left;
}

/* Equation 14 for one region: its share of each server's quota, where that is safe. */
static long take_share(const struct expansion *x, int m, int i, long wanted)
{
    const struct assignment_problem *p = x->problem;
    double quota = 0, due = 0;
    int n = 0;
    for (int e = 0; e < p->servers; e++)
        quota += (double)x->quota[e];
    for (int e = 0; e < p->servers && quota > 0; e++) {
        size_t at = cell(p, e, m, i);
        if (x->quota[e] == 0 || !allowed(p, e, at))
            continue;
        long room = room_for(p, x->result->use[e], (double)p->rate[at] / p->bandwidth[e]);
        x->candidate[n] = e;
        x->value[n] = fmin((double)wanted / quota, 1) * (double)x->quota[e];
        x->room[n] = room < x->quota[e] ? room : x->quota[e];
        due += x->value[n];
        n++;
    }
    return place(x, n, m, i, lround(due) < wanted ? lround(due) : wanted, true);
}

/* What found no place goes to any server that has room, in proportion to it. */
static long spread(const struct expansion *x, int m, int i, long wanted)
{
    const struct assignment_problem *p = x->problem;
    double sum = 0;
    int n = 0;
    for (int e = 0; e < p->servers; e++) {
        size_t at = cell(p, e, m, i);
        if (!allowed(p, e, at))
            continue;
        x->candidate[n] = e;
        x->room[n] = room_for(p, x->result->use[e], (double)p->rate[at] / p->bandwidth[e]);
        x->value[n] = (double)x->room[n];
        sum += x->value[n];
        n += x->room[n] > 0;
    }
    for (int k = 0; k < n; k++)
        x->value[k] *= fmin((double)wanted / sum, 1);
    return place(x, n, m, i, wanted, false);
}

void flat_expand(const struct assignment_problem *p, const double *need, const double *x, const long *wanted,
                 struct assignment *result)
{
    size_t servers = (size_t)p->servers, regions = (size_t)p->regions, categories = (size_t)p->categories;
    struct expansion work = {
        .problem = p,
        .result = result,
        .quota = weir_alloc(servers, sizeof(long)),
        .candidate = weir_alloc(servers, sizeof(int)),
        .value = weir_alloc(servers, sizeof(double)),
        .room = weir_alloc(servers, sizeof(long)),
        .whole = weir_alloc(servers, sizeof(long)),
    };
    double *use = weir_alloc(servers, sizeof *use), *share = weir_alloc(regions, sizeof *share);
    long *of_region = weir_alloc(regions, sizeof *of_region);
    for (size_t e = 0; e < servers; e++)
        for (size_t i = 0; i < categories; i++)
            use[e] += floor(x[e * categories + i] + 1e-9) * need[e * categories + i];
    for (int i = 0; i < p->categories; i++) {
        for (int m = 0; m < p->regions; m++)
            share[m] = p->requests[(size_t)m * categories + (size_t)i];
        assignment_round(share, NULL, p->regions, wanted[i], of_region);
        round_category(&work, need, x, i, wanted[i], use);
        for (int m = 0; m < p->regions; m++) {
            long placed = of_region[m] > 0 ? take_share(&work, m, i, of_region[m]) : 0;
            result->total += placed;
            result->left[(size_t)m * categories + (size_t)i] = (int)(of_region[m] - placed);
        }
    }
    /* After all shares, so that none takes the room of another's. */
    for (int i = 0; i < p->categories; i++)
        for (int m = 0; m < p->regions; m++) {
            int *left = &result->left[(size_t)m * categories + (size_t)i];
            long placed = *left > 0 ? spread(&work, m, i, *left) : 0;
            result->total += placed;
            *left -= (int)placed;
        }
    free(work.quota);
    free(work.candidate);
    free(work.value);
    free(work.room);
    free(work.whole);
    free(use);
    free(share);
    free(of_region);
}
