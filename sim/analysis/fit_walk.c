#include "sim/analysis/fit_walk.h"

#include <math.h>
#include <nlopt.h>
#include <string.h>

#include "sim/analysis/fit.h"

struct play {
    const struct fit_walk *walk;
    nlopt_opt opt;
    double *asked;
    bool stopped;
};

static double answer(unsigned n, const double *u, double *gradient, void *context)
{
    struct play *play = context;
    double value = 0;
    (void)gradient;
    if (!play->stopped && !play->walk->known(play->walk->context, u, &value)) {
        memcpy(play->asked, u, n * sizeof *u);
        play->stopped = true;
    }
    if (play->stopped)
        nlopt_force_stop(play->opt);
    return value;
}

bool fit_walk_next(const struct fit_walk *walk, double *u)
{
    double at[FIT_KEYS], value;
    struct play play = {walk, nlopt_create(NLOPT_LN_BOBYQA, (unsigned)walk->n), u, false};
    if (!play.opt)
        return false;
    memcpy(at, walk->start, (size_t)walk->n * sizeof *at);
    nlopt_set_min_objective(play.opt, answer, &play);
    nlopt_set_lower_bounds1(play.opt, 0);
    nlopt_set_upper_bounds1(play.opt, 1);
    nlopt_set_initial_step1(play.opt, walk->step);
    nlopt_set_xtol_abs1(play.opt, walk->close);
    nlopt_set_maxeval(play.opt, walk->at_most);
    nlopt_optimize(play.opt, at, &value);
    nlopt_destroy(play.opt);
    return play.stopped;
}
