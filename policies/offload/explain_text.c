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

struct page {
    struct weir_text text;
    const struct weir_offload_picture *picture;
    const struct weir_view *view;
    const struct weir_offload_game *game;
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

static int name_width(const struct page *page)
{
    int width = 4;
    for (int u = 0; u < page->game->user_count; u++) {
        int length = (int)strlen(page->view->jobs[page->game->users[u].job].name);
        width = length > width ? length : width;
    }
    return width;
}

/* "edge-1 > detect@edge-2 40 % > edge-1" */
static void add_way(struct page *page, int user)
{
    const struct weir_offload_game *game = page->game;
    const struct weir_job_view *job = &page->view->jobs[game->users[user].job];
    int first = offload_problem_first_subtask(game->problem, user);
    weir_text_add(&page->text, host_name(page->view, job->source_host));
    for (int o = 0; o < job->operator_count; o++)
        weir_text_addf(&page->text, "%s%s@%s %.3g%%", offload_problem_is_chain(game->problem, user) ? " > " : ", ",
                       job->operators[o].name, host_name(page->view, page->picture->placement[first + o]),
                       100 * page->picture->shares[first + o]);
    if (job->sink_host >= 0)
        weir_text_addf(&page->text, " > %s", host_name(page->view, job->sink_host));
}

static void add_users(struct page *page)
{
    const struct weir_offload_game *game = page->game;
    int width = name_width(page);
    weir_text_addf(&page->text, "\n%-*s  %12s%12s  who is where, with which share of the node\n", width, "user", "cost",
                   "latency");
    for (int u = 0; u < game->user_count; u++) {
        weir_text_addf(&page->text, "%-*s  ", width, page->view->jobs[game->users[u].job].name);
        add_time(&page->text, page->picture->cost_s[u] / game->users[u].scale);
        add_time(&page->text, page->picture->latency_s[u] / game->users[u].scale);
        weir_text_add(&page->text, "  ");
        add_way(page, u);
        weir_text_addf(&page->text, "%s\n", game->users[u].holds ? "" : "  (shares are not held)");
    }
}

static void add_node(struct page *page, int node, double most)
{
    const struct weir_offload_game *game = page->game;
    const struct weir_host_view *host = &page->view->hosts[node];
    double speed = host->speed_flops_per_s * (host->cores > 0 ? host->cores : 1);
    double part = page->picture->load[node] * page->picture->load[node] / speed;
    char shown[32];
    if (!(page->picture->load[node] > 0))
        return;
    weir_text_addf(&page->text, "%-16s%12s", host->name,
                   weir_quantity_show(WEIR_UNIT_SPEED, speed, shown, sizeof shown));
    add_time(&page->text, part);
    weir_text_add(&page->text, "  ");
    add_bar(&page->text, part / most);
    weir_text_add(&page->text, " ");
    for (int u = 0; u < game->user_count; u++) {
        int first = offload_problem_first_subtask(game->problem, u), own = 0;
        const struct weir_job_view *job = &page->view->jobs[game->users[u].job];
        for (int o = 0; o < job->operator_count; o++)
            if (page->picture->placement[first + o] == node) {
                if (own++ == 0)
                    weir_text_addf(&page->text, " %s:%s", job->name, job->operators[o].name);
                else
                    weir_text_addf(&page->text, "+%s", job->operators[o].name);
            }
    }
    weir_text_add(&page->text, "\n");
}

static double most_of(const struct page *page)
{
    double most = 0;
    for (int h = 0; h < page->view->host_count; h++) {
        const struct weir_host_view *host = &page->view->hosts[h];
        double speed = host->speed_flops_per_s * (host->cores > 0 ? host->cores : 1);
        most = fmax(most, page->picture->load[h] * page->picture->load[h] / speed);
    }
    for (int l = 0; l < page->view->link_count; l++) {
        double load = page->picture->load[page->view->host_count + l];
        most = fmax(most, load * load / page->view->links[l].bytes_per_s);
    }
    return most > 0 ? most : 1;
}

static void add_resources(struct page *page)
{
    const struct weir_view *view = page->view;
    double most = most_of(page);
    weir_text_addf(&page->text, "\n%-16s%12s%12s  what it adds to the sum of costs, and for whom\n", "node", "speed",
                   "adds");
    for (int h = 0; h < view->host_count; h++)
        add_node(page, h, most);
    int left_out = 0, shown = 0;
    for (int l = 0; l < view->link_count; l++) {
        double load = page->picture->load[view->host_count + l], adds = load * load / view->links[l].bytes_per_s;
        char bandwidth[32];
        if (!(load > 0))
            continue;
        if (shown == LINKS_AT_MOST) {
            left_out++;
            continue;
        }
        if (shown++ == 0)
            weir_text_addf(&page->text, "\n%-16s%12s%12s\n", "link", "bandwidth", "adds");
        weir_text_addf(
            &page->text, "%-16s%12s", view->links[l].name,
            weir_quantity_show(WEIR_UNIT_BANDWIDTH, view->links[l].bytes_per_s, bandwidth, sizeof bandwidth));
        add_time(&page->text, adds);
        weir_text_add(&page->text, "  ");
        add_bar(&page->text, adds / most);
        weir_text_add(&page->text, "\n");
    }
    if (left_out)
        weir_text_addf(&page->text, "and %d more links\n", left_out);
}

static void add_rounds(struct page *page)
{
    const struct offload_trace *trace = &page->picture->decision->trace;
    if (!trace->potential || trace->rounds < 1)
        return;
    weir_text_addf(&page->text, "\n%-16s%12s%14s\n", "round", "potential", "sum of costs");
    for (int r = 0; r <= trace->rounds; r++) {
        weir_text_addf(&page->text, "%-16d", r);
        add_time(&page->text, trace->potential[r]);
        weir_text_add(&page->text, "  ");
        add_time(&page->text, trace->cost_s[r]);
        weir_text_add(&page->text, "  ");
        add_bar(&page->text, trace->potential[r] / trace->potential[0]);
        weir_text_add(&page->text, "\n");
    }
    weir_text_addf(&page->text, "moves: %d; in the last round nobody moved\n", trace->moves);
}

/* ---- what each could gain ---- */

/* "see-3 would save 2.1 % (3 ms) on node4, node7", why it does not */
static void add_gain(struct page *page, int user)
{
    const struct weir_offload_game *game = page->game;
    const struct offload_deviation *deviation = &page->picture->deviations[user];
    const struct weir_offload_user *who = &game->users[user];
    double saved_s = deviation->cost_s - deviation->best_s;
    int first, count = weir_offload_subtasks(game, user, &first);
    char shown[32];
    weir_text_addf(&page->text, "%s would save %.3g %% (%s) on ", page->view->jobs[who->job].name,
                   100 * saved_s / deviation->cost_s,
                   weir_quantity_show(WEIR_UNIT_TIME, saved_s / who->scale, shown, sizeof shown));
    for (int s = first; s < first + count; s++)
        weir_text_addf(&page->text, "%s%s", s > first ? ", " : "", host_name(page->view, page->picture->responses[s]));
    if (who->stays)
        weir_text_add(&page->text, who->movable ? ": its move would not pay" : ": a change of it is under way");
    weir_text_add(&page->text, "\n");
}

/* Whether the plan in force is an equilibrium, or how far from one. */
static void add_check(struct page *page)
{
    const struct weir_offload_picture *picture = page->picture;
    int gain = 0, certain = 0, most = -1, users = page->game->user_count;
    double saves = 0, could = 0;
    for (int u = 0; u < users; u++) {
        const struct offload_deviation *deviation = &picture->deviations[u];
        bool gains = offload_deviation_gains(deviation);
        double share = deviation->cost_s > 0 ? 1 - deviation->best_s / deviation->cost_s : 0;
        gain += gains;
        certain += offload_deviation_certain(deviation);
        could = fmax(could, deviation->cost_s > 0 ? 1 - deviation->least_s / deviation->cost_s : 0);
        if (gains && share > saves) {
            saves = share;
            most = u;
        }
    }
    weir_text_add(&page->text, "\n");
    if (gain > 0) {
        weir_text_addf(&page->text, "no Nash point: %d of %d user%s would gain by other places of %s own; ", gain,
                       users, users == 1 ? "" : "s", users == 1 ? "its" : "their");
        add_gain(page, most);
    } else if (certain == users) {
        weir_text_add(&page->text, "an equilibrium: no user would gain by other places of its own\n");
    } else {
        weir_text_addf(&page->text,
                       "no better place was found for any user; none can gain more than %.3g %% by other places of its "
                       "own, and %d of %d nothing\n",
                       100 * could, certain, users);
    }
}

static void add_elsewhere(struct page *page)
{
    const struct weir_offload_game *game = page->game;
    int shown = 0;
    for (int u = 0; u < game->user_count; u++) {
        int first, count = weir_offload_subtasks(game, u, &first);
        const struct weir_job_view *job = &page->view->jobs[game->users[u].job];
        for (int o = 0; o < count; o++) {
            if (!page->picture->elsewhere[first + o] || shown++ >= LINKS_AT_MOST)
                continue;
            weir_text_addf(&page->text, "not as decided: %s/%s is on %s, and was to be on %s\n", job->name,
                           job->operators[o].name, host_name(page->view, page->picture->placement[first + o]),
                           host_name(page->view, page->picture->decision->placement[first + o]));
        }
    }
    if (shown > LINKS_AT_MOST)
        weir_text_addf(&page->text, "and %d more are not as decided\n", shown - LINKS_AT_MOST);
}

/* ---- the bound ---- */

static void add_line(struct page *page, const char *what, double value_s, double over)
{
    weir_text_addf(&page->text, "%-46s", what);
    add_time(&page->text, value_s);
    weir_text_addf(&page->text, "%10.4g\n", over);
}

static void add_bound(struct page *page)
{
    const struct weir_offload_picture *picture = page->picture;
    const struct offload_bounds *bounds = &picture->bounds;
    if (!picture->bound)
        return;
    double cost_s = bounds->cost_s;
    weir_text_addf(&page->text, "\n%-46s%12s%10s\n", "sum of costs", "", "over it");
    add_line(page, "as it is in force", cost_s, 1);
    if (bounds->slack > 0) {
        weir_text_addf(&page->text, "no user costs more than %.6g times its best response\n", 1 + bounds->slack);
        add_line(page, "least by (36) with that", cost_s / bounds->anarchy, bounds->anarchy);
        add_line(page, "least by (31), with all best responses", bounds->responses_s, cost_s / bounds->responses_s);
    } else {
        add_line(page, "least by (36), of an equilibrium", cost_s / bounds->anarchy, bounds->anarchy);
    }
    add_line(page, "least if each user were alone", bounds->alone_s, cost_s / bounds->alone_s);
    if (picture->search.whole)
        add_line(page, "the optimum", picture->optimum_s, cost_s / picture->optimum_s);
    else
        weir_text_addf(&page->text, "the optimum of %.3g placements was not searched to the end\n",
                       picture->search.placements);
}

/* ---- the whole ---- */

static void add_head(struct page *page)
{
    const struct weir_offload_picture *picture = page->picture;
    const struct weir_offload_decision *decision = picture->decision;
    int used = 0, users = page->game->user_count;
    for (int h = 0; h < page->view->host_count; h++)
        used += picture->load[h] > 0;
    weir_text_addf(&page->text, "%s at %.6g s: %d user%s on %d of %d nodes\n", picture->policy, decision->time_s, users,
                   users == 1 ? "" : "s", used, page->view->host_count);
    double cost_s = 0, latency_s = 0;
    for (int u = 0; u < users; u++) {
        cost_s += picture->cost_s[u] / page->game->users[u].scale / users;
        latency_s += picture->latency_s[u] / page->game->users[u].scale / users;
    }
    weir_text_addf(&page->text, "of an item: mean cost %.6g s, mean latency %.6g s; potential %.6g s\n", cost_s,
                   latency_s, picture->evaluation.potential);
    if (decision->left_out)
        weir_text_addf(&page->text, "left out: %s\n", decision->left_out);
    add_elsewhere(page);
}

char *weir_offload_picture_text(const struct weir_offload_picture *picture)
{
    struct page page = {.picture = picture, .view = picture->view, .game = &picture->decision->game};
    add_head(&page);
    add_users(&page);
    add_resources(&page);
    add_rounds(&page);
    add_check(&page);
    add_bound(&page);
    char *text = weir_copy(weir_text_string(&page.text));
    weir_text_fini(&page.text);
    return text;
}
