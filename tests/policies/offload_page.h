/* A picture of a decision for weir explain, written by hand: two users on four hosts, figures that are round and all
 * different. For offload_explain_text.c and offload_explain_json.c. */
#ifndef WEIR_TESTS_POLICIES_OFFLOAD_PAGE_H
#define WEIR_TESTS_POLICIES_OFFLOAD_PAGE_H

#include "tests/policies/offload_mock.h"

enum { PAGE_HOSTS = 4, PAGE_LINKS = 25, PAGE_USERS = 2, PAGE_SUBTASKS = 4 };

struct page_world {
    struct weir_offload self;
    struct weir_offload_decision decision;
    struct weir_offload_picture picture;
    int placement[PAGE_SUBTASKS], decided[PAGE_SUBTASKS], responses[PAGE_SUBTASKS];
    bool elsewhere[PAGE_SUBTASKS];
    double shares[PAGE_SUBTASKS], cost_s[PAGE_USERS], latency_s[PAGE_USERS], load[PAGE_HOSTS + PAGE_LINKS];
    struct offload_deviation deviations[PAGE_USERS];
    double potential[3], round_cost_s[3];
};

/* Hosts: h0 has 2 cores of 1 Gf/s (8 Gf/s on its accelerator), h1 one of 4 that is told as none, h2 four of 5, h3 one
 * of
 * 3. Job "a" (2 items/s, omega 3, held to its shares) is a chain from h0 to h2, o0 on h0 and o1 on h2; "longest" (by
 * item) gives raw data of h1 to both of its operators, which are on h0, and has no sink. */
void weir_page_begin(struct page_world *page);
void weir_page_end(struct page_world *page);

#endif
