/* The least sum of costs: sum_u |w_u|^2 + 2 sum_(u<v) <w_u, w_v> in the inner product with 1 / cap. Users are placed
 * depth first, with the bound that each of the rest takes what is cheapest beside those who are placed. Of a user's
 * placements only those are kept that can be part of anything better than what is known; products are reckoned when
 * they are needed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/game.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Placements of single users that are kept at once, at most. */
#define KEPT_AT_MOST 20000000L

/* A part of a placement's load. */
struct part {
    int resource;
    double load; /* w / sqrt(cap) */
};

/* A user's placement, cheapest first in its list. */
struct option {
    double base; /* cost if alone, or beside those who have no choice */
    size_t part; /* first of its parts */
    int parts;
    int number; /* of its nodes */
};

struct options {
    int user, count, subtasks;
    size_t room, part_count, part_room, at_room;
    struct option *list;
    struct part *parts;
    int *at;      /* [number][subtasks] */
    double least; /* what the user costs at least if alone */
};

struct tree {
    const struct offload_problem *problem;
    struct offload_game game; /* holds what users without a choice load, twice */
    int users;                /* that have one */
    struct options *options;  /* [users] */
    double *load;             /* [resources]: of those placed, w / sqrt(cap) */
    int *chosen, *best;       /* [users]: numbers */
    double fixed;             /* cost of those without a choice */
    double least;             /* known */
    double visited, most;
    long kept;
    bool full; /* too many are kept */
};

/* ---- the users' placements ---- */

struct keeper {
    struct tree *tree;
    struct options *options;
};

static void keep_option(void *context, double cost)
{
    const struct keeper *keeper = context;
    struct options *options = keeper->options;
    const struct offload_game *game = &keeper->tree->game;
    if (++keeper->tree->kept > KEPT_AT_MOST)
        keeper->tree->full = true;
    if (keeper->tree->full)
        return;
    size_t number = (size_t)options->count, subtasks = (size_t)options->subtasks;
    options->list = weir_grow(options->list, number + 1, &options->room, sizeof *options->list);
    options->parts = weir_grow(options->parts, options->part_count + (size_t)game->own_touched, &options->part_room,
                               sizeof *options->parts);
    options->at = weir_grow(options->at, (number + 1) * subtasks, &options->at_room, sizeof *options->at);
    struct option *option = &options->list[options->count++];
    *option = (struct option){.base = cost, .part = options->part_count, .number = (int)number};
    for (int i = 0; i < game->own_touched; i++) {
        int r = game->own_list[i];
        if (!game->own_count[r])
            continue;
        double load = offload_weight(game, game->own[r]) * sqrt(game->pull[r].per_capacity);
        options->parts[options->part_count++] = (struct part){r, load};
        option->parts++;
    }
    memcpy(options->at + number * subtasks, game->own_placement, subtasks * sizeof *options->at);
}

static int by_base(const void *a, const void *b)
{
    const struct option *x = a, *y = b;
    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* What all others cost at least if alone. */
static double least_of_others(const struct tree *tree, int u)
{
    double sum = tree->fixed;
    for (int v = 0; v < tree->users; v++)
        sum += v == u ? 0 : tree->options[v].least;
    return sum;
}

static void find_options(struct tree *tree, int u)
{
    struct options *options = &tree->options[u];
    struct keeper keeper = {tree, options};
    double below = tree->least - least_of_others(tree, u);
    tree->game.user = options->user;
    offload_game_each(&tree->game, &below, keep_option, &keeper);
    offload_game_clear(&tree->game);
    if (options->count > 0)
        qsort(options->list, (size_t)options->count, sizeof *options->list, by_base);
}

/* ---- products ---- */

static double product(const struct options *options, const struct option *option, const double *load)
{
    const struct part *parts = options->parts + option->part;
    double sum = 0;
    for (int i = 0; i < option->parts; i++)
        sum += parts[i].load * load[parts[i].resource];
    return 2 * sum;
}

static void add_load(const struct options *options, const struct option *option, double *load, double sign)
{
    const struct part *parts = options->parts + option->part;
    for (int i = 0; i < option->parts; i++)
        load[parts[i].resource] += sign * parts[i].load;
}

/* What a user costs at least beside a load. Others only add to a base: the rest of the list is no cheaper. */
static double least_beside(const struct options *options, const double *load)
{
    double least = INFINITY;
    for (int k = 0; k < options->count && options->list[k].base < least; k++) {
        double cost = options->list[k].base + product(options, &options->list[k], load);
        least = cost < least ? cost : least;
    }
    return least;
}

/* ---- fewer placements ---- */

/* What the whole costs at least if user u takes an option: every other one its cheapest beside it; not less than
 * `enough` need be told. */
static double least_with(struct tree *tree, int u, const struct option *option, double enough)
{
    double sum = option->base + tree->fixed;
    for (int v = 0; v < tree->users; v++)
        sum += v == u || tree->options[v].count == 0 ? 0 : tree->options[v].list[0].base;
    if (sum >= enough)
        return sum;
    add_load(&tree->options[u], option, tree->load, 1);
    for (int v = 0; v < tree->users && sum < enough; v++)
        if (v != u && tree->options[v].count > 0)
            sum += least_beside(&tree->options[v], tree->load) - tree->options[v].list[0].base;
    const struct part *parts = tree->options[u].parts + option->part;
    for (int i = 0; i < option->parts; i++)
        tree->load[parts[i].resource] = 0;
    return sum;
}

/* Drops options that cannot be part of anything better than what is known, until none is left to drop. */
static void reduce(struct tree *tree)
{
    for (bool dropped = true; dropped;) {
        dropped = false;
        for (int u = 0; u < tree->users; u++) {
            struct options *options = &tree->options[u];
            int left = 0;
            for (int k = 0; k < options->count; k++)
                if (least_with(tree, u, &options->list[k], tree->least) < tree->least)
                    options->list[left++] = options->list[k];
            dropped |= left < options->count;
            options->count = left;
        }
    }
}

/* ---- the search ---- */

struct ranked {
    double value;
    int option;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->option > y->option) - (x->option < y->option);
}

/* What users from `depth` on cost at least beside those placed. */
static double rest_below(const struct tree *tree, int depth)
{
    double sum = 0;
    for (int v = depth; v < tree->users; v++)
        sum += least_beside(&tree->options[v], tree->load);
    return sum;
}

/* Places user `depth` beside those before it, whose costs sum to `base`. */
static void search(struct tree *tree, int depth, double base)
{
    struct options *options = &tree->options[depth];
    int kept = 0;
    bool last = depth == tree->users - 1;
    double rest = rest_below(tree, depth + 1);
    tree->visited += options->count;
    struct ranked *ranked = weir_alloc((size_t)options->count, sizeof *ranked);
    for (int k = 0; k < options->count && base + options->list[k].base + rest < tree->least; k++) {
        double value = options->list[k].base + product(options, &options->list[k], tree->load);
        if (base + value + rest < tree->least)
            ranked[kept++] = (struct ranked){value, k};
    }
    qsort(ranked, (size_t)kept, sizeof *ranked, by_value);
    for (int i = 0; i < kept && base + ranked[i].value + rest < tree->least && tree->visited < tree->most; i++) {
        const struct option *option = &options->list[ranked[i].option];
        tree->chosen[depth] = option->number;
        if (last) {
            tree->least = base + ranked[i].value;
            memcpy(tree->best, tree->chosen, (size_t)tree->users * sizeof *tree->best);
            break;
        }
        add_load(options, option, tree->load, 1);
        if (base + ranked[i].value + rest_below(tree, depth + 1) < tree->least)
            search(tree, depth + 1, base + ranked[i].value);
        add_load(options, option, tree->load, -1);
    }
    free(ranked);
}

/* ---- the whole ---- */

static void tree_fini(struct tree *tree)
{
    for (int u = 0; u < tree->users; u++) {
        free(tree->options[u].list);
        free(tree->options[u].parts);
        free(tree->options[u].at);
    }
    offload_game_fini(&tree->game);
    free(tree->options);
    free(tree->load);
    free(tree->chosen);
    free(tree->best);
}

/* Users without a choice load the game twice: what another user costs beside them is then what the sum grows by. */
static void tree_init(struct tree *tree, const struct offload_problem *problem, int *placement, double least,
                      double most)
{
    size_t users = (size_t)problem->users,
           resources = (size_t)problem->network->nodes + (size_t)problem->network->links;
    *tree = (struct tree){.problem = problem, .least = least, .most = most};
    tree->options = weir_alloc(users, sizeof *tree->options);
    tree->load = weir_alloc(resources, sizeof *tree->load);
    tree->chosen = weir_alloc(users, sizeof *tree->chosen);
    tree->best = weir_alloc(users, sizeof *tree->best);
    for (int u = 0; u < problem->users; u++)
        if (offload_user_placements(problem, u) > 1)
            tree->options[tree->users++] =
                (struct options){.user = u, .subtasks = problem->first_subtask[u + 1] - problem->first_subtask[u]};
    int *fixed = weir_alloc((size_t)problem->subtasks, sizeof *fixed);
    if (problem->subtasks > 0)
        memcpy(fixed, placement, (size_t)problem->subtasks * sizeof *fixed);
    for (int i = 0; i < tree->users; i++)
        for (int s = 0; s < tree->options[i].subtasks; s++)
            fixed[problem->first_subtask[tree->options[i].user] + s] = -1;
    offload_game_init(&tree->game, problem, fixed, 2);
    offload_game_load(&tree->game);
    tree->game.placement = placement;
    tree->fixed = offload_placement_cost(problem, fixed);
    free(fixed);
    for (int i = 0; i < tree->users; i++) {
        tree->game.user = tree->options[i].user;
        memcpy(tree->game.own_placement, placement + problem->first_subtask[tree->options[i].user],
               (size_t)tree->options[i].subtasks * sizeof *placement);
        tree->options[i].least = offload_game_enumerate(&tree->game);
        if (tree->users == 1) /* there is no more to it */
            memcpy(placement + problem->first_subtask[tree->options[i].user], tree->game.own_placement,
                   (size_t)tree->options[i].subtasks * sizeof *placement);
        offload_game_clear(&tree->game);
    }
}

/* Searches from a placement that is known, into it. */
static int improve(const struct offload_problem *problem, double most, int *placement, struct offload_search *found)
{
    struct tree tree;
    double known = offload_placement_cost(problem, placement);
    /* A hair below, since rounding differs. */
    tree_init(&tree, problem, placement, known * (1 - 1e-12), most);
    bool any = tree.users > 1;
    for (int u = 0; u < tree.users && any; u++) {
        find_options(&tree, u);
        any = tree.options[u].count > 0 && !tree.full;
    }
    if (any) {
        reduce(&tree);
        for (int u = 0; u < tree.users; u++)
            any = any && tree.options[u].count > 0;
    }
    if (any)
        search(&tree, 0, tree.fixed);
    bool better = tree.least < known * (1 - 1e-12);
    for (int u = 0; u < tree.users && any && better; u++) {
        const struct options *options = &tree.options[u];
        memcpy(placement + problem->first_subtask[options->user],
               options->at + (size_t)tree.best[u] * (size_t)options->subtasks,
               (size_t)options->subtasks * sizeof *placement);
    }
    found->visited = tree.visited;
    found->whole = !tree.full && tree.visited < tree.most;
    bool full = tree.full;
    tree_fini(&tree);
    return full ? weir_error(WEIR_EINPUT,
                             "optimal: more than %ld placements of single users are in question, too many to keep: use "
                             "dwo or heu-wo",
                             KEPT_AT_MOST)
                : WEIR_OK;
}

int offload_optimal_within(const struct offload_problem *problem, double limit, double most, int *placement,
                           struct offload_search *search_out)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    struct offload_search found = {.placements = 1};
    for (int u = 0; u < problem->users; u++)
        found.placements *= offload_user_placements(problem, u);
    if (search_out)
        *search_out = found;
    limit = limit > 0 ? limit : OFFLOAD_OPTIMAL_LIMIT;
    if (found.placements >= limit)
        return weir_error(WEIR_EINPUT,
                          "optimal: %d users with %d subtasks on %d nodes make %.3g placements; it takes fewer than "
                          "%.3g: use dwo or heu-wo",
                          problem->users, problem->subtasks, problem->network->nodes, found.placements, limit);
    if (offload_check_enumerable(problem) < 0)
        return weir_error_code();
    /* Something good to begin with: it prunes. */
    struct offload_dwo_options options = {.start = OFFLOAD_START_HEU_WO, .starts = 5, .lower_sum_first = true};
    int code = offload_dwo(problem, &options, placement, NULL);
    if (code == WEIR_OK) {
        offload_lower_sum(problem, placement);
        code = improve(problem, most, placement, &found);
    }
    if (search_out)
        *search_out = found;
    return code;
}

int offload_optimal(const struct offload_problem *problem, double limit, int *placement, struct offload_search *search)
{
    return offload_optimal_within(problem, limit, INFINITY, placement, search);
}
