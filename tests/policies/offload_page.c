#include "tests/policies/offload_page.h"

#include <string.h>

#include "tests/support/test.h"

static void make_jobs(void)
{
    static const double work[] = {1e9, 2e9};
    struct weir_mock *world = weir_offload_mock;
    int a = weir_offload_mock_job("a", 0, 2, work, 2, 1e3),
        longest = weir_offload_mock_job("longest", 1, -1, work, 2, 1);
    world->jobs[a].declared_items = 100;
    world->jobs[a].declared_items_per_s = 2;
    world->jobs[a].omega = 3;
    world->upstream[longest][1][0] = -1;
    world->operators[longest][0].downstream_count = world->operators[longest][1].downstream_count = 0;
}

void weir_page_begin(struct page_world *page)
{
    static const double speeds[PAGE_HOSTS] = {1e9, 4e9, 5e9, 3e9};
    static const struct weir_offload_rules rules = {.name = "dwo"};
    memset(page, 0, sizeof *page);
    weir_offload_mock_begin(speeds, PAGE_HOSTS);
    weir_offload_mock->hosts[0].cores = 2;
    weir_offload_mock->hosts[0].speed_gpu_flops_per_s = 8e9;
    weir_offload_mock->hosts[1].cores = 0;
    weir_offload_mock->hosts[2].cores = 4;
    for (int l = 0; l < PAGE_LINKS; l++) /* the last between two hosts is its way */
        weir_offload_mock_link(l % 4, (l + 1 + l / 4 % 3) % 4, 1e6 * (l + 1));
    for (int l = 0; l < PAGE_LINKS; l++)
        weir_offload_mock_latency(l, 0.125);
    make_jobs();
    page->self = weir_offload_mock_self(&rules);
    char *left_out;
    int code = weir_offload_mock_game(&page->self, &page->decision.game, &left_out);
    CU_ASSERT_EQUAL_FATAL(code, 0);
    CU_ASSERT_PTR_NULL_FATAL(left_out);
    page->decision.game.users[0].holds = true;
    page->decision.game.users[1].holds = false;
    memcpy(page->placement, (int[]){0, 2, 0, 0}, sizeof page->placement);
    memcpy(page->decided, page->placement, sizeof page->decided);
    memcpy(page->responses, (int[]){1, 3, 1, 2}, sizeof page->responses);
    memcpy(page->shares, (double[]){0.25, 0.5, 0.125, 1}, sizeof page->shares);
    memcpy(page->cost_s, (double[]){6, 0.5}, sizeof page->cost_s);
    memcpy(page->latency_s, (double[]){5, 0.25}, sizeof page->latency_s);
    page->load[0] = 40000;              /* 1.6e9 / 2e9 = 0.8 s */
    page->load[2] = 100000;             /* 1e10 / 20e9 = 0.5 s */
    page->load[PAGE_HOSTS + 1] = 632.5; /* 400056.25 / 2e6 = 0.200028125 s */
    page->load[PAGE_HOSTS + 2] = 30;    /* 900 / 3e6 = 0.3 ms */
    page->deviations[0] = (struct offload_deviation){6, 6, 6};
    page->deviations[1] = (struct offload_deviation){0.5, 0.5, 0.5};
    page->decision.time_s = 12.5;
    page->decision.placement = page->decided;
    page->picture = (struct weir_offload_picture){.view = weir_mock_view(weir_offload_mock),
                                                  .policy = "dwo",
                                                  .decision = &page->decision,
                                                  .placement = page->placement,
                                                  .elsewhere = page->elsewhere,
                                                  .shares = page->shares,
                                                  .cost_s = page->cost_s,
                                                  .latency_s = page->latency_s,
                                                  .load = page->load,
                                                  .evaluation = {.cost_sum_s = 18.5, .potential = 7.125},
                                                  .deviations = page->deviations,
                                                  .responses = page->responses};
    memcpy(page->potential, (double[]){4, 3, 2.5}, sizeof page->potential);
    memcpy(page->round_cost_s, (double[]){5, 3.5, 3.25}, sizeof page->round_cost_s);
}

void weir_page_end(struct page_world *page)
{
    page->decision.placement = NULL;
    weir_offload_game_fini(&page->decision.game);
    weir_offload_destroy(&page->self);
    weir_offload_mock_end();
}
