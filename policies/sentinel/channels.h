/* Classes of requests by what the channels are that they are for [li-2025]: K-means over the features of channels, of
 * which a job's requests have those of its own. docs/policies/sentinel.md, *Classes by channels*. */
#ifndef WEIR_POLICIES_SENTINEL_CHANNELS_H
#define WEIR_POLICIES_SENTINEL_CHANNELS_H

#include <stdint.h>

struct channels;

/* Reads a CSV, plain or gzip, of a channel a row, with the columns jobs (the jobs that its requests are of: a name, or
 * a pattern with * and ? and [...]), content and screen (words), bitrate_bits_per_s and session_s (above 0); others are
 * not read. Fits `wanted` classes, or fewer where fewer channels differ. Features: content and screen as ones and
 * zeros, and the logarithms of bitrate and session, each brought to 0..1. *made is the caller's; NULL after an error.
 * Errors: WEIR_EINPUT with file and line. */
int channels_load(const char *path, int wanted, uint64_t seed, struct channels **made);

/* The class of a job: that of the mean features of the channels of the first pattern that matches its name. Errors:
 * WEIR_EINPUT if none does. */
int channels_class_of(const struct channels *channels, const char *job, int *class);

/* Classes that there are. */
int channels_count(const struct channels *channels);

void channels_free(struct channels *channels); /* NULL is fine */

#endif
