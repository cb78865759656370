/* Playback of a trace at several sites: where in it a load begins, and the loads of the sites, which share its data. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/load_parts.h"

/* Length of one play. */
static double period_s(const struct weir_load *load)
{
    return load->event_s ? load->event_period_s : load->table.at_s[load->table.count];
}

/* shift_s says how much later the trace comes: at a time t of the load it plays t - shift_s. */
static int place(const struct weir_json *at, struct weir_load *load)
{
    double length_s = period_s(load);
    if (!isfinite(load->shift_s))
        return weir_json_error(at, "the shift is beyond all numbers; give a smaller one");
    load->begin_s = load->shift_s == 0 ? 0 : -load->shift_s;
    if (load->repeat || load->wrap) {
        load->begin_s = fmod(load->begin_s, length_s);
        if (load->begin_s < 0)
            load->begin_s += length_s;
        if (load->begin_s >= length_s) /* by rounding */
            load->begin_s = 0;
    } else if (load->begin_s >= length_s) {
        return weir_json_error(
            at,
            "a shift of %g s passes over the whole file, which lasts %g s; say \"wrap\": true to play "
            "what is shifted out at the end",
            load->shift_s * load->speedup, length_s * load->speedup);
    }
    return WEIR_OK;
}

/* The list under a key, *count long, or NULL if there is none. */
static int read_list(const struct weir_json *at, const char *key, enum weir_unit unit, double min, double max,
                     double **list, int *count)
{
    struct weir_json values;
    *list = NULL;
    *count = 0;
    if (!weir_json_get(at, key, &values))
        return WEIR_OK;
    if (!weir_json_is_array(&values) || !weir_json_size(&values))
        return weir_json_error(&values, "must be a list, one value a host of the source");
    *count = weir_json_size(&values);
    *list = weir_alloc((size_t)*count, sizeof **list);
    int code = WEIR_OK;
    for (int i = 0; i < *count && !code; i++) {
        struct weir_json value = weir_json_at(&values, i);
        code = weir_json_quantity(&value, unit, min, max, &(*list)[i]);
    }
    return code;
}

int weir_load_read_playback(const struct weir_json *at, struct weir_load *load)
{
    double *shifts, *scales = NULL;
    int shift_count, scale_count = 0;
    int code = read_list(at, "shifts", WEIR_UNIT_TIME, -DBL_MAX, DBL_MAX, &shifts, &shift_count);
    if (!code)
        code = read_list(at, "scales", WEIR_UNIT_NONE, 1e-6, 1e9, &scales, &scale_count);
    if (!code && shift_count && scale_count && shift_count != scale_count)
        code = weir_json_error(at, "there are %d \"shifts\" and %d \"scales\"; give as many of both", shift_count,
                               scale_count);
    load->shift_s /= load->speedup;
    if (!code && load->wrap && !load->repeat)
        load->stop_s = period_s(load);
    if (!code && load->wrap)
        load->table.repeat = true;
    if (!code && !shift_count)
        code = place(at, load);
    int sites = shift_count > scale_count ? shift_count : scale_count;
    load->site = sites ? weir_alloc((size_t)sites, sizeof *load->site) : NULL;
    for (int i = 0; i < sites && !code; i++) {
        struct weir_load *site = weir_alloc(1, sizeof *site);
        *site = *load;
        site->site = NULL;
        site->site_count = 0;
        site->shift_s += shifts ? shifts[i] / load->speedup : 0;
        site->times *= scales ? scales[i] : 1;
        load->site[load->site_count++] = site;
        code = place(at, site);
    }
    free(shifts);
    free(scales);
    return code;
}

struct weir_load *weir_load_at_site(struct weir_load *load, long site)
{
    return load->site_count ? load->site[site % load->site_count] : load;
}

void weir_load_free_sites(struct weir_load *load)
{
    for (int i = 0; i < load->site_count; i++)
        free(load->site[i]); /* their data is the load's */
    free(load->site);
}
