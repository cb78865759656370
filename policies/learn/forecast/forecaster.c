#include "policies/learn/forecast/forecaster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/support.h"
#include "policies/learn/forecast/work.h"
#include "policies/learn/given.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/slot.h"

#define DAY_S 86400.0

const struct forecaster_kind *forecaster_find(const struct forecaster_kind *const *catalog, const char *name)
{
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    if (learn_given(__func__, "name", name) != WEIR_OK)
        return NULL;
    if (!catalog)
        catalog = forecaster_catalog;
    for (; catalog[count]; count++) {
        if (strcmp(catalog[count]->name, name) == 0) {
            free(names);
            return catalog[count];
        }
        names = weir_grow(names, count + 1, &capacity, sizeof *names);
        names[count] = catalog[count]->name;
    }
    weir_slot_unknown("forecaster", name, names, count);
    free(names);
    return NULL;
}

/* Sets the parameters of the kind from the slot. */
static int bind(struct forecaster *made, const struct weir_json *at)
{
    static const struct weir_param none[] = {{0}};
    static const char *const others[] = {"name", "outliers", NULL};
    const struct weir_param *params = made->kind->params ? made->kind->params : none;
    weir_param_defaults(params, made->state);
    if (weir_json_is_string(at))
        return WEIR_OK;
    int code = weir_json_opt_number(at, "outliers", 0, 1e6, &made->outliers);
    return code == WEIR_OK ? weir_param_bind(params, at, others, made->state) : code;
}

static int check_env(const struct forecaster_env *env)
{
    if (!(env->step_s > 0) || isinf(env->step_s) || !(fabs(env->season_s) < INFINITY) || env->ahead < 0 ||
        env->ahead > FORECASTER_HORIZON)
        return weir_error(
            WEIR_EINPUT,
            "forecaster: steps of %g s (above 0), a season of %g s, %d steps ahead (0 to %d) are asked for",
            env->step_s, env->season_s, env->ahead, FORECASTER_HORIZON);
    return WEIR_OK;
}

int forecaster_make(const struct forecaster_env *env, const struct weir_json *at, struct forecaster **made)
{
    const char *name;
    if (learn_given(__func__, "env slot made", env, at, made) != WEIR_OK)
        return WEIR_EINPUT;
    *made = NULL;
    if (check_env(env) != WEIR_OK)
        return WEIR_EINPUT;
    struct weir_json child = *at;
    struct forecaster *forecaster = weir_alloc(1, sizeof *forecaster);
    forecaster->env = *env;
    if (!forecaster->env.catalog)
        forecaster->env.catalog = forecaster_catalog;
    if (!forecaster->env.stream)
        forecaster->env.stream = "forecast";
    if (forecaster->env.season_s <= 0)
        forecaster->env.season_s = DAY_S;
    int code = weir_json_is_string(at) ? WEIR_OK : weir_json_need(at, "name", &child);
    if (code == WEIR_OK)
        code = weir_json_string(&child, &name);
    if (code != WEIR_OK)
        goto out;
    forecaster->kind = forecaster_find(forecaster->env.catalog, name);
    if (!forecaster->kind) {
        char *message = weir_copy(weir_error_message());
        code = weir_json_error(&child, "%s", message);
        free(message);
        goto out;
    }
    forecaster->state = weir_alloc(1, forecaster->kind->state_size ? forecaster->kind->state_size : 1);
    forecaster->parameters = weir_json_print(at);
    code = bind(forecaster, at);
    if (code == WEIR_OK && forecaster->kind->create) {
        code = forecaster->kind->create(forecaster->state, &forecaster->env);
        if (code != WEIR_OK)
            code = weir_error_context("forecaster %s", forecaster->kind->name);
    }
out:
    if (code == WEIR_OK)
        *made = forecaster;
    else
        forecaster_free(forecaster);
    return code;
}

int forecaster_make_text(const struct forecaster_env *env, const char *text, struct forecaster **made)
{
    struct weir_json_doc *doc;
    if (learn_given(__func__, "env text made", env, text, made) != WEIR_OK)
        return WEIR_EINPUT;
    *made = NULL;
    int code = weir_slot_parse("forecaster", "linear:window=12", text, &doc);
    if (code == WEIR_OK) {
        struct weir_json root = weir_json_root(doc);
        code = forecaster_make(env, &root, made);
    }
    if (code == WEIR_OK)
        (*made)->own = doc;
    else
        weir_json_free(doc);
    return code;
}

void forecaster_free(struct forecaster *forecaster)
{
    if (!forecaster)
        return;
    if (forecaster->state && forecaster->kind->destroy)
        forecaster->kind->destroy(forecaster->state);
    if (forecaster->state && forecaster->kind->kept)
        forecaster_kept_free(forecaster->kind->kept, forecaster->state);
    free(forecaster->state);
    free(forecaster->parameters);
    free(forecaster->pending);
    weir_json_free(forecaster->own);
    free(forecaster);
}

const struct forecaster_kind *forecaster_kind_of(const struct forecaster *forecaster)
{
    return forecaster ? forecaster->kind : NULL;
}

size_t forecaster_need(const struct forecaster *forecaster)
{
    if (!forecaster)
        return 0;
    return forecaster->kind->need ? forecaster->kind->need(forecaster->state) : 1;
}

struct forecaster_cost forecaster_cost(const struct forecaster *forecaster, size_t count, size_t horizon)
{
    struct forecaster_cost cost = {0};
    if (forecaster && forecaster->kind->cost)
        forecaster->kind->cost(forecaster->state, count, horizon, &cost);
    return cost;
}

struct forecaster_counts forecaster_counts(const struct forecaster *forecaster)
{
    return forecaster ? forecaster->memory.counts : (struct forecaster_counts){0};
}

char *forecaster_describe(const struct forecaster *forecaster)
{
    struct weir_text text = {0};
    if (forecaster && forecaster->fitted && forecaster->kind->describe)
        forecaster->kind->describe(forecaster->state, &text);
    return text.data ? text.data : weir_copy("");
}
