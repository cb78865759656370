/* Inside of the assignment: the problem without regions, in the unit of a server's bandwidth. */
#ifndef WEIR_LEARN_OPTIMISE_FLAT_H
#define WEIR_LEARN_OPTIMISE_FLAT_H

#include <stdbool.h>

#include "policies/learn/optimise/assignment.h"

/* Secants of R on [0, u_opt], of equal width. */
struct flat_curve {
    int segments, convex; /* the first `convex` slopes rise; at most the one after them is as steep */
    double width, base;   /* of a segment; R(0) */
    double slope[64];
    double tangent; /* the u at which R(u) - R(0) over u is largest, at a segment's end: the best use of few requests */
};
void flat_curve_make(double u_opt, double sigma, int segments, struct flat_curve *curve);
double flat_curve_at(const struct flat_curve *curve, double use);

/* Servers [rows] and categories; `need` is A_ei / B_e, 0 where the server cannot take the category. */
struct flat {
    int rows, categories;
    const double *need;     /* [rows][categories] */
    const double *requests; /* [categories] */
    const double *size;     /* [rows] bandwidth: of equal worth, the smaller is filled first */
    const double *weight;   /* [rows] what a server's revenue counts; NULL: all 1 */
    double u_opt;
};
static inline double flat_weight(const struct flat *flat, int row)
{
    return flat->weight ? flat->weight[row] : 1;
}

/* What a solver gives. x [rows][categories] keeps all constraints: sums at most requests, use at most u_opt. */
struct flat_result {
    double *x;       /* caller's */
    double *use;     /* [rows], caller's */
    double *price;   /* [categories], caller's: what a request more is worth; for bounds */
    bool solved;     /* the search began */
    bool within_gap; /* and ended at its gap */
};

/* Adds to x and use what still has room: servers are filled to the curve's tangent one after the other, then to u_opt.
 * left[categories] holds the requests to place, and what is left of them. */
void flat_fill(const struct flat *flat, const struct flat_curve *curve, double *left, double *x, double *use);

/* Branch and cut. result->x and use must be 0. */
void flat_search(const struct flat *flat, const struct flat_curve *curve, const struct assignment_settings *settings,
                 double time_limit_s, struct flat_result *result);

/* No x has a larger sum over the rows of the curve at their use, minus `penalty`[i] a request of category i that is
 * left over: Lagrange's bound, whatever the prices. */
double flat_bound(const struct flat *flat, const struct flat_curve *curve, const double *price, const double *penalty);

/* What a request costs that is left over: more than it could bring anywhere. */
void flat_penalties(const struct flat *flat, const struct flat_curve *curve, double *penalty);

/* Makes whole numbers of the reals x [servers][categories], and gives them regions: fills result->count, left, use and
 * total. need [servers][categories] is that of all servers; wanted [categories] sums up to whole requests. */
void flat_expand(const struct assignment_problem *problem, const double *need, const double *x, const long *wanted,
                 struct assignment *result);

#endif
