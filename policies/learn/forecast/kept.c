/* What kinds keep by rows: saving, loading, freeing. */
#include <stdlib.h>

#include "policies/learn/forecast/support.h"
#include "policies/learn/forecast/work.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

static size_t count_of(const struct forecaster_kept *row, const void *state)
{
    return *(const size_t *)((const char *)state + row->count) + row->more;
}

void forecaster_kept_save(const struct forecaster_kept *rows, const void *state, struct weir_text *to)
{
    for (; rows->part != FORECASTER_END; rows++) {
        const void *at = (const char *)state + rows->offset;
        if (rows->part == FORECASTER_FIELD)
            weir_text_add_bytes(to, at, rows->size);
        else if (rows->part == FORECASTER_VALUES)
            weir_text_add_bytes(to, *(void *const *)at, count_of(rows, state) * rows->size);
        else
            forecaster_pack_tail(to, at);
    }
}

static int load_values(const struct forecaster_kept *row, void *state, const char **bytes, size_t *left)
{
    void **at = (void **)((char *)state + row->offset);
    size_t count = count_of(row, state);
    if (count < row->more || count > *left / row->size)
        return weir_error(WEIR_EINPUT, "what it saved does not fit this weir; save it anew");
    free(*at);
    *at = count ? weir_alloc(count, row->size) : NULL;
    return count ? forecaster_unpack(bytes, left, *at, count * row->size) : WEIR_OK;
}

int forecaster_kept_load(const struct forecaster_kept *rows, void *state, const char *bytes, size_t left)
{
    int code = WEIR_OK;
    for (; rows->part != FORECASTER_END && code == WEIR_OK; rows++) {
        void *at = (char *)state + rows->offset;
        if (rows->part == FORECASTER_FIELD)
            code = forecaster_unpack(&bytes, &left, at, rows->size);
        else if (rows->part == FORECASTER_VALUES)
            code = load_values(rows, state, &bytes, &left);
        else
            code = forecaster_unpack_tail(&bytes, &left, at);
    }
    return code;
}

void forecaster_kept_free(const struct forecaster_kept *rows, void *state)
{
    for (; rows->part != FORECASTER_END; rows++) {
        void *at = (char *)state + rows->offset;
        if (rows->part == FORECASTER_VALUES)
            free(*(void **)at);
        else if (rows->part == FORECASTER_TAIL)
            series_tail_fini(at);
    }
}
