/* Branch and cut over the flat problem, with GLPK. Columns: x_ei, then what is left of each category, then for each row
 * the parts of its use that lie in each segment, then the binaries that open the convex ones in order. */
#include <glpk.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/optimise/flat.h"
#include "sim/base/memory.h"

struct search {
    const struct flat *flat;
    const struct flat_curve *curve;
    const double *penalty;
    int nodes, most_nodes;
    bool began;
    int *x_column;          /* [rows][categories] column, 0 where the row cannot take the category */
    int left, part, binary; /* the columns before the first of each */
    int columns;
    double *point; /* [columns + 1] */
    double *x, *use, *best_x;
    double best;
};

static size_t cell(const struct flat *f, int e, int i)
{
    return (size_t)e * (size_t)f->categories + (size_t)i;
}

/* What x brings, with the penalties; sets use. */
static double worth(const struct search *s, const double *x, double *use)
{
    double value = 0;
    for (int i = 0; i < s->flat->categories; i++) {
        double left = s->flat->requests[i];
        for (int e = 0; e < s->flat->rows; e++)
            left -= x[cell(s->flat, e, i)];
        value -= s->penalty[i] * fmax(left, 0);
    }
    for (int e = 0; e < s->flat->rows; e++) {
        use[e] = 0;
        for (int i = 0; i < s->flat->categories; i++)
            use[e] += x[cell(s->flat, e, i)] * s->flat->need[cell(s->flat, e, i)];
        value += flat_weight(s->flat, e) * flat_curve_at(s->curve, use[e]);
    }
    return value;
}

/* Keeps x if it is the best so far. */
static bool consider(struct search *s, const double *x)
{
    double value = worth(s, x, s->use);
    if (value <= s->best)
        return false;
    s->best = value;
    memcpy(s->best_x, x, cell(s->flat, s->flat->rows, 0) * sizeof *x);
    return true;
}

/* Any x that keeps the sums is a solution of the whole: its parts and binaries follow. */
static void complete(struct search *s, const double *x)
{
    const struct flat *f = s->flat;
    worth(s, x, s->use);
    for (int i = 0; i < f->categories; i++) {
        double left = f->requests[i];
        for (int e = 0; e < f->rows; e++) {
            left -= x[cell(f, e, i)];
            if (s->x_column[cell(f, e, i)])
                s->point[s->x_column[cell(f, e, i)]] = x[cell(f, e, i)];
        }
        s->point[s->left + 1 + i] = fmax(left, 0);
    }
    for (int e = 0; e < f->rows; e++) {
        for (int k = 0; k < s->curve->segments; k++)
            s->point[s->part + 1 + e * s->curve->segments + k] =
                fmin(fmax(s->use[e] - k * s->curve->width, 0), s->curve->width);
        for (int k = 0; k < s->curve->convex; k++)
            s->point[s->binary + 1 + e * s->curve->convex + k] = s->use[e] >= (k + 1) * s->curve->width;
    }
}

/* x of the relaxation at a node, without what rounding adds: never beyond the sums. */
static void read_x(const struct search *s, glp_prob *problem, double *x)
{
    const struct flat *f = s->flat;
    for (int i = 0; i < f->categories; i++) {
        double sum = 0;
        for (int e = 0; e < f->rows; e++) {
            int column = s->x_column[cell(f, e, i)];
            x[cell(f, e, i)] = column ? fmax(0, glp_get_col_prim(problem, column)) : 0;
            sum += x[cell(f, e, i)];
        }
        for (int e = 0; e < f->rows && sum > f->requests[i]; e++)
            x[cell(f, e, i)] *= f->requests[i] / sum;
    }
    for (int e = 0; e < f->rows; e++) {
        double use = 0;
        for (int i = 0; i < f->categories; i++)
            use += x[cell(f, e, i)] * f->need[cell(f, e, i)];
        for (int i = 0; i < f->categories && use > f->u_opt; i++)
            x[cell(f, e, i)] *= f->u_opt / use;
    }
}

static void on_tree(glp_tree *tree, void *given)
{
    struct search *s = given;
    switch (glp_ios_reason(tree)) {
    case GLP_IHEUR: {
        bool better = false;
        read_x(s, glp_ios_get_prob(tree), s->x);
        better = consider(s, s->x);
        if (better || !s->began) {
            complete(s, s->best_x);
            glp_ios_heur_sol(tree, s->point);
        }
        s->began = true;
        break;
    }
    case GLP_ISELECT:
        if (++s->nodes > s->most_nodes)
            glp_ios_terminate(tree);
        break;
    default:
        break;
    }
}

/* The row of equation 10's sum for each server, the rows that order its segments, and the sums of the categories. */
static void build(struct search *s, glp_prob *problem)
{
    const struct flat *f = s->flat;
    const struct flat_curve *c = s->curve;
    size_t longest = (size_t)f->categories + (size_t)c->segments + (size_t)f->rows + 2;
    int *index = weir_alloc(longest, sizeof *index), next = 0;
    double *value = weir_alloc(longest, sizeof *value);
    for (int e = 0; e < f->rows; e++)
        for (int i = 0; i < f->categories; i++)
            s->x_column[cell(f, e, i)] = f->need[cell(f, e, i)] > 0 && f->requests[i] > 0 ? ++next : 0;
    s->left = next;
    s->part = s->left + f->categories;
    s->binary = s->part + f->rows * c->segments;
    s->columns = s->binary + f->rows * c->convex;
    s->point = weir_alloc((size_t)s->columns + 1, sizeof *s->point);
    glp_set_obj_dir(problem, GLP_MAX);
    glp_add_cols(problem, s->columns);
    glp_add_rows(problem, f->categories + f->rows * (1 + (c->convex > 0 ? c->convex + c->segments - 1 : 0)));
    for (int j = 1; j <= s->part; j++)
        glp_set_col_bnds(problem, j, GLP_LO, 0, 0);
    for (int i = 0; i < f->categories; i++) {
        int n = 1;
        index[n] = s->left + 1 + i;
        value[n] = 1;
        glp_set_obj_coef(problem, s->left + 1 + i, -s->penalty[i]);
        for (int e = 0; e < f->rows; e++)
            if (s->x_column[cell(f, e, i)]) {
                index[++n] = s->x_column[cell(f, e, i)];
                value[n] = 1;
            }
        glp_set_mat_row(problem, 1 + i, n, index, value);
        glp_set_row_bnds(problem, 1 + i, GLP_FX, f->requests[i], f->requests[i]);
    }
    for (int e = 0, row = f->categories; e < f->rows; e++) {
        int n = 0, part = s->part + 1 + e * c->segments, binary = s->binary + 1 + e * c->convex;
        for (int i = 0; i < f->categories; i++)
            if (s->x_column[cell(f, e, i)]) {
                index[++n] = s->x_column[cell(f, e, i)];
                value[n] = f->need[cell(f, e, i)];
            }
        for (int k = 0; k < c->segments; k++) {
            index[++n] = part + k;
            value[n] = -1;
            glp_set_col_bnds(problem, part + k, GLP_DB, 0, c->width);
            glp_set_obj_coef(problem, part + k, flat_weight(f, e) * c->slope[k]);
        }
        glp_set_mat_row(problem, ++row, n, index, value);
        glp_set_row_bnds(problem, row, GLP_FX, 0, 0);
        for (int k = 0; k < c->convex; k++) {
            /* y_k = 1 only if segment k is full, and segment k + 1 only if y_k = 1; the last binary opens all that
             * follow, or the steep ones would be filled first. */
            int open = k + 1 < c->convex ? k + 1 : c->segments - 1;
            glp_set_col_kind(problem, binary + k, GLP_BV);
            glp_set_mat_row(problem, ++row, 2, (int[]){0, part + k, binary + k}, (double[]){0, 1, -c->width});
            glp_set_row_bnds(problem, row, GLP_LO, 0, 0);
            for (int j = k + 1; j <= open; j++) {
                glp_set_mat_row(problem, ++row, 2, (int[]){0, part + j, binary + k}, (double[]){0, 1, -c->width});
                glp_set_row_bnds(problem, row, GLP_UP, 0, 0);
            }
        }
    }
    double idle = 0;
    for (int e = 0; e < f->rows; e++)
        idle += flat_weight(f, e) * c->base;
    glp_set_obj_coef(problem, 0, idle);
    free(index);
    free(value);
}

static int milliseconds(double seconds)
{
    return (int)fmin(fmax(seconds, 0) * 1e3, 1e9);
}

/* The relaxation, then the tree. */
static void solve(struct search *s, glp_prob *problem, const struct assignment_settings *settings, double time_limit_s,
                  struct flat_result *result)
{
    glp_smcp simplex;
    glp_iocp tree;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.presolve = GLP_ON;
    simplex.tm_lim = milliseconds(time_limit_s);
    double begun = glp_difftime(glp_time(), 0);
    if (simplex.tm_lim < 1 || glp_simplex(problem, &simplex) != 0 || glp_get_status(problem) != GLP_OPT)
        return;
    result->solved = true;
    for (int i = 0; i < s->flat->categories; i++)
        result->price[i] = glp_get_row_dual(problem, 1 + i);
    read_x(s, problem, s->x);
    consider(s, s->x);
    /* At times the relaxation alone is within the gap. */
    double bound = glp_get_obj_val(problem);
    result->within_gap = bound - s->best <= settings->gap * fabs(s->best);
    double left_s = time_limit_s - (glp_difftime(glp_time(), 0) - begun);
    if (result->within_gap || milliseconds(left_s) < 1)
        return;
    glp_init_iocp(&tree);
    tree.msg_lev = GLP_MSG_OFF;
    tree.mip_gap = settings->gap;
    tree.tm_lim = milliseconds(left_s);
    tree.mir_cuts = tree.cov_cuts = GLP_ON;
    tree.bt_tech = GLP_BT_BPH;
    tree.cb_func = on_tree;
    tree.cb_info = s;
    int ended = glp_intopt(problem, &tree);
    result->within_gap = ended == 0 || ended == GLP_EMIPGAP;
    if (glp_mip_status(problem) == GLP_OPT || glp_mip_status(problem) == GLP_FEAS) {
        for (int e = 0; e < s->flat->rows; e++)
            for (int i = 0; i < s->flat->categories; i++) {
                int column = s->x_column[cell(s->flat, e, i)];
                s->x[cell(s->flat, e, i)] = column ? fmax(0, glp_mip_col_val(problem, column)) : 0;
            }
        consider(s, s->x);
    }
}

void flat_search(const struct flat *flat, const struct flat_curve *curve, const struct assignment_settings *settings,
                 double time_limit_s, struct flat_result *result)
{
    size_t cells = cell(flat, flat->rows, 0), categories = (size_t)flat->categories;
    double *penalty = weir_alloc(categories, sizeof *penalty), *left = weir_alloc(categories, sizeof *left);
    struct search s = {
        .flat = flat,
        .curve = curve,
        .penalty = penalty,
        .most_nodes = settings->nodes,
        .best = -INFINITY,
        .x_column = weir_alloc(cells, sizeof(int)),
        .x = weir_alloc(cells, sizeof(double)),
        .best_x = weir_alloc(cells, sizeof(double)),
        .use = weir_alloc((size_t)flat->rows, sizeof(double)),
    };
    flat_penalties(flat, curve, penalty);
    memcpy(left, flat->requests, categories * sizeof *left);
    flat_fill(flat, curve, left, s.x, s.use);
    consider(&s, s.x); /* from here on there is an answer */
    glp_term_out(GLP_OFF);
    glp_prob *problem = glp_create_prob();
    build(&s, problem);
    if (s.left > 0)
        solve(&s, problem, settings, time_limit_s, result);
    else
        result->solved = result->within_gap = true; /* nothing can be placed */
    glp_delete_prob(problem);
    glp_free_env(); /* it belongs to the thread, which may end */
    memcpy(result->x, s.best_x, cells * sizeof *s.best_x);
    worth(&s, result->x, result->use);
    free(s.x_column);
    free(s.point);
    free(s.x);
    free(s.best_x);
    free(s.use);
    free(penalty);
    free(left);
}
