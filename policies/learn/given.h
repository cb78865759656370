/* What callers hand to public functions. Private. */
#ifndef WEIR_LEARN_GIVEN_H
#define WEIR_LEARN_GIVEN_H

/* Looks whether the pointers that follow are there: `names` has a name for each, with blanks between. Errors:
 * WEIR_EINPUT, `kmeans_fit: "x" is NULL`. */
int learn_given(const char *function, const char *names, ...);

#endif
