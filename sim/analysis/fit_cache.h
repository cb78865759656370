/* Runs that were made, kept in a file: numbers under a key. What was cut off while it was written does not count. */
#ifndef WEIR_ANALYSIS_FIT_CACHE_H
#define WEIR_ANALYSIS_FIT_CACHE_H

#include <stddef.h>

struct fit_cache;

/* Opens or makes the file and reads what is whole in it; path NULL: only in memory. Errors: WEIR_EINPUT. */
int fit_cache_open(const char *path, struct fit_cache **cache);
/* The numbers under a key, if there are so many; else NULL. Borrowed until the next keeping. */
const double *fit_cache_get(const struct fit_cache *cache, unsigned long long key, size_t count);
/* Keeps numbers, which are written at once. Errors: WEIR_EINPUT. */
int fit_cache_keep(struct fit_cache *cache, unsigned long long key, const double *numbers, size_t count);
/* NULL is none. Errors: WEIR_EINPUT if the file cannot be forced to disk. */
int fit_cache_close(struct fit_cache *cache);

#endif
