/* A view of hosts that links join, written by hand, and the offloading policies' own parts on it. For the files
 * offload_explain*.c, offload_users.c, offload_network.c, offload_settle.c, offload_carry.c and offload_replan.c. */
#ifndef WEIR_TESTS_POLICIES_OFFLOAD_MOCK_H
#define WEIR_TESTS_POLICIES_OFFLOAD_MOCK_H

#include "policies/offload/offload.h"
#include "tests/support/view.h"

#define WEIR_MOCK_LINKS 32
#define WEIR_MOCK_HOPS  4

/* The one world of a test; NULL between them. */
extern struct weir_mock *weir_offload_mock;

/* Hosts of these speeds (flop/s of a core, one core, no limit of slots), called "h0", "h1" and so on, without links. */
void weir_offload_mock_begin(const double *flops_per_s, int hosts);
void weir_offload_mock_end(void);

/* A link in one direction without latency, called "l0", "l1" and so on, which joins two hosts; returns its number. */
int weir_offload_mock_link(int from, int to, double bytes_per_s);
void weir_offload_mock_latency(int link, double latency_s);
void weir_offload_mock_bandwidth(int link, double bytes_per_s);
/* The way from a host to another over these links, in order; -1 ends them. */
void weir_offload_mock_way(int from, int to, int first, int second);

/* A job from a host to another (-1: no sink) as a chain of operators with this work, `bytes` on each edge, none
 * deployed; declared as one item. */
int weir_offload_mock_job(const char *name, int source, int sink, const double *work, int operators, double bytes);
/* Bytes on all edges of an operator. */
void weir_offload_mock_bytes(int job, int op, double in, double out);

/* What an offloading policy has after its parameters are set: arrival, workflows, subtask, flow, auto, 300 s, 0. Free
 * by weir_offload_destroy. */
struct weir_offload weir_offload_mock_self(const struct weir_offload_rules *rules);

/* The game of all running jobs, none of which arrives; its network is made anew if needed. */
int weir_offload_mock_game(struct weir_offload *self, struct weir_offload_game *game, char **left_out);

#endif
