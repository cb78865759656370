/* Several forecasters, weighted by how well each has done of late: for each number of steps ahead the weights go as one
 * over the mean squared error (relative to that of all). The last part of the fitted series gives the first errors;
 * then members are fitted to all of it. A member that fails is left out until the next fit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/work.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define LEADS 64 /* steps ahead for which errors are kept at most */

struct member {
    struct forecaster *forecaster;
    bool failed;
    double square[LEADS];      /* mean relative squared error 1, 2, ... steps ahead, the latest weighing most */
    double seen[LEADS];        /* how many of them, faded */
    double mean[LEADS][LEADS]; /* row time % LEADS: the forecast made at that time */
};

struct ensemble {
    const char *names;
    int leads, memory;
    double held_out;

    const struct forecaster_env *env;
    struct member *members; /* owned */
    size_t member_count;
    size_t time;     /* forecasts made */
    double *scratch; /* owned; three rows of FORECASTER_HORIZON */
};

#define AT(field) offsetof(struct ensemble, field)
static const struct weir_param params[] = {
    WEIR_PARAM("members", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(names), "linear+holt-winters+moving-average+seasonal",
               0, 0, NULL, "Forecasters, joined by +; each NAME or NAME:KEY=VALUE:..."),
    WEIR_PARAM("leads", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(leads), "12", 1, LEADS, NULL,
               "Steps ahead that have weights of their own; further ones take the last of these."),
    WEIR_PARAM("memory", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(memory), "50", 1, 1e6, NULL,
               "Errors that count: those of so many steps back weigh 1/e."),
    WEIR_PARAM("held-out", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(held_out), "0.2", 0, 0.9, NULL,
               "Part of the fitted series on which members are first compared."),
    {0},
};

static int create(void *state, const struct forecaster_env *env)
{
    struct ensemble *self = state;
    char *names = weir_copy(self->names ? self->names : ""), *left = names;
    int code = WEIR_OK;
    size_t capacity = 0;
    self->env = env;
    for (char *name; code == WEIR_OK && (name = strsep(&left, "+"));) {
        if (strncmp(name, "ensemble", 8) == 0)
            code = weir_error(WEIR_EINPUT, "an ensemble cannot be a member of one; leave it out");
        self->members = weir_grow(self->members, self->member_count + 1, &capacity, sizeof *self->members);
        memset(&self->members[self->member_count], 0, sizeof *self->members);
        if (code == WEIR_OK)
            code = forecaster_make_text(env, name, &self->members[self->member_count].forecaster);
        if (code == WEIR_OK)
            self->member_count++;
        else
            weir_error_context("members");
    }
    self->scratch = weir_alloc(3 * FORECASTER_HORIZON, sizeof *self->scratch);
    free(names);
    return code;
}

static size_t need(const void *state)
{
    const struct ensemble *self = state;
    size_t most = 1;
    for (size_t m = 0; m < self->member_count; m++) {
        size_t own = forecaster_need(self->members[m].forecaster);
        most = own > most ? own : most;
    }
    return most;
}

/* Keeps what each member says now, to be compared with what comes. */
static void foresee(struct ensemble *self)
{
    for (size_t m = 0; m < self->member_count; m++) {
        struct member *member = &self->members[m];
        double *row = member->mean[self->time % LEADS];
        if (!member->failed && forecaster_predict(member->forecaster, (size_t)self->leads, row, NULL) != WEIR_OK)
            member->failed = true;
    }
    self->time++;
}

/* The squared error of what a member forecast of this value `lead` steps ago, which was its row time - lead. */
static double squared_error(const struct ensemble *self, const struct member *member, size_t lead, double value)
{
    double error = value - member->mean[(self->time - lead) % LEADS][lead - 1];
    return error * error;
}

/* Scores the forecasts of this value. Each value counts the same, whatever the load: errors are taken relative to the
 * mean square of all members' errors at it. */
static void score(struct ensemble *self, double value)
{
    double fade = weir_exp(-1.0 / self->memory);
    for (size_t lead = 1; lead <= (size_t)self->leads && lead <= self->time; lead++) {
        double mean = 0, working = 0;
        for (size_t m = 0; m < self->member_count; m++) {
            if (!self->members[m].failed) {
                mean += squared_error(self, &self->members[m], lead, value);
                working++;
            }
        }
        for (size_t m = 0; m < self->member_count && mean > 0; m++) {
            struct member *member = &self->members[m];
            double *seen = &member->seen[lead - 1], *square = &member->square[lead - 1];
            if (member->failed)
                continue;
            *seen = *seen * fade + 1;
            *square += (squared_error(self, member, lead, value) / (mean / working) - *square) / *seen;
        }
    }
}

/* What members had to say is forgotten if one at least works. */
static int check_working(size_t working)
{
    if (working == 0)
        return weir_error_context("all members failed, the last with");
    weir_error_clear();
    return WEIR_OK;
}

/* One value: what members forecast before it is scored, then they are told. */
static int learn(struct ensemble *self, double value)
{
    size_t working = 0;
    foresee(self);
    score(self, value);
    for (size_t m = 0; m < self->member_count; m++) {
        struct member *member = &self->members[m];
        if (!member->failed && forecaster_push(member->forecaster, value) != WEIR_OK)
            member->failed = true;
        working += !member->failed;
    }
    return check_working(working);
}

/* Fits all members; fails if none can be. */
static int fit_members(struct ensemble *self, const double *values, size_t count)
{
    size_t working = 0;
    for (size_t m = 0; m < self->member_count; m++) {
        struct member *member = &self->members[m];
        member->failed = forecaster_fit(member->forecaster, values, count) != WEIR_OK;
        working += !member->failed;
    }
    return check_working(working);
}

static int fit(void *state, const double *values, size_t count)
{
    struct ensemble *self = state;
    size_t first = count - (size_t)floor(self->held_out * (double)count), least = need(state);
    self->time = 0;
    for (size_t m = 0; m < self->member_count; m++) {
        memset(self->members[m].square, 0, sizeof self->members[m].square);
        memset(self->members[m].seen, 0, sizeof self->members[m].seen);
    }
    if (first < count && first >= least) {
        int code = fit_members(self, values, first);
        for (size_t i = first; i < count && code == WEIR_OK; i++)
            code = learn(self, values[i]);
        if (code != WEIR_OK)
            weir_error_clear(); /* the weights are equal then */
    }
    self->time = 0; /* forecasts of the first fit are not those of the second */
    return fit_members(self, values, count);
}

static int push(void *state, double value)
{
    return learn(state, value);
}

/* One over the mean squared error so many steps ahead. */
static double weight_of(const struct ensemble *self, const struct member *member, size_t lead)
{
    size_t kept = lead < (size_t)self->leads ? lead : (size_t)self->leads;
    if (member->failed)
        return 0;
    while (kept > 1 && !(member->seen[kept - 1] > 0))
        kept--;
    return member->seen[kept - 1] > 0 ? 1 / (member->square[kept - 1] + 1e-300) : 1;
}

/* A member's weight among all; 0 if none works. */
static double share_of(const struct ensemble *self, const struct member *member, size_t lead)
{
    double total = 0, own = weight_of(self, member, lead);
    for (size_t m = 0; m < self->member_count; m++)
        total += weight_of(self, &self->members[m], lead);
    return total > 0 ? own / total : 0;
}

/* Adds a member to the mixture: means and variances, running, with `weight` so far. */
static void mix(double share, double *weight, double mean, double spread, double *mixed, double *variance)
{
    double away = mean - *mixed;
    *weight += share;
    if (share > 0)
        *mixed += share / *weight * away;
    *variance += share * (spread * spread + away * (mean - *mixed));
}

/* Means are weighted; the spread is that of the mixture, within members and among them. */
static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    struct ensemble *self = state;
    double *weight = self->scratch, *means = weight + FORECASTER_HORIZON, *spreads = means + FORECASTER_HORIZON;
    size_t working = 0;
    for (size_t i = 0; i < horizon; i++)
        mean[i] = spread[i] = weight[i] = 0;
    for (size_t m = 0; m < self->member_count; m++) {
        struct member *member = &self->members[m];
        if (member->failed)
            continue;
        if (forecaster_predict(member->forecaster, horizon, means, spreads) != WEIR_OK) {
            member->failed = true;
            return predict(state, horizon, mean, spread); /* anew, without it */
        }
        for (size_t i = 0; i < horizon; i++)
            mix(share_of(self, member, i + 1), &weight[i], means[i], spreads[i], &mean[i], &spread[i]);
        working++;
    }
    for (size_t i = 0; i < horizon; i++)
        spread[i] = sqrt(fmax(spread[i], 0));
    return check_working(working);
}

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct ensemble *self = state;
    double fits = self->held_out > 0 ? 2 - self->held_out : 1;
    for (size_t m = 0; m < self->member_count; m++) {
        struct forecaster_cost own = forecaster_cost(self->members[m].forecaster, count, horizon);
        struct forecaster_cost ahead = forecaster_cost(self->members[m].forecaster, count, (size_t)self->leads);
        cost->fit_flops +=
            fits * own.fit_flops + self->held_out * (double)count * (own.push_flops + ahead.predict_flops);
        cost->push_flops += own.push_flops + ahead.predict_flops;
        cost->predict_flops += own.predict_flops;
    }
}

static void describe(const void *state, struct weir_text *to)
{
    const struct ensemble *self = state;
    weir_text_add(to, "weights one step ahead:");
    for (size_t m = 0; m < self->member_count; m++)
        weir_text_addf(to, "%s %s %.2f", m ? "," : "", forecaster_kind_of(self->members[m].forecaster)->name,
                       share_of(self, &self->members[m], 1));
}

/* The time, then errors and waiting forecasts of each member, and the member as it would stand in a file of its own. */
static int save(const void *state, struct weir_text *to)
{
    const struct ensemble *self = state;
    int code = WEIR_OK;
    weir_text_add_bytes(to, &self->time, sizeof self->time);
    for (size_t m = 0; m < self->member_count && code == WEIR_OK; m++) {
        const struct member *member = &self->members[m];
        struct weir_text packed = {0};
        if (!member->failed)
            code = forecaster_pack(member->forecaster, &packed);
        weir_text_add_bytes(to, member->square, sizeof member->square);
        weir_text_add_bytes(to, member->seen, sizeof member->seen);
        weir_text_add_bytes(to, member->mean, sizeof member->mean);
        weir_text_add_bytes(to, &packed.length, sizeof packed.length);
        weir_text_add_bytes(to, weir_text_string(&packed), packed.length);
        weir_text_fini(&packed);
    }
    return code;
}

static int load(void *state, const char *bytes, size_t count)
{
    struct ensemble *self = state;
    int code = forecaster_unpack(&bytes, &count, &self->time, sizeof self->time);
    for (size_t m = 0; m < self->member_count && code == WEIR_OK; m++) {
        struct member *member = &self->members[m];
        struct forecaster *restored = NULL;
        size_t length = 0;
        code = forecaster_unpack(&bytes, &count, member->square, sizeof member->square);
        if (code == WEIR_OK)
            code = forecaster_unpack(&bytes, &count, member->seen, sizeof member->seen);
        if (code == WEIR_OK)
            code = forecaster_unpack(&bytes, &count, member->mean, sizeof member->mean);
        if (code == WEIR_OK)
            code = forecaster_unpack(&bytes, &count, &length, sizeof length);
        if (code == WEIR_OK && length > count)
            code = weir_error(WEIR_EINPUT, "what it saved does not fit this weir; save it anew");
        member->failed = length == 0;
        if (code != WEIR_OK || member->failed)
            continue;
        code = forecaster_restore(self->env, "members", bytes, length, &restored);
        bytes += length;
        count -= length;
        if (code == WEIR_OK) {
            forecaster_free(member->forecaster);
            member->forecaster = restored;
        }
    }
    return code;
}

static void destroy(void *state)
{
    struct ensemble *self = state;
    for (size_t m = 0; m < self->member_count; m++)
        forecaster_free(self->members[m].forecaster);
    free(self->members);
    free(self->scratch);
}

const struct forecaster_kind forecaster_ensemble = {
    .name = "ensemble",
    .summary = "Several forecasters, weighted by their recent errors.",
    .source = "bates-1969",
    .state_size = sizeof(struct ensemble),
    .params = params,
    .draws = true, /* as its members may */
    .create = create,
    .need = need,
    .fit = fit,
    .push = push,
    .predict = predict,
    .cost = cost,
    .describe = describe,
    .save = save,
    .load = load,
    .destroy = destroy,
};
