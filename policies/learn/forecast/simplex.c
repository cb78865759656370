#include "policies/learn/forecast/simplex.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <string.h>

/* Stands for a value that is none: GSL ends its search when it meets infinity. */
#define NOWHERE 1e300

struct search {
    simplex_function *function;
    const void *with;
};

static double call(const gsl_vector *x, void *search)
{
    const struct search *at = search;
    double value = at->function(x->data, at->with); /* its vectors have stride 1 */
    return isfinite(value) ? value : NOWHERE;
}

double simplex_minimise(simplex_function *function, const void *with, double *x, size_t n, double step,
                        double tolerance, size_t iterations)
{
    struct search search = {function, with};
    gsl_vector_view start = gsl_vector_view_array(x, n);
    gsl_vector *steps = gsl_vector_alloc(n), *copy = gsl_vector_alloc(n);
    gsl_multimin_fminimizer *simplex = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, n);
    gsl_multimin_function minimised = {.f = call, .n = n, .params = &search};
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    gsl_vector_set_all(steps, step);
    gsl_vector_memcpy(copy, &start.vector);
    int code = gsl_multimin_fminimizer_set(simplex, &minimised, copy, steps);
    for (size_t i = 0; i < iterations && code == GSL_SUCCESS; i++) {
        code = gsl_multimin_fminimizer_iterate(simplex);
        if (gsl_multimin_fminimizer_size(simplex) < tolerance)
            break;
    }
    memcpy(x, simplex->x->data, n * sizeof *x);
    double least = simplex->fval;
    gsl_set_error_handler(handler);
    gsl_multimin_fminimizer_free(simplex);
    gsl_vector_free(steps);
    gsl_vector_free(copy);
    return least;
}
