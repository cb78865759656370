/* An intensity holds from one step to the next: what has been drawn between two of them times the intensity then is
 * exact, whatever the power did meanwhile. So all that is to be done is to look at the joules whenever a step begins.
 */
#include "sim/engine/control/emissions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"

struct weir_emissions {
    struct weir_controller *controller;
    struct weir_alarm alarm;
    struct weir_intensity_walk *walks; /* [intensity of the scenario] */
    int *of_link;                      /* [link as the room shares has it] */
    double *host_j, *link_j;           /* what has been counted */
    double *host_now_j, *link_now_j;   /* for a moment */
};

static double g_per_j(const struct weir_emissions *emissions, int intensity)
{
    return intensity < 0 ? 0 : weir_intensity_now(&emissions->walks[intensity]) / WEIR_J_PER_KWH;
}

void weir_emissions_settle(struct weir_controller *controller)
{
    struct weir_emissions *emissions = controller->emissions;
    if (!emissions)
        return;
    const struct weir_carbon *carbon = &controller->scenario->carbon;
    int links = weir_shares_link_count(controller->shares);
    double grams = 0;
    weir_shares_energy_each(controller->shares, emissions->host_now_j, emissions->link_now_j);
    for (size_t h = 0; h < controller->platform->host_count; h++)
        grams += g_per_j(emissions, carbon->of_host[h]) * (emissions->host_now_j[h] - emissions->host_j[h]);
    for (int l = 0; l < links; l++)
        grams += g_per_j(emissions, emissions->of_link[l]) * (emissions->link_now_j[l] - emissions->link_j[l]);
    memcpy(emissions->host_j, emissions->host_now_j, controller->platform->host_count * sizeof *emissions->host_j);
    memcpy(emissions->link_j, emissions->link_now_j, (size_t)links * sizeof *emissions->link_j);
    controller->books->carbon_g += grams;
    for (int i = 0; i < carbon->count; i++)
        while (weir_intensity_next_s(&emissions->walks[i]) <= controller->clock->now_s)
            weir_intensity_go_on(&emissions->walks[i]);
}

void weir_emissions_view(struct weir_controller *controller)
{
    const int *of_host = controller->scenario->carbon.of_host;
    for (int h = 0; h < controller->view.host_count && controller->emissions; h++)
        if (of_host[h] >= 0)
            controller->host_views[h].carbon_g_per_kwh = weir_intensity_now(&controller->emissions->walks[of_host[h]]);
}

static void set_alarm(struct weir_emissions *emissions)
{
    double next_s = INFINITY;
    for (int i = 0; i < emissions->controller->scenario->carbon.count; i++)
        next_s = fmin(next_s, weir_intensity_next_s(&emissions->walks[i]));
    if (isfinite(next_s))
        weir_alarm_set(emissions->controller->clock, &emissions->alarm, next_s);
}

static void ring(struct weir_alarm *alarm)
{
    struct weir_emissions *emissions = WEIR_RECORD(alarm, struct weir_emissions, alarm);
    weir_emissions_settle(emissions->controller);
    set_alarm(emissions);
}

/* The intensity of a link by its name here; that of a SPLITDUPLEX link has a direction behind it. Links that SimGrid
 * makes itself draw nothing. */
static int of_link(const struct weir_controller *controller, const char *name)
{
    const struct weir_platform *platform = controller->platform;
    for (size_t l = 0; l < platform->link_count; l++) {
        size_t length = strlen(platform->links[l].name);
        const char *rest = name + length;
        if (strncmp(name, platform->links[l].name, length) == 0 &&
            (!*rest || strcmp(rest, "_UP") == 0 || strcmp(rest, "_DOWN") == 0))
            return controller->scenario->carbon.of_link[l];
    }
    return -1;
}

void weir_emissions_init(struct weir_controller *controller)
{
    const struct weir_carbon *carbon = &controller->scenario->carbon;
    for (size_t h = 0; h < controller->platform->host_count; h++)
        controller->host_views[h].carbon_g_per_kwh = NAN;
    if (!carbon->on)
        return;
    struct weir_emissions *emissions = controller->emissions = weir_alloc(1, sizeof *emissions);
    size_t hosts = controller->platform->host_count, links = (size_t)weir_shares_link_count(controller->shares);
    emissions->controller = controller;
    emissions->alarm.ring = ring;
    emissions->walks = weir_alloc((size_t)carbon->count, sizeof *emissions->walks);
    for (int i = 0; i < carbon->count; i++)
        emissions->walks[i] = weir_intensity_open(&carbon->list[i]);
    emissions->of_link = weir_alloc(links, sizeof *emissions->of_link);
    for (size_t l = 0; l < links && controller->platform->has_link_energy; l++)
        emissions->of_link[l] = of_link(controller, weir_link_name(controller->shares, (int)l));
    emissions->host_j = weir_alloc(hosts, sizeof *emissions->host_j);
    emissions->host_now_j = weir_alloc(hosts, sizeof *emissions->host_now_j);
    emissions->link_j = weir_alloc(links, sizeof *emissions->link_j);
    emissions->link_now_j = weir_alloc(links, sizeof *emissions->link_now_j);
    set_alarm(emissions);
}

void weir_emissions_fini(struct weir_controller *controller)
{
    struct weir_emissions *emissions = controller->emissions;
    if (!emissions)
        return;
    free(emissions->walks);
    free(emissions->of_link);
    free(emissions->host_j);
    free(emissions->host_now_j);
    free(emissions->link_j);
    free(emissions->link_now_j);
    free(emissions);
}
