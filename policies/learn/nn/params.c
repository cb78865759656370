#include "policies/learn/nn/params.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void nn_params_fini(struct nn_params *params)
{
    for (size_t i = 0; i < params->count; i++)
        free(params->arrays[i].name);
    free(params->arrays);
    free(params->values);
    free(params->grads);
    *params = (struct nn_params){0};
}

int nn_params_add(struct nn_params *params, const char *name, int rows, int columns, double bound,
                  struct weir_stream *stream)
{
    assert(rows > 0 && columns > 0);
    size_t first = params->size, size = first + (size_t)rows * (size_t)columns;
    params->values = weir_grow(params->values, size, &params->value_capacity, sizeof *params->values);
    params->grads = weir_grow(params->grads, size, &params->grad_capacity, sizeof *params->grads);
    params->size = size;
    for (size_t i = first; i < size; i++) {
        params->values[i] = bound > 0 ? (nn_real)(bound * (2 * weir_stream_uniform(stream) - 1)) : 0;
        params->grads[i] = 0;
    }
    params->arrays = weir_grow(params->arrays, params->count + 1, &params->array_capacity, sizeof *params->arrays);
    params->arrays[params->count] =
        (struct nn_parameter){.name = weir_copy(name), .rows = rows, .columns = columns, .first = first};
    return (int)params->count++;
}

struct nn_tensor *nn_params_tensor(struct nn_tape *tape, const struct nn_params *params, int index)
{
    assert(index >= 0 && (size_t)index < params->count);
    const struct nn_parameter *array = &params->arrays[index];
    return nn_tensor_of(tape, params->values + array->first, tape->training ? params->grads + array->first : NULL, 1,
                        array->rows, array->columns);
}

void nn_params_clear_grads(struct nn_params *params)
{
    if (params->size)
        memset(params->grads, 0, params->size * sizeof *params->grads);
}

void nn_params_copy(struct nn_params *to, const struct nn_params *from)
{
    assert(to->size == from->size);
    if (from->size)
        memcpy(to->values, from->values, from->size * sizeof *from->values);
}

bool nn_params_finite(const struct nn_params *params)
{
    for (size_t i = 0; i < params->size; i++)
        if (!isfinite(params->values[i]))
            return false;
    return true;
}

void nn_params_put(const struct nn_params *params, struct nn_file *file)
{
    for (size_t i = 0; i < params->count; i++) {
        const struct nn_parameter *array = &params->arrays[i];
        nn_file_put_reals(file, array->name, (size_t)array->rows, (size_t)array->columns,
                          params->values + array->first);
    }
}

int nn_params_get(struct nn_params *params, const struct nn_file *file)
{
    for (size_t i = 0; i < params->count; i++) {
        const struct nn_parameter *array = &params->arrays[i];
        int status = nn_file_get_reals(file, array->name, (size_t)array->rows, (size_t)array->columns,
                                       params->values + array->first);
        if (status)
            return status;
    }
    return 0;
}
