/* Moves of single subtasks of the user who is being tried. */
#include "policies/learn/offload/game.h"

/* A resource that is not the mover's alone costs an item more where the mover has items already. The load under which
 * one item alone, item (item + load) / cap, would cost what it costs on top of those. */
static double load_beside(const struct offload_game *game, const struct offload_pull *pull, double own,
                          struct offload_amount amount)
{
    if (!game->of_user)
        return pull->load + 2 * own;
    /* (own + square) + sqrt(own + square) Y - own - sqrt(own) Y = square + root * [Y (sqrt(..) - sqrt(..)) / root] */
    return amount.root > 0 ? pull->load * (sqrt(own + amount.square) - sqrt(own)) / amount.root : 0;
}

/* Adds to key[node] what a transfer costs if its other end is at the node, by itself beside what the user has on the
 * links. */
static void add_ways(struct offload_game *game, const struct offload_forest *forest, int node, int transfer)
{
    struct offload_amount bytes = game->problem->bytes[transfer];
    for (int i = 0; i < game->own_touched; i++) {
        int r = game->own_list[i];
        game->saved[i] = game->pull[r].load;
        if (game->own[r] > 0)
            game->pull[r].load = load_beside(game, &game->pull[r], game->own[r], bytes);
    }
    offload_game_add_ways(game, forest, node, transfer, game->key);
    for (int i = 0; i < game->own_touched; i++)
        game->pull[game->own_list[i]].load = game->saved[i];
}

/* Transfers of a subtask, one after the other. */
struct incident {
    const struct offload_problem *problem;
    const int *at; /* where the user's subtasks are */
    int user, in, in_end, out, out_end;
};

static struct incident incident_of(const struct offload_game *game, int subtask)
{
    const struct offload_problem *problem = game->problem;
    return (struct incident){.problem = problem,
                             .at = game->own_placement,
                             .user = game->user,
                             .in = problem->in_first[subtask],
                             .in_end = problem->in_first[subtask + 1],
                             .out = problem->out_first[subtask],
                             .out_end = problem->out_first[subtask + 1]};
}

/* The next transfer, with the node at its other end; false: there is none left. */
static bool incident_next(struct incident *incident, int *transfer, int *node, bool *incoming)
{
    *incoming = incident->in < incident->in_end;
    if (*incoming) {
        *transfer = incident->problem->in[incident->in++];
        *node = offload_transfer_source(incident->problem, incident->user, incident->at, *transfer);
        return true;
    }
    if (incident->out == incident->out_end)
        return false;
    *transfer = incident->problem->out[incident->out++];
    *node = offload_transfer_target(incident->problem, incident->user, incident->at, *transfer);
    return true;
}

/* Puts a subtask with its transfers on a node, or takes it away. */
static void shift(struct offload_game *game, int subtask, int node, bool away)
{
    void (*move_item)(struct offload_game *, int, double) = away ? offload_game_take : offload_game_add;
    void (*move_transfer)(struct offload_game *, int, int, int) =
        away ? offload_game_take_transfer : offload_game_add_transfer;
    struct incident incident = incident_of(game, subtask);
    int transfer, other;
    bool incoming;
    move_item(game, node, offload_work_item(game, subtask, node));
    while (incident_next(&incident, &transfer, &other, &incoming))
        move_transfer(game, transfer, incoming ? other : node, incoming ? node : other);
}

/* key[node]: what the subtask, which is nowhere now, costs there, if each of its transfers were alone. */
static void fill_keys(struct offload_game *game, int subtask)
{
    const struct offload_network *network = game->network;
    const struct offload_problem *problem = game->problem;
    const unsigned char *allowed = problem->allowed[subtask];
    double *key = game->key;
    for (int m = 0; m < network->nodes; m++) {
        const struct offload_pull *pull = &game->pull[m];
        double own = game->own[m], item = offload_work_item(game, subtask, m);
        key[m] = game->of_user ? offload_price(game, pull, own + item) - offload_price(game, pull, own)
                               : item * (item + 2 * own + pull->load) * pull->per_capacity;
    }
    for (int m = 0; allowed && m < network->nodes; m++)
        key[m] = allowed[m] ? key[m] : INFINITY;
    struct incident incident = incident_of(game, subtask);
    int transfer, other;
    bool incoming;
    while (incident_next(&incident, &transfer, &other, &incoming))
        add_ways(game, incoming ? &network->out : &network->in, other, transfer);
}

/* What the transfers of a subtask on a node cost beyond what key says, since several of them may take the same link.
 * Leaves everything as it was. */
static double ways_together(struct offload_game *game, int subtask, int node)
{
    const struct offload_network *network = game->network;
    struct incident incident = incident_of(game, subtask);
    int transfer, other, touched = 0;
    bool incoming;
    double beyond = 0;
    while (incident_next(&incident, &transfer, &other, &incoming)) {
        const struct offload_forest *forest = incoming ? &network->out : &network->in;
        const int *parent = offload_tree_parent(forest, other), *link = offload_tree_link(forest, other);
        double item = offload_item(game, game->problem->bytes[transfer]);
        for (int i = offload_tree_at(forest, network->nodes, other)[node]; i > 0; i = parent[i]) {
            int r = network->nodes + link[i];
            double before = game->own[r], more = game->spare[r];
            const struct offload_pull *pull = &game->pull[r];
            if (more > 0)
                beyond += offload_price(game, pull, before + more + item) - offload_price(game, pull, before + more) -
                          offload_price(game, pull, before + item) + offload_price(game, pull, before);
            game->spare[r] += item;
            touched++;
        }
    }
    incident = incident_of(game, subtask);
    while (touched > 0 && incident_next(&incident, &transfer, &other, &incoming)) {
        const struct offload_forest *forest = incoming ? &network->out : &network->in;
        const int *parent = offload_tree_parent(forest, other), *link = offload_tree_link(forest, other);
        for (int i = offload_tree_at(forest, network->nodes, other)[node]; i > 0; i = parent[i])
            game->spare[network->nodes + link[i]] = 0;
    }
    return beyond;
}

/* The cheapest node for a subtask that is nowhere now; `node` unless the user's cost falls by more than rounding. */
static int cheapest(struct offload_game *game, int subtask, int node)
{
    double now = game->key[node] + ways_together(game, subtask, node), best = now;
    int at = node;
    for (int m = 0; m < game->network->nodes; m++) {
        /* Together costs at least what alone does, unless shares are of users: there it costs less. */
        if (m == node || !(game->of_user ? game->key[m] < INFINITY : game->key[m] < best))
            continue;
        double here = game->key[m] + ways_together(game, subtask, m);
        if (here < best) {
            best = here;
            at = m;
        }
    }
    if (at == node)
        return node;
    double rest = offload_game_cost(game);
    return rest + best < (rest + now) * (1 - 1e-12) ? at : node;
}

double offload_game_polish(struct offload_game *game, bool once)
{
    const struct offload_problem *problem = game->problem;
    int first = problem->first_subtask[game->user], next = problem->first_subtask[game->user + 1];
    int settled = 0; /* subtasks in a row that are where they cost least */
    for (int s = first; settled < next - first && s < next;) {
        int node = game->own_placement[s - first];
        shift(game, s, node, true);
        fill_keys(game, s);
        int best = cheapest(game, s, node);
        shift(game, s, best, false);
        game->own_placement[s - first] = best;
        settled = best == node ? settled + 1 : 1;
        s = s + 1 < next || once ? s + 1 : first;
    }
    return offload_game_cost(game);
}
