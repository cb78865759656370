/* The last decision as text: who is where with which shares, what each user pays, how full nodes and links are, and the
 * potential by round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"

#define BAR_WIDTH     40
#define LINKS_AT_MOST 20 /* shown */

struct picture {
    struct weir_text text;
    const struct weir_view *view;
    const struct weir_offload_decision *decision;
    double *shares; /* [subtask] */
    struct offload_flow *flows;
    double *cost_s, *latency_s, *load;
    struct offload_evaluation evaluation;
};

static void add_time(struct weir_text *text, double time_s)
{
    char shown[32];
    weir_text_addf(text, "%12s", weir_quantity_show(WEIR_UNIT_TIME, time_s, shown, sizeof shown));
}

static void add_bar(struct weir_text *text, double part)
{
    int length = part > 0 ? (int)lround(BAR_WIDTH * fmin(part, 1)) : 0;
    for (int i = 0; i < length; i++)
        weir_text_add(text, "#");
    if (length == 0 && part > 0)
        weir_text_add(text, ".");
}

static const char *host_name(const struct weir_view *view, int host)
{
    return host >= 0 && host < view->host_count ? view->hosts[host].name : "?";
}

static int name_width(const struct picture *picture)
{
    int width = 4;
    for (int u = 0; u < picture->decision->game.user_count; u++) {
        int length = (int)strlen(picture->view->jobs[picture->decision->game.users[u].job].name);
        width = length > width ? length : width;
    }
    return width;
}

/* "edge-1 > detect@edge-2 40 % > edge-1" */
static void add_way(struct picture *picture, int user)
{
    const struct weir_offload_game *game = &picture->decision->game;
    const struct weir_job_view *job = &picture->view->jobs[game->users[user].job];
    int first = offload_problem_first_subtask(game->problem, user);
    weir_text_add(&picture->text, host_name(picture->view, job->source_host));
    for (int o = 0; o < job->operator_count; o++)
        weir_text_addf(&picture->text, "%s%s@%s %.3g%%", offload_problem_is_chain(game->problem, user) ? " > " : ", ",
                       job->operators[o].name, host_name(picture->view, picture->decision->placement[first + o]),
                       100 * picture->shares[first + o]);
    if (job->sink_host >= 0)
        weir_text_addf(&picture->text, " > %s", host_name(picture->view, job->sink_host));
}

static void add_users(struct picture *picture)
{
    const struct weir_offload_game *game = &picture->decision->game;
    int width = name_width(picture);
    weir_text_addf(&picture->text, "\n%-*s  %12s%12s  who is where, with which share of the node\n", width, "user",
                   "cost", "latency");
    for (int u = 0; u < game->user_count; u++) {
        weir_text_addf(&picture->text, "%-*s  ", width, picture->view->jobs[game->users[u].job].name);
        add_time(&picture->text, picture->cost_s[u] / game->users[u].scale);
        add_time(&picture->text, picture->latency_s[u] / game->users[u].scale);
        weir_text_add(&picture->text, "  ");
        add_way(picture, u);
        weir_text_addf(&picture->text, "%s\n", game->users[u].holds ? "" : "  (shares are not held)");
    }
}

static void add_node(struct picture *picture, int node, double most)
{
    const struct weir_offload_game *game = &picture->decision->game;
    const struct weir_host_view *host = &picture->view->hosts[node];
    double speed = host->speed_flops_per_s * (host->cores > 0 ? host->cores : 1);
    double part = picture->load[node] * picture->load[node] / speed;
    char shown[32];
    if (!(picture->load[node] > 0))
        return;
    weir_text_addf(&picture->text, "%-16s%12s", host->name,
                   weir_quantity_show(WEIR_UNIT_SPEED, speed, shown, sizeof shown));
    add_time(&picture->text, part);
    weir_text_add(&picture->text, "  ");
    add_bar(&picture->text, part / most);
    weir_text_add(&picture->text, " ");
    for (int u = 0; u < game->user_count; u++) {
        int first = offload_problem_first_subtask(game->problem, u), own = 0;
        const struct weir_job_view *job = &picture->view->jobs[game->users[u].job];
        for (int o = 0; o < job->operator_count; o++)
            if (picture->decision->placement[first + o] == node) {
                if (own++ == 0)
                    weir_text_addf(&picture->text, " %s:%s", job->name, job->operators[o].name);
                else
                    weir_text_addf(&picture->text, "+%s", job->operators[o].name);
            }
    }
    weir_text_add(&picture->text, "\n");
}

static double most_of(const struct picture *picture)
{
    double most = 0;
    for (int h = 0; h < picture->view->host_count; h++) {
        const struct weir_host_view *host = &picture->view->hosts[h];
        double speed = host->speed_flops_per_s * (host->cores > 0 ? host->cores : 1);
        most = fmax(most, picture->load[h] * picture->load[h] / speed);
    }
    for (int l = 0; l < picture->view->link_count; l++) {
        double load = picture->load[picture->view->host_count + l];
        most = fmax(most, load * load / picture->view->links[l].bytes_per_s);
    }
    return most > 0 ? most : 1;
}

static void add_resources(struct picture *picture)
{
    const struct weir_view *view = picture->view;
    double most = most_of(picture);
    weir_text_addf(&picture->text, "\n%-16s%12s%12s  what it adds to the sum of costs, and for whom\n", "node", "speed",
                   "adds");
    for (int h = 0; h < view->host_count; h++)
        add_node(picture, h, most);
    int left_out = 0, shown = 0;
    for (int l = 0; l < view->link_count; l++) {
        double load = picture->load[view->host_count + l], adds = load * load / view->links[l].bytes_per_s;
        char bandwidth[32];
        if (!(load > 0))
            continue;
        if (shown == LINKS_AT_MOST) {
            left_out++;
            continue;
        }
        if (shown++ == 0)
            weir_text_addf(&picture->text, "\n%-16s%12s%12s\n", "link", "bandwidth", "adds");
        weir_text_addf(
            &picture->text, "%-16s%12s", view->links[l].name,
            weir_quantity_show(WEIR_UNIT_BANDWIDTH, view->links[l].bytes_per_s, bandwidth, sizeof bandwidth));
        add_time(&picture->text, adds);
        weir_text_add(&picture->text, "  ");
        add_bar(&picture->text, adds / most);
        weir_text_add(&picture->text, "\n");
    }
    if (left_out)
        weir_text_addf(&picture->text, "and %d more links\n", left_out);
}

static void add_rounds(struct picture *picture)
{
    const struct offload_trace *trace = &picture->decision->trace;
    if (!trace->potential || trace->rounds < 1)
        return;
    weir_text_addf(&picture->text, "\n%-16s%12s%14s\n", "round", "potential", "sum of costs");
    for (int r = 0; r <= trace->rounds; r++) {
        weir_text_addf(&picture->text, "%-16d", r);
        add_time(&picture->text, trace->potential[r]);
        weir_text_add(&picture->text, "  ");
        add_time(&picture->text, trace->cost_s[r]);
        weir_text_add(&picture->text, "  ");
        add_bar(&picture->text, trace->potential[r] / trace->potential[0]);
        weir_text_add(&picture->text, "\n");
    }
    weir_text_addf(&picture->text, "an equilibrium after %d rounds and %d moves; the last round confirms it\n",
                   trace->rounds, trace->moves);
}

static void add_head(struct picture *picture, const char *name)
{
    const struct weir_offload_decision *decision = picture->decision;
    int used = 0;
    for (int h = 0; h < picture->view->host_count; h++)
        used += picture->load[h] > 0;
    weir_text_addf(&picture->text, "%s at %.6g s: %d user%s on %d of %d nodes\n", name, decision->time_s,
                   decision->game.user_count, decision->game.user_count == 1 ? "" : "s", used,
                   picture->view->host_count);
    double cost_s = 0, latency_s = 0;
    for (int u = 0; u < decision->game.user_count; u++) {
        cost_s += picture->cost_s[u] / decision->game.users[u].scale / decision->game.user_count;
        latency_s += picture->latency_s[u] / decision->game.users[u].scale / decision->game.user_count;
    }
    weir_text_addf(&picture->text, "of an item: mean cost %.6g s, mean latency %.6g s; potential %.6g s\n", cost_s,
                   latency_s, picture->evaluation.potential);
    if (decision->left_out)
        weir_text_addf(&picture->text, "left out: %s\n", decision->left_out);
}

char *weir_offload_explain(void *state, const struct weir_view *view)
{
    struct weir_offload *self = state;
    const struct weir_offload_game *game = &self->last.game;
    if (!game->problem || view->host_count != self->host_count)
        return NULL;
    struct picture picture = {.view = view, .decision = &self->last};
    picture.shares = weir_alloc((size_t)offload_problem_subtasks(game->problem), sizeof *picture.shares);
    picture.flows = weir_alloc((size_t)offload_problem_transfers(game->problem), sizeof *picture.flows);
    picture.cost_s = weir_alloc((size_t)game->user_count, sizeof *picture.cost_s);
    picture.latency_s = weir_alloc((size_t)game->user_count, sizeof *picture.latency_s);
    size_t resources = (size_t)offload_network_nodes(self->network) + (size_t)offload_network_links(self->network);
    picture.load = weir_alloc(resources, sizeof *picture.load);
    picture.evaluation =
        (struct offload_evaluation){.cost_s = picture.cost_s, .latency_s = picture.latency_s, .load = picture.load};
    bool good = offload_evaluate(game->problem, self->last.placement, &picture.evaluation) == WEIR_OK &&
                offload_shares(game->problem, self->last.placement, picture.shares, picture.flows) == WEIR_OK;
    if (good) {
        add_head(&picture, self->rules->name);
        add_users(&picture);
        add_resources(&picture);
        add_rounds(&picture);
    }
    weir_error_clear();
    char *text = good ? weir_copy(weir_text_string(&picture.text)) : NULL;
    weir_text_fini(&picture.text);
    free(picture.shares);
    free(picture.flows);
    free(picture.cost_s);
    free(picture.latency_s);
    free(picture.load);
    return text;
}
