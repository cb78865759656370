/* Algorithm 1 of [jiang-2023], and the refinement by moves of single subtasks, which is the same game with smaller
 * moves. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/chain.h"
#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

const char *const offload_response_names[] = {"segment", "enumerate", "viterbi", NULL};
const char *const offload_start_names[] = {"random", "heu-wo", "nearest", "given", NULL};

/* An accepted move lowers the cost by at least this share, so that rounding cannot go round in circles. */
#define LEAST_GAIN      1e-12
#define CHECK_TOLERANCE 1e-9
/* Nodes among which the programme seeks responses, but in the rounds that confirm. Networks with no more are small:
 * there each user has a full turn in each round, and the programme's best is tried even where it is no better than what
 * the user has, since moves of single subtasks may make it so. */
#define CANDIDATES 64

struct play {
    struct offload_game game;
    struct offload_chain chain;
    enum offload_response response;
    bool polish;  /* also: moves of single subtasks alone, for users that are no chain */
    bool singles; /* nothing but moves of single subtasks */
    bool check;
    double lower; /* a move is accepted if it lowers the cost to less than this share */
    int rounds, moves;
    bool may_rest;
    int candidates;    /* nodes for the programme */
    int *rest, *sleep; /* [users]: length of the latest rest; rounds of it that are left */
    struct offload_trace *trace;
};

static void play_init(struct play *play, const struct offload_problem *problem, int *placement, double others,
                      struct offload_trace *trace)
{
    *play = (struct play){.trace = trace, .lower = 1 - LEAST_GAIN};
    offload_game_init(&play->game, problem, placement, others);
    offload_chain_init(&play->chain, &play->game);
    play->may_rest = problem->network->nodes > CANDIDATES;
    play->rest = weir_alloc((size_t)problem->users, sizeof *play->rest);
    play->sleep = weir_alloc((size_t)problem->users, sizeof *play->sleep);
}

static void play_fini(struct play *play)
{
    offload_chain_fini(&play->chain);
    offload_game_fini(&play->game);
    free(play->rest);
    free(play->sleep);
}

/* The user's response, tried on return; its cost. */
static double respond(struct play *play, double now)
{
    struct offload_game *game = &play->game;
    const int *present = game->placement + game->problem->first_subtask[game->user];
    if (play->singles || (play->response != OFFLOAD_ENUMERATE && !game->problem->chain[game->user]))
        return offload_game_polish(game, play->singles);
    if (play->response == OFFLOAD_ENUMERATE)
        return offload_game_enumerate(game);
    double bound = play->may_rest ? now * play->lower : INFINITY;
    double cost = INFINITY;
    if (offload_chain_respond(&play->chain, play->response == OFFLOAD_VITERBI, play->candidates, bound)) {
        offload_game_try(game, play->chain.response);
        cost = play->polish ? offload_game_polish(game, false) : offload_game_cost(game);
    }
    if (!(cost < now * play->lower) && play->polish) {
        offload_game_try(game, present);
        cost = offload_game_polish(game, false);
    }
    return cost;
}

/* The potential before and after must differ by the mover's gain. */
static void check_move(struct play *play, double before, double gain, double now)
{
    double error = fabs(offload_game_totals(&play->game).potential - before - gain) / now;
    assert(error <= CHECK_TOLERANCE);
    if (play->trace) {
        play->trace->checked++;
        play->trace->worst_error = fmax(play->trace->worst_error, error);
    }
}

/* One user's turn; true if it moved. */
static bool turn(struct play *play, int user)
{
    struct offload_game *game = &play->game;
    int first = game->problem->first_subtask[user], count = game->problem->first_subtask[user + 1] - first;
    offload_game_begin(game, user);
    double now = offload_game_cost(game), cost = respond(play, now);
    bool moves = cost < now * play->lower;
    if (!moves) {
        offload_game_try(game, game->placement + first);
        offload_game_end(game);
        return false;
    }
    double before = play->check ? offload_game_totals(game).potential : 0;
    memcpy(game->placement + first, game->own_placement, (size_t)count * sizeof *game->placement);
    offload_game_end(game);
    if (play->check)
        check_move(play, before, cost - now, now);
    return true;
}

static void trace_round(struct play *play, size_t rounds)
{
    struct offload_trace *trace = play->trace;
    if (!trace)
        return;
    struct offload_totals totals = offload_game_totals(&play->game);
    trace->potential = weir_resize(trace->potential, rounds + 1, sizeof *trace->potential);
    trace->cost_s = weir_resize(trace->cost_s, rounds + 1, sizeof *trace->cost_s);
    trace->potential[rounds] = totals.potential;
    trace->cost_s[rounds] = totals.cost;
}

/* A user that has not moved rests for 1, 2, 4, then RESTS_MOST rounds before its next turn, until it moves. */
#define RESTS_MOST 8

static int next_rest(int rest)
{
    return rest == 0 ? 1 : rest < RESTS_MOST ? 2 * rest : RESTS_MOST;
}

/* All users in turn, but for those at rest; how many moved. *rested: how many had no turn. */
static int play_round(struct play *play, int *rested)
{
    int moved = 0;
    *rested = 0;
    offload_game_load(&play->game);
    for (int u = 0; u < play->game.problem->users; u++) {
        if (play->sleep[u] > 0) {
            play->sleep[u]--;
            (*rested)++;
        } else if (turn(play, u)) {
            play->rest[u] = 0;
            moved++;
        } else if (play->may_rest) {
            play->sleep[u] = play->rest[u] = next_rest(play->rest[u]);
        }
    }
    trace_round(play, (size_t)++play->rounds);
    play->moves += moved;
    return moved;
}

/* Rounds until nobody moves. The placement is feasible. On large networks, where a response among all nodes costs much
 * and few users move in late rounds, users rest and look at the nearest nodes only; all have a full turn in the round
 * that confirms. */
static void play_rounds(struct play *play)
{
    int users = play->game.problem->users, nodes = play->game.network->nodes, rested = 0;
    bool large = play->may_rest;
    trace_round(play, 0);
    for (bool going = true; going;) {
        play->candidates = large ? CANDIDATES : nodes;
        memset(play->sleep, 0, (size_t)users * sizeof *play->sleep);
        while (play_round(play, &rested) > 0)
            ;
        if (large) {
            play->candidates = nodes;
            memset(play->sleep, 0, (size_t)users * sizeof *play->sleep);
        }
        going = large && play_round(play, &rested) > 0;
    }
    if (play->trace) {
        play->trace->rounds = play->rounds;
        play->trace->moves = play->moves;
        play->trace->all_moves += play->moves;
    }
}

#ifdef NDEBUG
#define ALWAYS_CHECK false
#else
#define ALWAYS_CHECK true
#endif

/* Plays by segments with polish, or by single moves only. */
static void play_plain(const struct offload_problem *problem, int *placement, double others, bool singles,
                       struct offload_trace *trace)
{
    struct play play;
    play_init(&play, problem, placement, others, trace);
    play.polish = true;
    play.singles = singles;
    play.check = ALWAYS_CHECK;
    play_rounds(&play);
    play_fini(&play);
}

void offload_lower_sum(const struct offload_problem *problem, int *placement)
{
    play_plain(problem, placement, 2, false, NULL);
}

/* Plays from `placement` with the options. */
static void play_from(const struct offload_problem *problem, const struct offload_dwo_options *options, int *placement,
                      struct offload_trace *trace)
{
    struct play play;
    if (options->lower_sum_first)
        offload_lower_sum(problem, placement);
    play_init(&play, problem, placement, 1, trace);
    play.response = options->response;
    play.polish = options->response == OFFLOAD_SEGMENT && !options->no_polish;
    play.check = options->check || ALWAYS_CHECK;
    play.lower = 1 - fmax(options->least_gain, LEAST_GAIN);
    play_rounds(&play);
    play_fini(&play);
}

static int start_given(const struct offload_problem *problem, int *placement)
{
    int code = WEIR_OK;
    bool *which = weir_alloc((size_t)problem->users, sizeof *which);
    for (int u = 0; u < problem->users && code == WEIR_OK; u++) {
        for (int s = problem->first_subtask[u]; s < problem->first_subtask[u + 1]; s++)
            which[u] = which[u] || placement[s] == -1;
        if (!which[u])
            code = offload_check_user_placement(problem, u, placement + problem->first_subtask[u]);
    }
    if (code == WEIR_OK)
        code = offload_heu_wo_place(problem, which, placement);
    free(which);
    return code;
}

static int start(const struct offload_problem *problem, const struct offload_dwo_options *options, int number,
                 int *placement)
{
    if (number > 0 || options->start == OFFLOAD_START_RANDOM)
        return offload_random(problem, options->seed + (uint64_t)number, placement);
    if (options->start == OFFLOAD_START_GIVEN)
        return start_given(problem, placement);
    return options->start == OFFLOAD_START_HEU_WO ? offload_heu_wo(problem, placement)
                                                  : offload_nearest(problem, placement);
}

int offload_check_enumerable(const struct offload_problem *problem)
{
    for (int u = 0; u < problem->users; u++) {
        double count = offload_user_placements(problem, u);
        char who[OFFLOAD_NAME_SIZE];
        if (count > OFFLOAD_ENUMERATE_LIMIT)
            return weir_error(WEIR_EINPUT, "%s has %.3g placements, too many to enumerate (at most %.0g): use segment",
                              offload_user_name(problem, u, who), count, OFFLOAD_ENUMERATE_LIMIT);
    }
    return WEIR_OK;
}

/* Keeps the better of two traces of starts; what counts for all starts is summed. */
static void merge_trace(struct offload_trace *into, struct offload_trace *from, bool better)
{
    struct offload_trace all = {.checked = into->checked + from->checked,
                                .worst_error = fmax(into->worst_error, from->worst_error),
                                .all_moves = into->all_moves + from->all_moves};
    struct offload_trace *kept = better ? from : into, *dropped = better ? into : from;
    offload_trace_fini(dropped);
    kept->checked = all.checked;
    kept->worst_error = all.worst_error;
    kept->all_moves = all.all_moves;
    *into = *kept;
}

static int check_options(const struct offload_dwo_options *options)
{
    if ((unsigned)options->response > OFFLOAD_VITERBI || (unsigned)options->start > OFFLOAD_START_GIVEN)
        return weir_error(WEIR_EINPUT, "dwo: there is no response %d or no start %d", (int)options->response,
                          (int)options->start);
    if (!(options->least_gain >= 0 && options->least_gain <= 1))
        return weir_error(WEIR_EINPUT, "dwo: a least gain of %g; it must be 0 to 1", options->least_gain);
    return WEIR_OK;
}

int offload_dwo(const struct offload_problem *problem, const struct offload_dwo_options *options, int *placement,
                struct offload_trace *trace)
{
    if (learn_given(__func__, "problem options placement", problem, options,
                    offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    if (check_options(options) != WEIR_OK)
        return WEIR_EINPUT;
    if (options->response == OFFLOAD_ENUMERATE && offload_check_enumerable(problem) < 0)
        return weir_error_code();
    int starts = options->starts > 1 ? options->starts : 1, code = WEIR_OK;
    size_t size = (size_t)problem->subtasks * sizeof *placement;
    int *tried = weir_alloc((size_t)problem->subtasks, sizeof *tried);
    double least = INFINITY;
    if (options->start == OFFLOAD_START_GIVEN && size > 0)
        memcpy(tried, placement, size);
    for (int i = 0; i < starts && code == WEIR_OK; i++) {
        struct offload_trace one = {.start = i};
        code = start(problem, options, i, tried);
        if (code < 0)
            break;
        play_from(problem, options, tried, trace ? &one : NULL);
        double cost = starts > 1 ? offload_placement_cost(problem, tried) : 0;
        if (cost < least && size > 0)
            memcpy(placement, tried, size);
        if (trace)
            merge_trace(trace, &one, cost < least);
        least = fmin(least, cost);
    }
    free(tried);
    return code;
}

void offload_trace_fini(struct offload_trace *trace)
{
    if (!trace)
        return;
    free(trace->potential);
    free(trace->cost_s);
    *trace = (struct offload_trace){0};
}

int offload_refine(const struct offload_problem *problem, int *placement, struct offload_trace *trace)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    if (offload_check_placement(problem, placement) < 0)
        return weir_error_code();
    play_plain(problem, placement, 1, true, trace);
    return WEIR_OK;
}

int offload_best_response(const struct offload_problem *problem, const int *placement, int user,
                          enum offload_response kind, bool polish, int *response, double *cost_s)
{
    if (learn_given(__func__, "problem placement response cost_s", problem, offload_placement_given(problem, placement),
                    response, cost_s) != WEIR_OK)
        return WEIR_EINPUT;
    if (user < 0 || user >= problem->users || (unsigned)kind > OFFLOAD_VITERBI)
        return weir_error(WEIR_EINPUT, "there is no user %d of %d, or no kind %d of responses", user, problem->users,
                          (int)kind);
    if (offload_check_placement(problem, placement) < 0 ||
        (kind == OFFLOAD_ENUMERATE && offload_check_enumerable(problem) < 0))
        return weir_error_code();
    int *copy = weir_alloc((size_t)problem->subtasks, sizeof *copy);
    memcpy(copy, placement, (size_t)problem->subtasks * sizeof *copy);
    struct play play;
    play_init(&play, problem, copy, 1, NULL);
    play.response = kind;
    play.polish = polish && kind == OFFLOAD_SEGMENT;
    play.candidates = problem->network->nodes;
    offload_game_load(&play.game);
    offload_game_begin(&play.game, user);
    *cost_s = respond(&play, INFINITY) / problem->omega[user];
    memcpy(response, play.game.own_placement,
           (size_t)(problem->first_subtask[user + 1] - problem->first_subtask[user]) * sizeof *response);
    play_fini(&play);
    free(copy);
    return WEIR_OK;
}
