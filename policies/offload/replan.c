/* When an offloading policy decides, for whom, and which of the moves are worth their price. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

const char *const weir_offload_replans[] = {"arrival", "window", NULL};
const char *const weir_offload_holds[] = {"workflows", "all", "none", NULL};
const char *const weir_offload_share_names[] = {"subtask", "user", NULL};
const char *const weir_offload_rate_names[] = {"flow", "model", NULL};
const char *const weir_offload_units[] = {"auto", "item", "rate", NULL};

int weir_offload_create(struct weir_offload *self, const struct weir_policy_env *env,
                        const struct weir_offload_rules *rules)
{
    self->rules = rules;
    self->seed = weir_stream_key(env->seed, env->stream);
    return WEIR_OK;
}

static void decision_fini(const struct weir_offload *self, struct weir_offload_decision *decision)
{
    struct offload_network *network = (struct offload_network *)decision->game.network;
    weir_offload_game_fini(&decision->game);
    if (network != self->network)
        offload_network_free(network);
    offload_trace_fini(&decision->trace);
    free(decision->placement);
    free(decision->left_out);
    *decision = (struct weir_offload_decision){0};
}

void weir_offload_destroy(void *state)
{
    struct weir_offload *self = state;
    decision_fini(self, &self->last);
    offload_network_free(self->network);
    free(self->bytes_per_s);
    free(self->done);
}

int weir_offload_subtasks(const struct weir_offload_game *game, int user, int *first)
{
    *first = offload_problem_first_subtask(game->problem, user);
    int end = user + 1 < game->user_count ? offload_problem_first_subtask(game->problem, user + 1)
                                          : offload_problem_subtasks(game->problem);
    return end - *first;
}

int weir_offload_place_rest(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                            struct offload_trace *trace)
{
    int users = offload_problem_users(problem);
    bool *which = weir_alloc((size_t)users, sizeof *which);
    for (int u = 0; u < users; u++)
        which[u] = placement[offload_problem_first_subtask(problem, u)] < 0;
    int code = offload_heu_wo_place(problem, which, placement);
    free(which);
    return code;
}

/* Whether somebody has no place. */
static bool somebody_waits(const struct weir_offload_game *game)
{
    for (int u = 0; u < game->user_count; u++) {
        int first;
        if (weir_offload_subtasks(game, u, &first) > 0 && game->present[first] < 0)
            return true;
    }
    return false;
}

/* Each user without a place by itself. */
static int place_alone(struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                       const struct weir_offload_question *question, struct weir_offload_decision *decision)
{
    const struct weir_offload_game *game = &decision->game;
    int code = WEIR_OK;
    for (int u = 0; u < game->user_count && code == WEIR_OK; u++) {
        int first, count = weir_offload_subtasks(game, u, &first);
        if (count == 0 || decision->placement[first] >= 0)
            continue;
        struct offload_problem *alone = NULL;
        struct weir_stream seed = weir_stream_at(self->seed, (uint64_t)game->users[u].job);
        code = weir_offload_game_solo(self, view, plan, question, game, u, &alone);
        if (code == WEIR_OK)
            code =
                self->rules->solo(self, alone, weir_stream_bits(&seed), decision->placement + first, &decision->trace);
        offload_problem_free(alone);
    }
    return code;
}

/* Answers a question, for all users or only for those without a place: without a placement if there is nobody to
 * place. */
static int answer(struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                  const struct weir_offload_question *question, bool all, struct weir_offload_decision *decision)
{
    const struct weir_offload_rules *rules = self->rules;
    *decision = (struct weir_offload_decision){.time_s = view->time_s};
    int code = weir_offload_game_make(self, view, plan, question, &decision->game, &decision->left_out);
    if (code != WEIR_OK || !decision->game.problem || (!all && !somebody_waits(&decision->game)))
        return code;
    size_t subtasks = (size_t)offload_problem_subtasks(decision->game.problem);
    decision->placement = weir_alloc(subtasks, sizeof *decision->placement);
    memcpy(decision->placement, decision->game.present, subtasks * sizeof *decision->placement);
    struct weir_stream key = weir_stream_at(self->seed, question->count > 0 ? (uint64_t)question->jobs[0] + 1 : 0);
    if (rules->solo)
        return place_alone(self, view, plan, question, decision);
    return (all || !rules->one ? rules->all : rules->one)(self, decision->game.problem, weir_stream_bits(&key),
                                                          decision->placement, &decision->trace);
}

/* Slots that the default placement of jobs that arrive takes: nothing is there yet. */
static void find_spare(const struct weir_view *view, const struct weir_plan *plan,
                       const struct weir_offload_question *question)
{
    for (int h = 0; h < view->host_count; h++)
        for (int k = 0; k < question->count && view->hosts[h].slots > 0; k++)
            question->spare[h] += weir_offload_own_on(view, plan, question->jobs[k], h);
}

/* Decides, and writes the plan. A move that would not pay is held back before the plan is made, and the others decide
 * anew in view of that: what is decided is carried out as a whole. */
static int decide(struct weir_offload *self, const struct weir_view *view, const int *jobs, int count, bool all,
                  struct weir_plan *plan)
{
    if (view->host_count == 0)
        return WEIR_OK;
    struct weir_offload_question question = {.jobs = jobs, .count = count};
    struct weir_offload_decision decision = {0};
    int code = weir_offload_update_network(self, view);
    question.stays = weir_alloc((size_t)view->job_count, sizeof *question.stays);
    question.spare = weir_alloc((size_t)view->host_count, sizeof *question.spare);
    find_spare(view, plan, &question);
    for (question.again = true; code == WEIR_OK && question.again;) {
        question.again = false;
        decision_fini(self, &decision);
        code = answer(self, view, plan, &question, all, &decision);
        if (code == WEIR_OK && decision.placement)
            weir_offload_settle(self, view, plan, &decision, &question);
    }
    if (code == WEIR_OK && decision.placement) {
        self->stale = false;
        for (int u = 0; u < decision.game.user_count; u++)
            self->stale |= !decision.game.users[u].movable;
        weir_offload_carry(self, view, plan, &decision.game, decision.placement);
        decision_fini(self, &self->last);
        self->last = decision;
    } else {
        decision_fini(self, &decision);
    }
    free(question.stays);
    for (int j = 0; question.closed && j < view->job_count; j++)
        free(question.closed[j]);
    free(question.closed);
    free(question.spare);
    return code;
}

int weir_offload_jobs_arrive(void *state, const struct weir_view *view, const int *jobs, int count,
                             struct weir_plan *plan)
{
    struct weir_offload *self = state;
    for (int k = 0; k < count; k++)
        if ((size_t)jobs[k] < self->job_count)
            self->done[jobs[k]] = false;
    return decide(self, view, jobs, count, self->replan == WEIR_OFFLOAD_ARRIVAL, plan);
}

int weir_offload_job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    return weir_offload_jobs_arrive(state, view, &job, 1, plan);
}

/* Workflows whose one result has come are no users any more. */
static void note_done(struct weir_offload *self, const struct weir_view *view)
{
    self->done = weir_grow(self->done, (size_t)view->job_count, &self->job_capacity, sizeof *self->done);
    for (; self->job_count < (size_t)view->job_count; self->job_count++)
        self->done[self->job_count] = false;
    for (int j = 0; j < view->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        if (self->done[j] || !job->running || job->declared_items != 1 || !(job->delivered_rate > 0))
            continue;
        self->done[j] = true;
        self->stale = true;
    }
}

int weir_offload_window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_offload *self = state;
    note_done(self, view);
    return decide(self, view, NULL, 0, self->replan == WEIR_OFFLOAD_WINDOW || self->stale, plan);
}

void weir_offload_job_departs(void *state, const struct weir_view *view, int job)
{
    struct weir_offload *self = state;
    self->stale = true;
}
