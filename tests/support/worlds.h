/* Random scenarios on two-tier.xml, and policies that change plans at random. */
#ifndef WEIR_TESTS_SUPPORT_WORLDS_H
#define WEIR_TESTS_SUPPORT_WORLDS_H

#include <stdbool.h>

#include "sim/api/policy.h"
#include "sim/base/random.h"
#include "sim/base/text.h"

#define WEIR_TEST_WORLDS_PLATFORM "tests/input/valid/two-tier.xml"

/* What sets of worlds differ in. */
struct weir_test_worlds {
    const char *name;           /* of the stream of its draws */
    const char *const *batches; /* of items_per_batch, in JSON; one is drawn */
    unsigned batch_count;
    bool failures;
    bool zeros;           /* operators may have no instance */
    bool queues;          /* items wait so long at most and are served in batches or by rank, inputs have low watermarks
                             and limits in bytes; no edge drops */
    bool calls;           /* services fail and are tried again or twice, instances serve several items, consumers
                             acknowledge or are cut off; no edge drops */
    unsigned most_bytes;  /* of an item */
    const char *more;     /* keys of the scenario, each with a comma behind it; NULL: none */
    const char *recovery; /* keys of its recovery, each with a comma before it; NULL: none */
};

/* World `number` of the set as the text of a scenario: one to three jobs, each a chain, a diamond that joins or a fork
 * that merges, for 20 s, without a platform. */
void weir_test_world(struct weir_text *text, const struct weir_test_worlds *worlds, unsigned number);

/* Hosts and links that fail now and then, and how jobs recover, with more keys as above; one host, cloud, stays up.
 * Ends with a comma. */
void weir_test_failures(struct weir_text *text, struct weir_stream *s, const char *recovery);

/* Draws. */
unsigned weir_test_below(struct weir_stream *s, unsigned count);
const char *weir_test_pick(struct weir_stream *s, const char *const *words, unsigned count);

/* "chaos" and "chaos-shares": at arrivals and windows they set plans and rates at random, also such that are refused.
 * The latter gives shares of cores of all sizes. */
extern const struct weir_policy *const weir_test_chaos[];

#endif
