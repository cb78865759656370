/* What moves to even out state over hosts. */
#include "sim/engine/control/moves.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/random.h"
#include "tests/support/test.h"

#define HOSTS 7

/* Surpluses in whole bytes that add up to 0: afterwards nobody has any, with fewer moves than hosts. */
static void all_is_even(void)
{
    struct weir_stream draws = weir_stream_at(6, 0);
    for (int world = 0; world < 500; world++) {
        struct weir_moves moves = {0};
        double surplus[HOSTS] = {0};
        size_t hosts = 2 + weir_stream_bits(&draws) % (HOSTS - 1), any = 0;
        for (size_t h = 1; h < hosts; h++) {
            surplus[h] = (double)(weir_stream_bits(&draws) % 200) - 100;
            surplus[0] -= surplus[h];
        }
        for (size_t h = 0; h < hosts; h++)
            any += surplus[h] > 0.5;
        weir_moves_even(&moves, surplus, hosts, 0.5);
        for (size_t h = 0; h < hosts; h++)
            CHECK_NEAR(surplus[h], 0, 0);
        CU_ASSERT(moves.count >= any && moves.count < hosts);
        free(moves.list);
    }
}

/* What is not worth a move stays: 4 of 100 bytes, with a least of 5. */
static void little_stays(void)
{
    struct weir_moves moves = {0};
    double surplus[4] = {4, -52, 100, -52};
    weir_moves_even(&moves, surplus, 4, 5);
    CHECK_NEAR(surplus[0], 4, 0);
    CHECK_NEAR(surplus[1], 0, 0);
    CHECK_NEAR(surplus[2], 0, 0);
    CHECK_NEAR(surplus[3], -4, 0);
    CHECK_NEAR((double)moves.count, 2, 0);
    free(moves.list);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"all is even", all_is_even}, {"little stays", little_stays}, {0}};
    return weir_test_main("engine/moves", cases, argc, argv);
}
