/* The last decision as one JSON object. docs/policies/offloading.md lists its keys. */
#include <math.h>
#include <stdlib.h>

#include "policies/offload/offload.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

/* ", "key": value"; without the comma where `first`. */
static void add_key(struct weir_text *text, const char *key, bool first)
{
    weir_text_addf(text, "%s\"%s\": ", first ? "" : ", ", key);
}

static void add_number(struct weir_text *text, const char *key, double value)
{
    add_key(text, key, false);
    if (isfinite(value))
        weir_text_addf(text, "%.17g", value);
    else
        weir_text_add(text, "null");
}

static void add_truth(struct weir_text *text, const char *key, bool value)
{
    add_key(text, key, false);
    weir_text_add(text, value ? "true" : "false");
}

static void add_name(struct weir_text *text, const char *key, const char *name, bool first)
{
    add_key(text, key, first);
    weir_text_add_quoted(text, name);
}

static void add_host(struct weir_text *text, const struct weir_view *view, const char *key, int host)
{
    add_key(text, key, false);
    if (host >= 0 && host < view->host_count)
        weir_text_add_quoted(text, view->hosts[host].name);
    else
        weir_text_add(text, "null");
}

static void add_operators(struct weir_text *text, const struct weir_offload_picture *picture, int user)
{
    const struct weir_offload_game *game = &picture->decision->game;
    const struct weir_job_view *job = &picture->view->jobs[game->users[user].job];
    int first, count = weir_offload_subtasks(game, user, &first);
    add_key(text, "operators", false);
    for (int o = 0; o < count; o++) {
        weir_text_add(text, o ? ", {" : "[{");
        add_name(text, "name", job->operators[o].name, true);
        add_host(text, picture->view, "host", picture->placement[first + o]);
        add_host(text, picture->view, "decided", picture->decision->placement[first + o]);
        add_host(text, picture->view, "best", picture->responses[first + o]);
        add_number(text, "share", picture->shares[first + o]);
        weir_text_add(text, "}");
    }
    weir_text_add(text, "]");
}

static void add_user(struct weir_text *text, const struct weir_offload_picture *picture, int user)
{
    const struct weir_offload_user *who = &picture->decision->game.users[user];
    const struct offload_deviation *deviation = &picture->deviations[user];
    const struct weir_job_view *job = &picture->view->jobs[who->job];
    weir_text_add(text, user ? ", {" : "[{");
    add_name(text, "name", job->name, true);
    add_host(text, picture->view, "source", job->source_host);
    add_host(text, picture->view, "sink", job->sink_host);
    add_number(text, "omega", who->weight);
    add_number(text, "items_per_s", who->scale);
    add_number(text, "cost_s", picture->cost_s[user] / who->scale);
    add_number(text, "latency_s", picture->latency_s[user] / who->scale);
    add_number(text, "best_cost_s", deviation->best_s / who->scale);
    add_number(text, "least_cost_s", deviation->least_s / who->scale);
    add_truth(text, "gains", offload_deviation_gains(deviation));
    add_truth(text, "certain", offload_deviation_certain(deviation));
    add_truth(text, "stays", who->stays);
    add_truth(text, "changing", !who->movable);
    add_operators(text, picture, user);
    weir_text_add(text, "}");
}

static void add_rounds(struct weir_text *text, const struct offload_trace *trace)
{
    add_key(text, "rounds", false);
    weir_text_add(text, "[");
    for (int r = 0; trace->potential && trace->rounds > 0 && r <= trace->rounds; r++)
        weir_text_addf(text, "%s{\"potential\": %.17g, \"cost_sum_s\": %.17g}", r ? ", " : "", trace->potential[r],
                       trace->cost_s[r]);
    weir_text_add(text, "]");
}

static void add_bound(struct weir_text *text, const struct weir_offload_picture *picture)
{
    const struct offload_bounds *bounds = &picture->bounds;
    add_key(text, "bound", false);
    weir_text_add(text, "{");
    add_key(text, "cost_sum_s", true);
    weir_text_addf(text, "%.17g", bounds->cost_s);
    add_number(text, "slack", bounds->slack);
    add_number(text, "anarchy", bounds->anarchy);
    add_number(text, "alone_s", bounds->alone_s);
    add_number(text, "responses_s", bounds->responses_s);
    add_number(text, "least_s", bounds->least_s);
    add_number(text, "optimum_s", picture->search.whole ? picture->optimum_s : INFINITY);
    add_number(text, "placements", picture->search.placements);
    weir_text_add(text, "}");
}

/* Loads of nodes or links that have one. */
static void add_loads(struct weir_text *text, const struct weir_offload_picture *picture, bool links)
{
    const struct weir_view *view = picture->view;
    int count = links ? view->link_count : view->host_count, shown = 0;
    add_key(text, links ? "links" : "nodes", false);
    weir_text_add(text, "[");
    for (int i = 0; i < count; i++) {
        double load = picture->load[links ? view->host_count + i : i];
        if (!(load > 0))
            continue;
        weir_text_add(text, shown++ ? ", {" : "{");
        add_name(text, "name", links ? view->links[i].name : view->hosts[i].name, true);
        add_number(text, "load", load);
        weir_text_add(text, "}");
    }
    weir_text_add(text, "]");
}

char *weir_offload_picture_json(const struct weir_offload_picture *picture)
{
    struct weir_text text = {0};
    const struct weir_offload_decision *decision = picture->decision;
    int users = decision->game.user_count;
    bool gains = false, certain = true;
    for (int u = 0; u < users; u++) {
        gains |= offload_deviation_gains(&picture->deviations[u]);
        certain &= offload_deviation_certain(&picture->deviations[u]);
    }
    weir_text_add(&text, "{");
    add_name(&text, "policy", picture->policy, true);
    add_number(&text, "time_s", decision->time_s);
    add_number(&text, "cost_sum_s", picture->evaluation.cost_sum_s);
    add_number(&text, "potential_s", picture->evaluation.potential);
    add_truth(&text, "equilibrium", certain && !gains);
    add_key(&text, "left_out", false);
    if (decision->left_out)
        weir_text_add_quoted(&text, decision->left_out);
    else
        weir_text_add(&text, "null");
    add_number(&text, "moves", decision->trace.moves);
    add_rounds(&text, &decision->trace);
    if (picture->bound)
        add_bound(&text, picture);
    add_loads(&text, picture, false);
    add_loads(&text, picture, true);
    add_key(&text, "users", false);
    for (int u = 0; u < users; u++)
        add_user(&text, picture, u);
    weir_text_add(&text, users ? "]}\n" : "[]}\n");
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}
