/* What the engine's view must show: worlds, and the value of each field in them, by arithmetic. */
#ifndef WEIR_TESTS_ENGINE_VIEW_EXPECTED_H
#define WEIR_TESTS_ENGINE_VIEW_EXPECTED_H

/* s -- up, 1 MB/s and 10 ms -- e -- wan, 10 MB/s and 20 ms each way -- c; side, from s to f and d, and from f on. */
#define PLATFORM "tests/input/valid/view.xml"
enum { S, E, F, C, D, Z };                            /* its hosts */
enum { PLAIN, QUEUE, JAM, SHED, SHAPE, GONE, TWICE }; /* jobs of the first world */

/* What the window that ends at 30 s must show: of a field, of whom, what; a text is compared as it is, a number to
 * 1e-9 of itself unless a tolerance is given. */
struct view_expectation {
    const char *field, *of, *text;
    double number, tolerance;
};

extern const struct view_world {
    const char *scenario;
    const struct view_expectation *expectations; /* to one without a field */
} view_worlds[];
enum { VIEW_WORLDS = 2 };

#endif
