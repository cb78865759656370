/* Assignment: how many requests of two regions each of three servers should take, so that as many servers as possible
 * are used as well as they can be. */
#include <stdio.h>
#include <stdlib.h>

#include <weir/learn/learn.h>

int main(void)
{
    const double bandwidth[3] = {100, 50, 80}; /* MB/s */
    const bool healthy[3] = {true, true, false};
    const double requests[2] = {6, 4};                       /* of each region, all of one category */
    const float rate[3][2] = {{10, 10}, {10, 10}, {10, 10}}; /* MB/s that a request takes */
    struct assignment_problem problem = {.servers = 3,
                                         .regions = 2,
                                         .categories = 1,
                                         .bandwidth = bandwidth,
                                         .healthy = healthy,
                                         .requests = requests,
                                         .rate = rate[0],
                                         .u_opt = 0.6,
                                         .sigma = 0.2};
    struct assignment_settings settings = {.segments = 8, .block = 160, .nodes = 1000, .gap = 0.01, .time_limit_s = 60};
    struct assignment result;
    if (assignment_solve(&problem, &settings, &result) != 0) {
        fprintf(stderr, "%s\n", weir_error_message());
        return EXIT_FAILURE;
    }
    for (int server = 0; server < 3; server++)
        printf("server %d: %d requests, use %.6f\n", server, result.count[2 * server] + result.count[2 * server + 1],
               result.use[server]);
    printf("left over %d, value %.6f\n", result.left[0] + result.left[1], result.value);
    assignment_fini(&result);
    return EXIT_SUCCESS;
}
