/* The least sum of costs: sum_u |w_u|^2 + 2 sum_(u<v) <w_u, w_v> in the inner product with 1 / cap. The products of all
 * pairs of users' placements are tabulated; users are placed depth first, with the bound that each of the rest takes
 * what is cheapest beside those who are placed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/game.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Tables of products beyond this are refused. */
#define TABLE_BYTES 512e6

/* A user's placements that are still in question. */
struct options {
    int count, room, subtasks;
    int *at;      /* [count][subtasks] */
    double *load; /* [count][resources]: w / sqrt(cap) */
    double *base; /* [count]: cost if alone */
};

struct tree {
    const struct offload_problem *problem;
    int users, resources;
    struct options *options; /* [users] */
    double **product;        /* [users][users], for u < v: [count u][count v] */
    double **value;          /* [users][users]: at depth d, of user v >= d: [count v], its cost beside those placed */
    int *chosen, *best;      /* [users] */
    double least;
    long visited;
};

/* ---- the users' placements ---- */

static void keep_option(struct offload_game *game, struct options *options)
{
    int resources = game->network->nodes + game->network->links;
    if (options->count == options->room) {
        options->room = options->room ? 2 * options->room : 64;
        size_t room = (size_t)options->room;
        options->at = weir_resize(options->at, room * (size_t)options->subtasks, sizeof *options->at);
        options->load = weir_resize(options->load, room * (size_t)resources, sizeof *options->load);
        options->base = weir_resize(options->base, room, sizeof *options->base);
    }
    double *load = options->load + (size_t)options->count * (size_t)resources;
    double base = game->own_delay_s;
    offload_game_try(game, game->own_placement);
    for (int r = 0; r < resources; r++) {
        load[r] = offload_weight(game, game->own[r]) * sqrt(game->pull[r].per_capacity);
        base += load[r] * load[r];
    }
    options->base[options->count] = base;
    memcpy(options->at + (size_t)options->count * (size_t)options->subtasks, game->own_placement,
           (size_t)options->subtasks * sizeof *options->at);
    options->count++;
}

/* Every feasible placement of the user of the game, which holds no loads. */
static void find_options(struct offload_game *game, struct options *options, int local)
{
    int first = game->problem->first_subtask[game->user];
    if (local == options->subtasks) {
        keep_option(game, options);
        return;
    }
    for (int m = 0; m < game->network->nodes; m++)
        if (offload_fits(game->problem, game->user, first + local, game->own_placement, m)) {
            game->own_placement[local] = m;
            find_options(game, options, local + 1);
        }
}

static void drop_option(struct options *options, int resources, int k)
{
    int last = --options->count;
    options->base[k] = options->base[last];
    memcpy(options->at + (size_t)k * (size_t)options->subtasks, options->at + (size_t)last * (size_t)options->subtasks,
           (size_t)options->subtasks * sizeof *options->at);
    memcpy(options->load + (size_t)k * (size_t)resources, options->load + (size_t)last * (size_t)resources,
           (size_t)resources * sizeof *options->load);
}

static double dot(const double *a, const double *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

static const double *load_of(const struct tree *tree, int u, int k)
{
    return tree->options[u].load + (size_t)k * (size_t)tree->resources;
}

static double least_of(const double *values, int count)
{
    double least = INFINITY;
    for (int i = 0; i < count; i++)
        least = values[i] < least ? values[i] : least;
    return least;
}

/* What the whole costs at least if user u takes its option k: every other one its cheapest beside it. */
static double least_with(const struct tree *tree, int u, int k)
{
    double sum = tree->options[u].base[k];
    for (int v = 0; v < tree->users; v++)
        sum += v == u ? 0 : least_of(tree->options[v].base, tree->options[v].count);
    if (sum >= tree->least)
        return sum;
    sum = tree->options[u].base[k];
    for (int v = 0; v < tree->users; v++) {
        double least = INFINITY;
        for (int l = 0; v != u && l < tree->options[v].count; l++) {
            double base = tree->options[v].base[l];
            if (base < least)
                least = fmin(least, base + 2 * dot(load_of(tree, u, k), load_of(tree, v, l), tree->resources));
        }
        sum += v == u ? 0 : least;
    }
    return sum;
}

/* Drops options that cannot be part of anything better than what is known, until none is left to drop. */
static void reduce(struct tree *tree)
{
    for (bool dropped = true; dropped;) {
        dropped = false;
        for (int u = 0; u < tree->users; u++)
            for (int k = tree->options[u].count - 1; k >= 0; k--)
                if (least_with(tree, u, k) >= tree->least) {
                    drop_option(&tree->options[u], tree->resources, k);
                    dropped = true;
                }
    }
}

/* ---- the search ---- */

static void tabulate(struct tree *tree)
{
    for (int u = 0; u < tree->users; u++)
        for (int v = u + 1; v < tree->users; v++) {
            size_t rows = (size_t)tree->options[u].count, columns = (size_t)tree->options[v].count;
            double *product = weir_alloc(rows * columns, sizeof *product);
            for (size_t k = 0; k < rows; k++)
                for (size_t l = 0; l < columns; l++)
                    product[k * columns + l] =
                        2 * dot(load_of(tree, u, (int)k), load_of(tree, v, (int)l), tree->resources);
            tree->product[u * tree->users + v] = product;
        }
    for (int d = 0; d < tree->users; d++)
        for (int v = d; v < tree->users; v++)
            tree->value[d * tree->users + v] = weir_alloc((size_t)tree->options[v].count, sizeof(double));
}

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

/* Places user `depth` beside those before it, whose costs sum to `base`. */
static void search(struct tree *tree, int depth, double base)
{
    int users = tree->users, count = tree->options[depth].count, kept = 0;
    double *const *value = &tree->value[depth * users];
    double rest = 0;
    for (int v = depth + 1; v < users; v++)
        rest += least_of(value[v], tree->options[v].count);
    tree->visited += count;
    if (depth == users - 1) {
        for (int k = 0; k < count; k++)
            if (base + value[depth][k] < tree->least) {
                tree->least = base + value[depth][k];
                tree->chosen[depth] = k;
                memcpy(tree->best, tree->chosen, (size_t)users * sizeof *tree->best);
            }
        return;
    }
    struct ranked *ranked = weir_alloc((size_t)count, sizeof *ranked);
    for (int k = 0; k < count; k++)
        if (base + value[depth][k] + rest < tree->least)
            ranked[kept++] = (struct ranked){value[depth][k], k};
    qsort(ranked, (size_t)kept, sizeof *ranked, by_value);
    for (int i = 0; i < kept && base + ranked[i].value + rest < tree->least; i++) {
        int k = ranked[i].option;
        double bound = base + ranked[i].value;
        for (int v = depth + 1; v < users; v++) {
            int columns = tree->options[v].count;
            const double *product = tree->product[depth * users + v] + (size_t)k * (size_t)columns;
            double *below = tree->value[(depth + 1) * users + v], least = INFINITY;
            for (int l = 0; l < columns; l++) {
                below[l] = value[v][l] + product[l];
                least = below[l] < least ? below[l] : least;
            }
            bound += least;
        }
        tree->chosen[depth] = k;
        if (bound < tree->least)
            search(tree, depth + 1, base + ranked[i].value);
    }
    free(ranked);
}

static void tree_fini(struct tree *tree)
{
    for (int u = 0; u < tree->users; u++) {
        free(tree->options[u].at);
        free(tree->options[u].load);
        free(tree->options[u].base);
    }
    for (int i = 0; i < tree->users * tree->users; i++) {
        free(tree->product[i]);
        free(tree->value[i]);
    }
    free(tree->options);
    free(tree->product);
    free(tree->value);
    free(tree->chosen);
    free(tree->best);
}

static void tree_init(struct tree *tree, const struct offload_problem *problem, double least)
{
    size_t users = (size_t)problem->users;
    *tree = (struct tree){.problem = problem,
                          .users = problem->users,
                          .resources = problem->network->nodes + problem->network->links,
                          .least = least};
    tree->options = weir_alloc(users, sizeof *tree->options);
    tree->product = weir_alloc(users * users, sizeof *tree->product);
    tree->value = weir_alloc(users * users, sizeof *tree->value);
    tree->chosen = weir_alloc(users, sizeof *tree->chosen);
    tree->best = weir_alloc(users, sizeof *tree->best);
    for (int u = 0; u < problem->users; u++) {
        struct offload_game game;
        offload_game_init(&game, problem, NULL, 1);
        game.user = u;
        tree->options[u].subtasks = problem->first_subtask[u + 1] - problem->first_subtask[u];
        find_options(&game, &tree->options[u], 0);
        offload_game_fini(&game);
    }
}

/* Puts what the search has found, if anything is better than what is there, into the placement. */
static void take_best(const struct tree *tree, double known, int *placement)
{
    if (!(tree->least < known))
        return;
    for (int u = 0; u < tree->users; u++) {
        const struct options *options = &tree->options[u];
        memcpy(placement + tree->problem->first_subtask[u],
               options->at + (size_t)tree->best[u] * (size_t)options->subtasks,
               (size_t)options->subtasks * sizeof *placement);
    }
}

/* The size of the space, and of the tables for it; an error if either is too large. */
static int check_size(const struct offload_problem *problem, double limit, double *placements)
{
    double all = 1, pairs = 0, sum = 0;
    for (int u = 0; u < problem->users; u++) {
        double count = offload_user_placements(problem, u);
        all *= count;
        pairs += sum * count;
        sum += count;
    }
    *placements = all;
    if (all >= limit)
        return weir_error(WEIR_EINPUT,
                          "optimal: %d users with %d subtasks on %d nodes make %.3g placements; it takes fewer than "
                          "%.3g: use dwo or heu-wo",
                          problem->users, problem->subtasks, problem->network->nodes, all, limit);
    double resources = problem->network->nodes + problem->network->links;
    double bytes = 8 * (pairs + sum * resources);
    if (problem->users > 1 && bytes > TABLE_BYTES)
        return weir_error(WEIR_EINPUT,
                          "optimal: %.3g placements of single users make tables of %.3g bytes; it takes at most %.3g: "
                          "use dwo or heu-wo",
                          sum, bytes, TABLE_BYTES);
    return WEIR_OK;
}

int offload_optimal(const struct offload_problem *problem, double limit, int *placement,
                    struct offload_search *search_out)
{
    struct offload_search found = {0};
    /* Something good to begin with: it prunes. */
    struct offload_dwo_options options = {.start = OFFLOAD_START_HEU_WO, .starts = 5, .lower_sum_first = true};
    int code = check_size(problem, limit > 0 ? limit : OFFLOAD_OPTIMAL_LIMIT, &found.placements);
    if (code == WEIR_OK && problem->users == 1) {
        options = (struct offload_dwo_options){.start = OFFLOAD_START_NEAREST, .response = OFFLOAD_ENUMERATE};
        code = offload_dwo(problem, &options, placement, NULL);
    } else if (code == WEIR_OK) {
        code = offload_dwo(problem, &options, placement, NULL);
    }
    if (code == WEIR_OK && problem->users > 1) {
        offload_lower_sum(problem, placement);
        double known = offload_placement_cost(problem, placement);
        struct tree tree;
        /* A hair above, so that an equal one is found: rounding differs. */
        tree_init(&tree, problem, known * (1 - 1e-12));
        reduce(&tree);
        bool any = true;
        for (int u = 0; u < tree.users; u++)
            any = any && tree.options[u].count > 0;
        if (any) {
            tabulate(&tree);
            for (int v = 0; v < tree.users; v++)
                memcpy(tree.value[v], tree.options[v].base, (size_t)tree.options[v].count * sizeof(double));
            search(&tree, 0, 0);
            take_best(&tree, known * (1 - 1e-12), placement);
        }
        found.visited = tree.visited;
        tree_fini(&tree);
    }
    if (search_out)
        *search_out = found;
    return code;
}
