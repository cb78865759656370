/* The parameters of a net from reference numbers, and its gradients against them, in double precision. */
#ifndef WEIR_TESTS_LEARN_NN_REFERENCE_H
#define WEIR_TESTS_LEARN_NN_REFERENCE_H

#include "policies/learn/nn/params.h"
#include "sim/base/memory.h"
#include "tests/learn/nn/numbers.h"

/* Sets the values of all parameters, each of which the file must have in its shape. */
static inline void test_params_read(struct nn_params *params, const char *path)
{
    for (size_t k = 0; k < params->count; k++) {
        const struct nn_parameter *array = &params->arrays[k];
        struct test_numbers numbers = test_numbers_read(path, array->name);
        CU_ASSERT_FATAL(numbers.rows == array->rows && numbers.columns == array->columns);
        for (int i = 0; i < numbers.rows * numbers.columns; i++)
            params->values[array->first + (size_t)i] = (nn_real)numbers.values[i];
        free(numbers.values);
    }
}

/* Fails, naming the array, unless all numbers are within 1e-9 of those of the file. */
static inline void test_numbers_check(const char *path, const char *name, const nn_real *got, size_t size)
{
    struct test_numbers wanted = test_numbers_read(path, name);
    double worst = 0;
    CU_ASSERT_EQUAL_FATAL((size_t)wanted.rows * (size_t)wanted.columns, size);
    for (size_t i = 0; i < size; i++)
        worst = fmax(worst, fabs((double)got[i] - wanted.values[i]));
    if (!(worst <= 1e-9))
        printf("%s: %s differs by %g\n", path, name, worst);
    CU_ASSERT(worst <= 1e-9);
    free(wanted.values);
}

/* The same for the gradients of all parameters, "d.NAME". */
static inline void test_grads_check(const struct nn_params *params, const char *path)
{
    for (size_t k = 0; k < params->count; k++) {
        const struct nn_parameter *array = &params->arrays[k];
        char *name = weir_format("d.%s", array->name);
        test_numbers_check(path, name, params->grads + array->first, (size_t)array->rows * (size_t)array->columns);
        free(name);
    }
}

/* An array of the file as an input, rows x columns in so many steps. */
static inline struct nn_tensor *test_input_read(struct nn_tape *tape, const char *path, const char *name, int steps)
{
    struct test_numbers numbers = test_numbers_read(path, name);
    struct nn_tensor *input = nn_input(tape, steps, numbers.rows / steps, numbers.columns);
    for (size_t i = 0; i < nn_size(input); i++)
        input->value[i] = (nn_real)numbers.values[i];
    free(numbers.values);
    return input;
}

#endif
