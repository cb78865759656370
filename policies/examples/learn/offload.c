/* The offloading game: two users, who each have one subtask of 4 Gflop and 1 MB of data at node 0, on two nodes with a
 * link between them. */
#include <stdio.h>
#include <stdlib.h>

#include <weir/learn/learn.h>

static void print_placement(const char *name, const struct offload_problem *problem, const int *placement)
{
    double cost_s[2];
    struct offload_evaluation evaluation = {.cost_s = cost_s};
    if (offload_evaluate(problem, placement, &evaluation) == 0)
        printf("%s: nodes %d and %d, costs %.6f + %.6f = %.6f s, potential %.6f\n", name, placement[0], placement[1],
               cost_s[0], cost_s[1], evaluation.cost_sum_s, evaluation.potential);
}

int main(void)
{
    const double flops_per_s[2] = {1e9, 2e9}, work_flop[1] = {4e9};
    const struct offload_link links[2] = {{.from = 0, .to = 1, .bytes_per_s = 1e6},
                                          {.from = 1, .to = 0, .bytes_per_s = 1e6}};
    struct offload_network_spec spec = {
        .node_count = 2, .flops_per_s = flops_per_s, .link_count = 2, .links = links, .routing = OFFLOAD_SHORTEST};
    const struct offload_transfer raw = {.from = -1, .to = 0, .bytes = 1e6};
    const struct offload_user user = {
        .origin = 0, .end = -1, .subtask_count = 1, .work_flop = work_flop, .transfer_count = 1, .transfers = &raw};
    const struct offload_user users[2] = {user, user};
    struct offload_network *network = NULL;
    struct offload_problem *problem = NULL;
    struct offload_dwo_options options = {.response = OFFLOAD_ENUMERATE, .start = OFFLOAD_START_NEAREST};
    struct offload_bounds bounds = {0};
    int placement[2];
    int code = offload_network_new(&spec, &network);
    if (code == 0)
        code = offload_problem_new(network, users, 2, OFFLOAD_SHARE_OF_SUBTASK, &problem);
    if (code == 0)
        code = offload_nearest(problem, placement);
    if (code == 0)
        print_placement("nearest", problem, placement);
    if (code == 0)
        code = offload_dwo(problem, &options, placement, NULL);
    if (code == 0)
        print_placement("dwo", problem, placement);
    if (code == 0)
        code = offload_bound(problem, placement, 1e6, &bounds);
    if (code == 0)
        printf("no placement is better by more than %.6f\n", bounds.anarchy);
    if (code == 0)
        code = offload_optimal(problem, 0, placement, NULL);
    if (code == 0)
        print_placement("optimal", problem, placement);
    offload_problem_free(problem);
    offload_network_free(network);
    if (code != 0)
        fprintf(stderr, "%s\n", weir_error_message());
    return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
