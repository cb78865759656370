/* The last decision as it is in force: who is where, what each pays, and what each could gain. */
#include <stdlib.h>
#include <string.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Placements of a user up to which all are looked at. */
#define ENUMERABLE 1e6
/* Steps of the search for the optimum, and placements from which on it is not begun. */
#define STEPS         3e7
#define OPTIMUM_LIMIT 1e15

/* Where everything is now. What has gone, or is nowhere, counts as decided. */
static void find_places(const struct weir_view *view, struct weir_offload_picture *picture)
{
    const struct weir_offload_decision *decision = picture->decision;
    for (int u = 0; u < decision->game.user_count; u++) {
        const struct weir_job_view *job = &view->jobs[decision->game.users[u].job];
        int first, count = weir_offload_subtasks(&decision->game, u, &first);
        for (int o = 0; o < count; o++) {
            int host = job->running ? weir_offload_standing(&job->operators[o]) : -1;
            int decided = decision->placement[first + o];
            picture->placement[first + o] = host >= 0 ? host : decided;
            picture->elsewhere[first + o] = host >= 0 && host != decided;
        }
    }
}

static void picture_fini(struct weir_offload_picture *picture)
{
    free(picture->placement);
    free(picture->elsewhere);
    free(picture->shares);
    free(picture->flows);
    free(picture->cost_s);
    free(picture->latency_s);
    free(picture->load);
    free(picture->deviations);
    free(picture->responses);
}

static int find_bound(const struct offload_problem *problem, struct weir_offload_picture *picture)
{
    int code = offload_bound(problem, picture->placement, ENUMERABLE, &picture->bounds);
    int *best = weir_alloc((size_t)offload_problem_subtasks(problem), sizeof *best);
    if (code == WEIR_OK && offload_optimal_within(problem, OPTIMUM_LIMIT, STEPS, best, &picture->search) == WEIR_OK) {
        struct offload_evaluation optimum = {0};
        code = offload_evaluate(problem, best, &optimum);
        picture->optimum_s = optimum.cost_sum_s;
    } else if (code == WEIR_OK) { /* too many */
        picture->search.whole = false;
        weir_error_clear();
    }
    free(best);
    return code;
}

static int picture_make(const struct weir_view *view, const struct weir_offload_decision *decision,
                        const struct offload_problem *problem, const struct weir_explain_wish *wish,
                        struct weir_offload_picture *picture)
{
    size_t subtasks = (size_t)offload_problem_subtasks(problem), users = (size_t)decision->game.user_count;
    size_t resources =
        (size_t)offload_network_nodes(decision->game.network) + (size_t)offload_network_links(decision->game.network);
    picture->view = view;
    picture->decision = decision;
    picture->bound = wish->bound;
    picture->placement = weir_alloc(subtasks, sizeof *picture->placement);
    picture->elsewhere = weir_alloc(subtasks, sizeof *picture->elsewhere);
    picture->shares = weir_alloc(subtasks, sizeof *picture->shares);
    picture->flows = weir_alloc((size_t)offload_problem_transfers(problem), sizeof *picture->flows);
    picture->cost_s = weir_alloc(users, sizeof *picture->cost_s);
    picture->latency_s = weir_alloc(users, sizeof *picture->latency_s);
    picture->load = weir_alloc(resources, sizeof *picture->load);
    picture->deviations = weir_alloc(users, sizeof *picture->deviations);
    picture->responses = weir_alloc(subtasks, sizeof *picture->responses);
    picture->evaluation =
        (struct offload_evaluation){.cost_s = picture->cost_s, .latency_s = picture->latency_s, .load = picture->load};
    find_places(view, picture);
    int code = offload_evaluate(problem, picture->placement, &picture->evaluation);
    if (code == WEIR_OK)
        code = offload_shares(problem, picture->placement, picture->shares, picture->flows);
    if (code == WEIR_OK)
        code = offload_deviations(problem, picture->placement, ENUMERABLE, picture->deviations, picture->responses);
    if (code == WEIR_OK && wish->bound)
        code = find_bound(problem, picture);
    return code;
}

char *weir_offload_explain_as(void *state, const struct weir_view *view, const struct weir_explain_wish *wish)
{
    struct weir_offload *self = state;
    struct weir_offload_picture picture = {.policy = self->rules->name};
    if (!self->last.placement)
        return NULL;
    char *text = NULL, *left_out = NULL;
    /* All may go where there is room now, also those who were held back. */
    const struct weir_offload_question question = {.of = &self->last};
    struct weir_offload_game open;
    bool same = weir_offload_game_make(self, view, NULL, &question, &open, &left_out) == WEIR_OK &&
                open.user_count == self->last.game.user_count && self->last.game.network == self->network;
    weir_error_clear();
    if (picture_make(view, &self->last, same ? open.problem : self->last.game.problem, wish, &picture) == WEIR_OK)
        text = wish->json ? weir_offload_picture_json(&picture) : weir_offload_picture_text(&picture);
    else
        text = weir_format("%s at %.6g s: what is in force is none of its game's placements: %s\n", self->rules->name,
                           self->last.time_s, weir_error_message());
    weir_error_clear();
    picture_fini(&picture);
    weir_offload_game_fini(&open);
    free(left_out);
    return text;
}

char *weir_offload_explain(void *state, const struct weir_view *view)
{
    return weir_offload_explain_as(state, view, &(struct weir_explain_wish){0});
}
