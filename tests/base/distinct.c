/* Repeated numbers against brute force. */
#include <stdlib.h>

#include "sim/base/distinct.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

static size_t by_brute_force(const unsigned long long *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (values[i] == values[j])
                return i;
    return count;
}

static void the_first_repeated(void)
{
    struct weir_stream stream = weir_stream_open(1, "distinct");
    int repeated = 0;
    for (int trial = 0; trial < 500; trial++) {
        size_t count = weir_stream_below(&stream, 30);
        unsigned long long *values = weir_alloc(count, sizeof *values);
        for (size_t i = 0; i < count; i++)
            values[i] = weir_stream_below(&stream, 200);
        size_t wanted = by_brute_force(values, count);
        CU_ASSERT_EQUAL(weir_first_repeated(values, count), wanted);
        repeated += wanted < count;
        free(values);
    }
    CU_ASSERT(repeated > 100 && repeated < 450);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"the first repeated", the_first_repeated}, {0}};
    return weir_test_main("base/distinct", cases, argc, argv);
}
