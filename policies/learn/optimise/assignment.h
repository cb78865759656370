/* How many of the expected requests each server should take [li-2025, equations 10 to 14]:
 *     max  sum_e D_e w_e R(u_e),   u_e = sum_mi x_emi A_emi / B_e,   R(u) = exp(-(u - u_opt)^2 / (2 sigma^2))
 *     s.t. sum_e x_emi = r_mi,   u_e <= u_opt,   x >= 0 whole
 * for servers e, regions m and categories i; the source has w_e = 1. It is solved in steps: (1) the region is dropped,
 * a request of category i then needs the mean A_ei over the regions, weighted by r_mi, of A_emi where S_emi = 1 and 0
 * elsewhere; (2) R is replaced by secants on [0, u_opt], with binaries where they are convex; (3) x is relaxed to
 * reals: branch and cut (GLPK); (4) x is rounded by largest remainders; (5) regions come back in proportion to r_mi,
 * where S = 1.
 *
 * Many servers are dealt to blocks of about as much bandwidth each, in order of their bandwidth, and each block is
 * given its share of the requests and solved by itself. `bound` holds for the problem of all servers none the less.
 * What a block does not finish in time is filled greedily, so there is always an answer that keeps all constraints;
 * requests for which there is no room are left over, and counted. */
#ifndef WEIR_LEARN_OPTIMISE_ASSIGNMENT_H
#define WEIR_LEARN_OPTIMISE_ASSIGNMENT_H

#include <stdbool.h>

/* All arrays are borrowed. */
struct assignment_problem {
    int servers, regions, categories;
    const double *bandwidth;   /* [servers] B_e > 0, in the unit of `rate` */
    const bool *healthy;       /* [servers] D_e; a server that is not gets nothing */
    const double *requests;    /* [regions][categories] r_mi >= 0; need not be whole */
    const float *rate;         /* [servers][regions][categories] A_emi >= 0: bandwidth that a request uses */
    const unsigned char *safe; /* the same shape: S_emi, 0 or 1; NULL: all 1 */
    double u_opt, sigma;       /* 0 < u_opt <= 1, sigma > 0 */
    const double *weight;      /* [servers] w_e > 0: what a server counts; NULL: all 1 */
};

struct assignment_settings {
    int segments;        /* secants, 1 to 64; 8 is usual */
    int block;           /* servers that are solved together at most, at least 2; 160 is usual */
    int nodes;           /* of the search, a block, at most; the same on every machine */
    double gap;          /* relative, at which the search of a block ends; 0.01 is usual */
    double time_limit_s; /* for all: a guard, as where it strikes depends on the machine */
};

enum assignment_end {
    ASSIGNMENT_WITHIN_GAP, /* all blocks were solved to the gap */
    ASSIGNMENT_LIMITED,    /* nodes or time were up in some block: the best found there counts */
    ASSIGNMENT_GREEDY,     /* no block was solved in time: all is greedy */
};

/* Owned by the caller; zero-initialised may be freed. */
struct assignment {
    int servers, regions, categories;
    int *count;         /* [servers][regions][categories] x */
    int *left;          /* [regions][categories] requests for which there is no room */
    double *use;        /* [servers] u_e of x */
    long wanted, total; /* whole requests asked for; those placed */
    double value;       /* sum_e D_e w_e R(u_e) of x, of the healthy */
    double relaxed;     /* the same, with secants, of the reals x_ei before rounding */
    double bound;       /* no x_ei, whole or real, has more (with secants, as many requests left over). It is of the
                         * program of step 1, where unsafe regions lower what a request needs: `value`, which counts
                         * what it needs where it is safe, may be above it then */
    int blocks;
    enum assignment_end end;
};

/* Errors: WEIR_EINPUT for sizes, settings and values out of their ranges, naming the array and its place; *result is
 * zero then. No healthy server, and no requests, are no errors: see left and wanted. Memory: some 10 bytes a cell of
 * [servers][regions][categories] beside the input. GLPK's environment of the calling thread is freed at the end: no
 * other problem of GLPK's may be alive in that thread. */
int assignment_solve(const struct assignment_problem *problem, const struct assignment_settings *settings,
                     struct assignment *result);
void assignment_fini(struct assignment *result);

/* R(u). */
double assignment_revenue(double use, double u_opt, double sigma);

/* Rounds `count` values >= 0 to whole numbers with the sum `total`: cut off, and the largest remainders get one more,
 * the first of equals; round again while some is left. Where the whole parts are more than `total`, the smallest
 * remainders lose one. room[count] (may be NULL) bounds each; returns what found no room: `total` where there is
 * nothing to round. */
long assignment_round(const double *value, const long *room, int count, long total, long *whole);

#endif
