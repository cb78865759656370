/* "carbon" of a scenario: intensities, and whose they are. */
#include "sim/model/carbon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/model/regions.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

#define RULES_AT_MOST 1000
/* Steps of a run: each brings all hosts and links up to date. */
#define STEPS_AT_MOST 1e6

/* As of a constant "intensity". */
#define INTENSITY_AT_MOST 1e6

void weir_carbon_fini(struct weir_carbon *carbon)
{
    for (int i = 0; i < carbon->count; i++) {
        free(carbon->list[i].time_s);
        free(carbon->list[i].g_per_kwh);
    }
    free(carbon->list);
    free(carbon->of_host);
    free(carbon->of_link);
}

static void take_constant(double g_per_kwh, struct weir_intensity *intensity)
{
    *intensity = (struct weir_intensity){.count = 1,
                                         .time_s = weir_alloc(1, sizeof *intensity->time_s),
                                         .g_per_kwh = weir_alloc(1, sizeof *intensity->g_per_kwh),
                                         .speedup = 1};
    intensity->g_per_kwh[0] = g_per_kwh;
}

/* The last row lasts as long as the one before it. */
static int take_series(const struct weir_json *at, const char *path, const struct weir_carbon_read *read,
                       struct weir_series *series, double duration_s, struct weir_intensity *intensity)
{
    size_t n = series->count;
    if (!series->value)
        return weir_json_error(at, "%s has no column of values; name it by \"value\"", path);
    for (size_t i = 0; i < n; i++)
        if (series->value[i] > INTENSITY_AT_MOST)
            return weir_json_error(at, "%s: %g g/kWh are more than %g; is that column of values the right one? (%s)",
                                   path, series->value[i], INTENSITY_AT_MOST, series->about);
    bool repeats = read->repeat && n > 1;
    *intensity = (struct weir_intensity){.count = n,
                                         .time_s = series->time_s,
                                         .g_per_kwh = series->value,
                                         .start_s = read->start_s,
                                         .speedup = read->speedup};
    series->time_s = series->value = NULL;
    double last_s = intensity->time_s[n - 1];
    intensity->period_s = repeats ? 2 * last_s - intensity->time_s[n - 2] : 0;
    if (repeats)
        intensity->start_s = fmod(read->start_s, intensity->period_s);
    double steps = repeats ? duration_s * read->speedup / intensity->period_s * (double)n : 0;
    if (steps > STEPS_AT_MOST)
        return weir_json_error(at, "makes about %.3g steps in a run; at most %g are borne: lower \"speedup\"", steps,
                               STEPS_AT_MOST);
    if (!repeats && read->start_s > last_s)
        weir_remark("%s: \"start\" (%g s) is behind its last row (%g s), whose value holds for the whole run", path,
                    read->start_s, last_s);
    return WEIR_OK;
}

static int read_intensities(const struct weir_json *at, const struct weir_carbon_read *read,
                            struct weir_scenario *scenario, struct weir_intensity *intensity)
{
    struct weir_json place;
    struct weir_series series = {0};
    const struct weir_series_options options = {
        .time = read->time, .value = read->value, .time_format = read->time_format, .as_it_is = true};
    if (weir_json_get(at, "file", &place) == isfinite(read->intensity))
        return weir_json_error(at, "needs either an \"intensity\" or a \"file\"");
    if (isfinite(read->intensity)) {
        static const char *const of_file[] = {"time", "value", "time_format", "start", "speedup", "repeat"};
        for (size_t k = 0; k < sizeof of_file / sizeof *of_file; k++)
            if (weir_json_get(at, of_file[k], &place))
                return weir_json_error(&place, "belongs to a \"file\"; an \"intensity\" is the same at all times");
        take_constant(read->intensity, intensity);
        return WEIR_OK;
    }
    if (!*read->file)
        return weir_json_error(&place, "must name a CSV file");
    char *path = weir_path_beside(scenario->path, read->file);
    int code = weir_series_load(path, &options, &series);
    if (code) {
        char *reason = weir_copy(weir_error_message());
        code = weir_json_error(&place, "%s", reason);
        free(reason);
    } else {
        weir_remark("%s: %s", path, series.about);
        struct weir_carbon *carbon = &scenario->carbon;
        carbon->hash = weir_hash(carbon->hash, series.time_s, series.count * sizeof *series.time_s);
        if (series.value)
            carbon->hash = weir_hash(carbon->hash, series.value, series.count * sizeof *series.value);
        code = take_series(&place, path, read, &series, scenario->duration_s, intensity);
    }
    weir_series_fini(&series);
    free(path);
    return code;
}

/* The hosts and links that a rule names and none before it, or all that are left. */
static int give(const struct weir_json *at, struct weir_scenario *scenario, int number)
{
    const struct weir_platform *platform = scenario->platform;
    struct weir_json region;
    bool some = weir_json_get(at, "region", &region);
    bool *hosts = weir_alloc(platform->host_count, sizeof *hosts);
    bool *links = weir_alloc(platform->link_count, sizeof *links);
    int code = some ? weir_regions_mark(&region, platform, hosts, links) : WEIR_OK;
    for (size_t h = 0; h < platform->host_count; h++)
        if ((!some || hosts[h]) && scenario->carbon.of_host[h] < 0)
            scenario->carbon.of_host[h] = number;
    for (size_t l = 0; l < platform->link_count; l++)
        if ((!some || links[l]) && scenario->carbon.of_link[l] < 0)
            scenario->carbon.of_link[l] = number;
    free(hosts);
    free(links);
    return code;
}

static int read_rule(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_carbon *carbon = &scenario->carbon;
    struct weir_carbon_read read = {.file = "", .time = "", .value = "", .time_format = "", .intensity = NAN};
    int code = weir_param_read(weir_carbon_keys, at, &read);
    if (!code)
        code = read_intensities(at, &read, scenario, &carbon->list[carbon->count]);
    carbon->count++;
    return code ? code : give(at, scenario, carbon->count - 1);
}

/* Whether something draws power that no rule is for. */
static void remark_on_rest(const struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    for (size_t h = 0; h < platform->host_count; h++)
        if (platform->hosts[h].has_energy && scenario->carbon.of_host[h] < 0) {
            weir_remark("%s: no \"carbon\" is for region \"%s\": what it draws adds nothing to the figure",
                        scenario->path, platform->hosts[h].region);
            return;
        }
}

/* A rule that those before it leave nothing to. */
static void remark_on_idle(const struct weir_scenario *scenario)
{
    const struct weir_carbon *carbon = &scenario->carbon;
    for (int i = 0; i < carbon->count; i++) {
        bool holds = false;
        for (size_t h = 0; h < scenario->platform->host_count && !holds; h++)
            holds = carbon->of_host[h] == i;
        for (size_t l = 0; l < scenario->platform->link_count && !holds; l++)
            holds = carbon->of_link[l] == i;
        if (!holds)
            weir_remark("%s: carbon[%d] is for no host and no link: rules before it are for all of its regions",
                        scenario->path, i);
    }
}

int weir_scenario_read_carbon(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list;
    struct weir_carbon *carbon = &scenario->carbon;
    const struct weir_platform *platform = scenario->platform;
    if (!weir_json_get(at, "carbon", &list))
        return WEIR_OK;
    int count = weir_json_size(&list), code = WEIR_OK;
    if (!weir_json_is_array(&list) || !count || count > RULES_AT_MOST)
        return weir_json_error(&list, "must be a list of 1 to %d intensities", RULES_AT_MOST);
    if (!scenario->energy || !(platform->has_host_energy || platform->has_link_energy))
        return weir_json_error(&list, scenario->energy
                                          ? "the platform gives no watts (wattage_per_state, wattage_range)"
                                          : "needs \"energy\": true");
    carbon->on = true;
    carbon->list = weir_alloc((size_t)count, sizeof *carbon->list);
    carbon->of_host = weir_alloc(platform->host_count, sizeof *carbon->of_host);
    carbon->of_link = weir_alloc(platform->link_count, sizeof *carbon->of_link);
    memset(carbon->of_host, -1, platform->host_count * sizeof *carbon->of_host);
    memset(carbon->of_link, -1, platform->link_count * sizeof *carbon->of_link);
    for (int i = 0; i < count && !code; i++) {
        struct weir_json one = weir_json_at(&list, i);
        code = read_rule(&one, scenario);
    }
    if (!code)
        remark_on_rest(scenario);
    if (!code)
        remark_on_idle(scenario);
    return code;
}
