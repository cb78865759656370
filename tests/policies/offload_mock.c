#include "tests/policies/offload_mock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

struct weir_mock *weir_offload_mock;

static struct weir_link_view links[WEIR_MOCK_LINKS];
static int ways[WEIR_MOCK_HOSTS][WEIR_MOCK_HOSTS][WEIR_MOCK_HOPS], hops[WEIR_MOCK_HOSTS][WEIR_MOCK_HOSTS];
static double bytes[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][2][WEIR_MOCK_OPERATORS + 1];
static char host_names[WEIR_MOCK_HOSTS][8], link_names[WEIR_MOCK_LINKS][8];
static const char *const operator_names[WEIR_MOCK_OPERATORS] = {"o0", "o1", "o2", "o3", "o4", "o5", "o6", "o7"};

static double narrowest(const struct weir_view *view, int from, int to)
{
    double least = hops[from][to] > 0 || from == to ? INFINITY : 0;
    for (int i = 0; i < hops[from][to]; i++)
        least = fmin(least, view->links[ways[from][to][i]].bytes_per_s);
    return least;
}

static double latency(const struct weir_view *view, int from, int to)
{
    double sum = 0;
    for (int i = 0; i < hops[from][to]; i++)
        sum += view->links[ways[from][to][i]].latency_s;
    return sum;
}

static int links_of(const struct weir_view *view, int from, int to, int *into, int most)
{
    for (int i = 0; view && i < hops[from][to] && i < most; i++)
        into[i] = ways[from][to][i];
    return hops[from][to];
}

void weir_offload_mock_begin(const double *flops_per_s, int hosts)
{
    weir_offload_mock = weir_mock_new();
    memset(links, 0, sizeof links);
    memset(hops, 0, sizeof hops);
    for (int h = 0; h < hosts; h++) {
        snprintf(host_names[h], sizeof host_names[h], "h%d", h);
        weir_mock_host(weir_offload_mock, host_names[h], "", WEIR_VIEW_EDGE, 1, 0);
        weir_offload_mock->hosts[h].speed_flops_per_s = flops_per_s[h];
    }
    weir_offload_mock->view.links = links;
    weir_offload_mock->view.route_links = links_of;
    weir_offload_mock->view.route_bytes_per_s = narrowest;
    weir_offload_mock->view.route_latency_s = latency;
}

void weir_offload_mock_end(void)
{
    free(weir_offload_mock);
    weir_offload_mock = NULL;
}

void weir_offload_mock_way(int from, int to, int first, int second)
{
    ways[from][to][0] = first;
    ways[from][to][1] = second;
    hops[from][to] = second >= 0 ? 2 : 1;
}

int weir_offload_mock_link(int from, int to, double bytes_per_s)
{
    int l = weir_offload_mock->view.link_count++;
    snprintf(link_names[l], sizeof link_names[l], "l%d", l);
    links[l] = (struct weir_link_view){.name = link_names[l], .bytes_per_s = bytes_per_s};
    weir_offload_mock_way(from, to, l, -1);
    return l;
}

void weir_offload_mock_latency(int link, double latency_s)
{
    links[link].latency_s = latency_s;
}

void weir_offload_mock_bandwidth(int link, double bytes_per_s)
{
    links[link].bytes_per_s = bytes_per_s;
}

void weir_offload_mock_bytes(int job, int op, double in, double out)
{
    for (int e = 0; e <= WEIR_MOCK_OPERATORS; e++) {
        bytes[job][op][0][e] = in;
        bytes[job][op][1][e] = out;
    }
    weir_offload_mock->operators[job][op].upstream_bytes = bytes[job][op][0];
    weir_offload_mock->operators[job][op].downstream_bytes = bytes[job][op][1];
}

int weir_offload_mock_job(const char *name, int source, int sink, const double *work, int operators, double size)
{
    int j = weir_mock_job(weir_offload_mock, name, source);
    weir_offload_mock->jobs[j].sink_host = sink;
    weir_offload_mock->jobs[j].declared_items = 1;
    weir_offload_mock->jobs[j].omega = 1;
    for (int o = 0; o < operators; o++) {
        weir_mock_operator(weir_offload_mock, j, operator_names[o], work[o]);
        weir_offload_mock_bytes(j, o, size, size);
    }
    return j;
}

struct weir_offload weir_offload_mock_self(const struct weir_offload_rules *rules)
{
    return (struct weir_offload){.rules = rules, .horizon_s = 300};
}

int weir_offload_mock_game(struct weir_offload *self, struct weir_offload_game *game, char **left_out)
{
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    bool stays[WEIR_MOCK_JOBS] = {false};
    const struct weir_offload_question question = {.stays = stays};
    int code = weir_offload_update_network(self, view);
    CU_ASSERT_EQUAL_FATAL(code, 0);
    return weir_offload_game_make(self, view, NULL, &question, game, left_out);
}
