/* The running jobs as users of a computing network. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Windows over which the rate of a stream is averaged. */
#define RATE_WINDOWS 6
/* Items/s beyond which a rate is a slip of the monitor. */
#define RATE_AT_MOST 1e12

/* A user as the library wants it; everything owned. */
struct draft {
    struct offload_user user;
    double *work_flop;
    int *kinds;
    unsigned char *hosts;
    struct offload_transfer *transfers;
    int *present;
};

static void draft_fini(struct draft *draft)
{
    free(draft->work_flop);
    free(draft->kinds);
    free(draft->hosts);
    free(draft->transfers);
    free(draft->present);
}

/* Items/s of a stream: measured, else declared, else 1. */
static double rate_of(const struct weir_job_view *job)
{
    double sum = 0;
    int first = job->history_count > RATE_WINDOWS ? job->history_count - RATE_WINDOWS : 0;
    for (int w = first; w < job->history_count; w++)
        sum += job->ingress_history[w];
    double measured = job->history_count > first ? sum / (job->history_count - first) : job->ingress_rate;
    if (measured > 0 && measured <= RATE_AT_MOST)
        return measured;
    return job->declared_items_per_s > 0 && job->declared_items_per_s <= RATE_AT_MOST ? job->declared_items_per_s : 1;
}

/* Items that reach and leave each operator for one of the source. */
static void find_visits(const struct weir_job_view *job, double *visits, double *leaving)
{
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        double sum = 0;
        for (int u = 0; u < op->upstream_count; u++) {
            double from = op->upstream[u] < 0 ? 1 : leaving[op->upstream[u]];
            sum = op->joins ? fmax(sum, from) : sum + from;
        }
        visits[o] = sum;
        leaving[o] = sum * op->selectivity;
    }
}

/* What is planned; without a plan, what is there. */
static const struct weir_placement *planned(const struct weir_view *view, const struct weir_plan *plan, int job, int op,
                                            int *count)
{
    if (plan)
        return weir_plan_get(plan, job, op, count);
    *count = view->jobs[job].operators[op].instance_count;
    return view->jobs[job].operators[op].instances;
}

int weir_offload_own_on(const struct weir_view *view, const struct weir_plan *plan, int job, int host)
{
    int own = 0;
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        int count;
        const struct weir_placement *placed = planned(view, plan, job, o, &count);
        for (int i = 0; i < count; i++)
            own += placed[i].host == host;
    }
    return own;
}

/* Whether a host has memory for the state of an operator, which is not there yet. */
static bool holds_state(const struct weir_host_view *host, const struct weir_operator_view *op)
{
    bool state = isfinite(op->state_bytes) && op->state_bytes > 0;
    return !state || !(host->memory_bytes > 0) || op->state_bytes <= host->memory_bytes - host->memory_used_bytes;
}

/* Hosts that are up and have room for the operator's instances, those of the job itself not counted, nor those of jobs
 * that arrive, and that are not closed to it. */
static void find_hosts(const struct weir_view *view, const struct weir_plan *plan, const struct weir_offload_user *user,
                       const struct weir_offload_question *question, unsigned char *hosts)
{
    int job = user->job;
    const struct weir_job_view *seen = &view->jobs[job];
    const bool *closed = question->closed ? question->closed[job] : NULL;
    for (int h = 0; h < view->host_count; h++) {
        long room = plan ? weir_plan_free_slots(plan, h) : view->hosts[h].slots - view->hosts[h].instances;
        if (view->hosts[h].slots > 0)
            room += (question->spare ? question->spare[h] : 0) +
                    (user->arriving ? 0 : weir_offload_own_on(view, plan, job, h));
        for (int o = 0; o < seen->operator_count; o++) {
            size_t at = (size_t)o * (size_t)view->host_count + (size_t)h;
            int count;
            planned(view, plan, job, o, &count);
            hosts[at] = view->hosts[h].up && !(closed && closed[at]) && (view->hosts[h].slots <= 0 || room >= count) &&
                        holds_state(&view->hosts[h], &seen->operators[o]);
        }
    }
}

int weir_offload_standing(const struct weir_operator_view *op)
{
    for (int i = op->instance_count - 1; i >= 0 && op->changing; i--)
        if (op->ready_s && op->ready_s[i] < 0)
            return op->instances[i].host;
    return op->instance_count > 0 ? op->instances[0].host : -1;
}

static int count_edges(const struct weir_job_view *job)
{
    int edges = 0;
    for (int o = 0; o < job->operator_count; o++)
        edges += job->operators[o].upstream_count + job->operators[o].downstream_count;
    return edges;
}

static bool known(const struct weir_view *view, int host)
{
    return host >= 0 && host < view->host_count;
}

int weir_offload_transfers(const struct weir_view *view, int j, double scale, struct offload_transfer **transfers)
{
    const struct weir_job_view *job = &view->jobs[j];
    size_t operators = (size_t)job->operator_count;
    double *visits = weir_alloc(operators, sizeof *visits), *leaving = weir_alloc(operators, sizeof *leaving);
    int count = 0;
    struct offload_transfer *list = weir_alloc((size_t)count_edges(job), sizeof *list);
    find_visits(job, visits, leaving);
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        for (int u = 0; u < op->upstream_count; u++) {
            int from = op->upstream[u] < 0 ? -1 : op->upstream[u];
            double items = from < 0 ? 1 : leaving[from];
            if (from >= 0 || known(view, job->source_host))
                list[count++] = (struct offload_transfer){from, o, scale * items * op->upstream_bytes[u]};
        }
        for (int d = 0; d < op->downstream_count; d++)
            if (op->downstream[d] < 0 && known(view, job->sink_host))
                list[count++] = (struct offload_transfer){o, -1, scale * leaving[o] * op->downstream_bytes[d]};
    }
    free(visits);
    free(leaving);
    *transfers = list;
    return count;
}

static void add_transfers(const struct weir_view *view, int job, double scale, struct draft *draft)
{
    draft->user.transfer_count = weir_offload_transfers(view, job, scale, &draft->transfers);
    draft->user.transfers = draft->transfers;
    draft->user.origin = draft->user.end = -1;
    for (int t = 0; t < draft->user.transfer_count; t++) {
        if (draft->transfers[t].from < 0)
            draft->user.origin = view->jobs[job].source_host;
        if (draft->transfers[t].to < 0)
            draft->user.end = view->jobs[job].sink_host;
    }
}

/* Where the operators are planned now, or where the change that is under way takes them; all -1 unless that is where
 * they could be. */
static void find_present(const struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                         int job, const struct draft *draft)
{
    int operators = draft->user.subtask_count;
    bool feasible = true;
    for (int o = 0; o < operators; o++) {
        const struct weir_operator_view *op = &view->jobs[job].operators[o];
        int count;
        const struct weir_placement *placed = planned(view, plan, job, o, &count);
        int host = op->changing ? weir_offload_standing(op) : count > 0 ? placed[0].host : -1;
        draft->present[o] = host;
        feasible = feasible && known(view, host) && view->hosts[host].up;
        if (feasible) /* that it is there shows that it has room */
            draft->hosts[(size_t)o * (size_t)view->host_count + (size_t)host] = 1;
    }
    for (int t = 0; feasible && t < draft->user.transfer_count; t++) {
        const struct offload_transfer *transfer = &draft->transfers[t];
        int from = transfer->from < 0 ? draft->user.origin : draft->present[transfer->from];
        int to = transfer->to < 0 ? draft->user.end : draft->present[transfer->to];
        feasible = offload_network_reaches(self->network, from, to);
    }
    for (int o = 0; !feasible && o < operators; o++)
        draft->present[o] = -1;
}

/* It may be where it is, and nowhere else. */
static void pin(const struct weir_view *view, const struct draft *draft)
{
    size_t hosts = (size_t)view->host_count;
    memset(draft->hosts, 0, (size_t)draft->user.subtask_count * hosts);
    for (int o = 0; o < draft->user.subtask_count; o++)
        draft->hosts[(size_t)o * hosts + (size_t)draft->present[o]] = 1;
}

/* The draft of one job. A user that is to stay, but is nowhere where it could be, is none of those that stay. */
static struct draft draft_of(const struct weir_offload *self, const struct weir_view *view,
                             const struct weir_plan *plan, const struct weir_offload_question *question,
                             struct weir_offload_user *user)
{
    const struct weir_job_view *job = &view->jobs[user->job];
    size_t operators = (size_t)job->operator_count;
    struct draft draft = {.user = {.name = job->name, .subtask_count = job->operator_count, .weight = job->omega}};
    double *visits = weir_alloc(operators, sizeof *visits), *leaving = weir_alloc(operators, sizeof *leaving);
    find_visits(job, visits, leaving);
    draft.work_flop = weir_alloc(operators, sizeof *draft.work_flop);
    draft.kinds = weir_alloc(operators, sizeof *draft.kinds);
    for (size_t o = 0; o < operators; o++) {
        draft.work_flop[o] = user->scale * visits[o] * job->operators[o].flops_per_item;
        draft.kinds[o] = job->operators[o].work_class == WEIR_VIEW_GPU ? WEIR_VIEW_GPU : WEIR_VIEW_CPU;
    }
    draft.hosts = weir_alloc(operators * (size_t)view->host_count, sizeof *draft.hosts);
    find_hosts(view, plan, user, question, draft.hosts);
    add_transfers(view, user->job, user->scale, &draft);
    draft.present = weir_alloc(operators, sizeof *draft.present);
    if (user->arriving)
        for (size_t o = 0; o < operators; o++)
            draft.present[o] = -1;
    else
        find_present(self, view, plan, user->job, &draft);
    user->stays = user->stays && draft.present[0] >= 0;
    if (user->stays)
        pin(view, &draft);
    draft.user.work_flop = draft.work_flop;
    draft.user.kinds = draft.kinds;
    draft.user.hosts = draft.hosts;
    free(visits);
    free(leaving);
    return draft;
}

/* A job that runs and has not yet done all that it came for. */
static bool takes_part(const struct weir_offload *self, const struct weir_view *view, int j)
{
    const struct weir_job_view *job = &view->jobs[j];
    return job->running && job->operator_count > 0 && !((size_t)j < self->job_count && self->done[j]);
}

/* Whether nothing of a job is deployed, and nothing is about to be. */
static bool is_free(const struct weir_job_view *job)
{
    for (int o = 0; o < job->operator_count; o++)
        if (job->operators[o].instance_count > 0 || job->operators[o].changing)
            return false;
    return true;
}

static struct weir_offload_user user_of(const struct weir_offload *self, const struct weir_view *view, int j,
                                        const struct weir_offload_question *question)
{
    const struct weir_job_view *job = &view->jobs[j];
    bool workflow = job->declared_items == 1;
    bool by_item = self->unit == WEIR_OFFLOAD_ITEM || (self->unit == WEIR_OFFLOAD_AUTO && workflow);
    struct weir_offload_user user = {.job = j, .movable = true, .weight = job->omega > 0 ? job->omega : 1};
    for (int k = 0; k < question->count; k++)
        user.arriving |= question->jobs[k] == j && is_free(job);
    user.scale = by_item ? 1 : rate_of(job);
    user.holds = self->hold == WEIR_OFFLOAD_ALL || (self->hold == WEIR_OFFLOAD_WORKFLOWS && workflow);
    for (int o = 0; o < job->operator_count; o++)
        user.movable &= !job->operators[o].changing;
    user.stays = !user.movable || question->stays[j];
    return user;
}

static int make_problem(const struct weir_offload *self, const struct draft *drafts, int count,
                        struct offload_problem **problem)
{
    struct offload_user *users = weir_alloc((size_t)count, sizeof *users);
    for (int u = 0; u < count; u++)
        users[u] = drafts[u].user;
    int code = offload_problem_new(self->network, users, count,
                                   self->share == 1 ? OFFLOAD_SHARE_OF_USER : OFFLOAD_SHARE_OF_SUBTASK, problem);
    free(users);
    return code;
}

/* Takes out the users that make no problem even alone. */
static int sort_out(const struct weir_offload *self, struct draft *drafts, struct weir_offload_user *users, int count,
                    char **left_out)
{
    int kept = 0;
    for (int u = 0; u < count; u++) {
        struct offload_problem *alone = NULL;
        bool good = make_problem(self, &drafts[u], 1, &alone) == WEIR_OK;
        offload_problem_free(alone);
        if (!good) {
            char *all =
                *left_out ? weir_format("%s; %s", *left_out, weir_error_message()) : weir_copy(weir_error_message());
            free(*left_out);
            *left_out = all;
            weir_error_clear();
            draft_fini(&drafts[u]);
            continue;
        }
        drafts[kept] = drafts[u];
        users[kept++] = users[u];
    }
    return kept;
}

int weir_offload_game_make(struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                           const struct weir_offload_question *question, struct weir_offload_game *game,
                           char **left_out)
{
    int code = WEIR_OK;
    *game = (struct weir_offload_game){.network = self->network};
    *left_out = NULL;
    struct draft *drafts = weir_alloc((size_t)view->job_count, sizeof *drafts);
    game->users = weir_alloc((size_t)view->job_count, sizeof *game->users);
    int count = 0;
    for (int u = 0; question->of && u < question->of->game.user_count; u++) {
        game->users[count] = question->of->game.users[u];
        game->users[count].stays = game->users[count].arriving = false;
        drafts[count] = draft_of(self, view, plan, question, &game->users[count]);
        count++;
    }
    for (int j = 0; j < view->job_count && !question->of; j++)
        if (takes_part(self, view, j)) {
            game->users[count] = user_of(self, view, j, question);
            drafts[count] = draft_of(self, view, plan, question, &game->users[count]);
            count++;
        }
    if (count > 0 && make_problem(self, drafts, count, &game->problem) != WEIR_OK) {
        weir_error_clear();
        count = sort_out(self, drafts, game->users, count, left_out);
        code = count > 0 ? make_problem(self, drafts, count, &game->problem) : WEIR_OK;
    }
    game->user_count = count;
    if (game->problem) {
        game->present = weir_alloc((size_t)offload_problem_subtasks(game->problem), sizeof *game->present);
        for (int u = 0; u < count; u++)
            memcpy(game->present + offload_problem_first_subtask(game->problem, u), drafts[u].present,
                   (size_t)drafts[u].user.subtask_count * sizeof *game->present);
    }
    for (int u = 0; u < count; u++)
        draft_fini(&drafts[u]);
    free(drafts);
    return code;
}

int weir_offload_game_solo(const struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                           const struct weir_offload_question *question, const struct weir_offload_game *game, int user,
                           struct offload_problem **problem)
{
    struct draft draft = draft_of(self, view, plan, question, &game->users[user]);
    int code = make_problem(self, &draft, 1, problem);
    draft_fini(&draft);
    return code;
}

void weir_offload_game_fini(struct weir_offload_game *game)
{
    offload_problem_free(game->problem);
    free(game->users);
    free(game->present);
    *game = (struct weir_offload_game){0};
}
