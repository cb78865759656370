/* Reads the reference numbers of tests/data: "NAME ROWS COLUMNS", then the rows; lines that start with # say what they
 * are. */
#ifndef WEIR_TESTS_LEARN_NN_NUMBERS_H
#define WEIR_TESTS_LEARN_NN_NUMBERS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

struct test_numbers {
    int rows, columns;
    double *values; /* owned */
};

/* The array of this name; ends the case if it is not there. */
static inline struct test_numbers test_numbers_read(const char *path, const char *name)
{
    struct test_numbers numbers = {0};
    char line[4096], found[64];
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (!numbers.values && fgets(line, sizeof line, file)) {
        if (line[0] == '#' || sscanf(line, "%63s %d %d", found, &numbers.rows, &numbers.columns) != 3 ||
            strcmp(found, name) != 0)
            continue;
        numbers.values = calloc((size_t)numbers.rows * (size_t)numbers.columns, sizeof *numbers.values);
        for (int i = 0; numbers.values && i < numbers.rows * numbers.columns; i++)
            CU_ASSERT_EQUAL(fscanf(file, "%lf", &numbers.values[i]), 1);
    }
    fclose(file);
    if (!numbers.values)
        printf("%s: no array %s\n", path, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(numbers.values);
    return numbers;
}

#endif
