#include "policies/learn/optimise/flat.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

void flat_curve_make(double u_opt, double sigma, int segments, struct flat_curve *c)
{
    double best = 0;
    *c = (struct flat_curve){.segments = segments, .width = u_opt / segments, .tangent = u_opt};
    c->base = assignment_revenue(0, u_opt, sigma);
    for (int s = 0; s < segments; s++) {
        double to = (s + 1) * c->width, high = assignment_revenue(to, u_opt, sigma);
        c->slope[s] = (high - assignment_revenue(s * c->width, u_opt, sigma)) / c->width;
        if (s > 0 && c->slope[s] > c->slope[s - 1])
            c->convex = s;
        if ((high - c->base) / to > best) {
            best = (high - c->base) / to;
            c->tangent = to;
        }
    }
}

double flat_curve_at(const struct flat_curve *c, double use)
{
    double value = c->base;
    for (int s = 0; s < c->segments; s++)
        value += c->slope[s] * fmin(fmax(use - s * c->width, 0), c->width);
    return value;
}

struct sized {
    double size;
    int row;
};

static int by_size(const void *left, const void *right)
{
    const struct sized *a = left, *b = right;
    return a->size != b->size ? (a->size > b->size) - (a->size < b->size) : (a->row > b->row) - (a->row < b->row);
}

/* Fills a row up to `most`, with the categories that need most of it first: those save the fewest requests. */
static void fill_row(const struct flat *f, int row, double most, double *left, double *x, double *use)
{
    const double *need = f->need + (size_t)row * (size_t)f->categories;
    double *own = x + (size_t)row * (size_t)f->categories;
    while (use[row] < most) {
        int chosen = -1;
        for (int i = 0; i < f->categories; i++)
            if (left[i] > 0 && need[i] > 0 && (chosen < 0 || need[i] > need[chosen]))
                chosen = i;
        if (chosen < 0)
            return;
        double count = fmin(left[chosen], (most - use[row]) / need[chosen]);
        if (count <= 0)
            return;
        own[chosen] += count;
        left[chosen] -= count;
        use[row] = count < left[chosen] + count ? most : use[row] + count * need[chosen];
    }
}

void flat_fill(const struct flat *f, const struct flat_curve *curve, double *left, double *x, double *use)
{
    struct sized *order = weir_alloc((size_t)f->rows, sizeof *order);
    for (int e = 0; e < f->rows; e++)
        order[e] = (struct sized){f->size[e], e};
    qsort(order, (size_t)f->rows, sizeof *order, by_size);
    for (int e = 0; e < f->rows; e++)
        fill_row(f, order[e].row, curve->tangent, left, x, use);
    for (int e = 0; e < f->rows; e++)
        fill_row(f, order[e].row, f->u_opt, left, x, use);
    free(order);
}

void flat_penalties(const struct flat *f, const struct flat_curve *curve, double *penalty)
{
    double steepest = 0;
    for (int s = 0; s < curve->segments; s++)
        steepest = fmax(steepest, curve->slope[s]);
    for (int i = 0; i < f->categories; i++) {
        double most = 0;
        for (int e = 0; e < f->rows; e++)
            most = fmax(most, flat_weight(f, e) * f->need[(size_t)e * (size_t)f->categories + (size_t)i]);
        penalty[i] = 2 * steepest * most;
    }
}

double flat_bound(const struct flat *f, const struct flat_curve *curve, const double *price, const double *penalty)
{
    /* max over x, left of sum_e F(u_e) - sum_i p_i left_i + sum_i l_i (r_i - sum_e x_ei - left_i), with l_i >= -p_i so
     * that leaving requests pays nothing. A row takes the category that costs least for its use, and goes to the end
     * of a segment. */
    double bound = 0;
    for (int i = 0; i < f->categories; i++)
        bound += fmax(price[i], -penalty[i]) * f->requests[i];
    for (int e = 0; e < f->rows; e++) {
        const double *need = f->need + (size_t)e * (size_t)f->categories;
        double weight = flat_weight(f, e);
        double cost = INFINITY, best = weight * curve->base, value = weight * curve->base;
        for (int i = 0; i < f->categories; i++)
            if (need[i] > 0)
                cost = fmin(cost, fmax(price[i], -penalty[i]) / need[i]);
        for (int s = 0; s < curve->segments && !isinf(cost); s++) {
            value += (weight * curve->slope[s] - cost) * curve->width;
            best = fmax(best, value);
        }
        bound += best;
    }
    return bound;
}
