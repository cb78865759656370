#include "policies/support/place.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

const char *const weir_place_tiers[] = {"any", "device", "edge", "cloud", NULL};

bool weir_room_has(const struct weir_room *room, int host, int tier)
{
    const struct weir_host_view *seen = &room->view->hosts[host];
    return seen->up && (tier < 0 || (int)seen->tier == tier) && (seen->slots <= 0 || room->planned[host] < seen->slots);
}

int weir_room_least(const struct weir_room *room, int tier, const char *region)
{
    int best = -1;
    bool best_near = false;
    double best_load = 0;
    for (int h = 0; h < room->view->host_count; h++) {
        const struct weir_host_view *host = &room->view->hosts[h];
        if (!weir_room_has(room, h, tier))
            continue;
        bool near = region && strcmp(host->region, region) == 0;
        double load = (double)room->planned[h] / (host->cores > 0 ? host->cores : 1);
        if (best < 0 || near > best_near || (near == best_near && load < best_load)) {
            best = h;
            best_near = near;
            best_load = load;
        }
    }
    return best;
}

static bool known(const struct weir_view *view, int host)
{
    return host >= 0 && host < view->host_count;
}

static void place_operator(struct weir_room *room, struct weir_plan *plan, int op, weir_place_rule *rule, void *context,
                           const char *reason)
{
    int count;
    const struct weir_placement *preset = weir_plan_get(plan, room->job, op, &count);
    if (count == 0)
        return;
    struct weir_placement *placed = weir_alloc((size_t)count, sizeof *placed);
    memcpy(placed, preset, (size_t)count * sizeof *placed);
    for (int i = 0; i < count; i++) {
        int host = rule(context, room);
        if (host >= 0)
            placed[i].host = host;
        if (known(room->view, placed[i].host))
            room->planned[placed[i].host]++;
    }
    weir_plan_set(plan, room->job, op, placed, count, "%s", reason);
    free(placed);
}

void weir_place_job(const struct weir_view *view, struct weir_plan *plan, int job, weir_place_rule *rule, void *context,
                    const char *why)
{
    const struct weir_job_view *seen = &view->jobs[job];
    struct weir_room room = {.view = view, .job = job};
    room.planned = weir_alloc((size_t)view->host_count, sizeof *room.planned);
    for (int h = 0; h < view->host_count; h++)
        room.planned[h] = view->hosts[h].instances;

    const char *source = known(view, seen->source_host) ? view->hosts[seen->source_host].name : "?";
    const char *mark = strstr(why, "%s");
    char *reason = mark ? weir_format("%.*s%s%s", (int)(mark - why), why, source, mark + 2) : weir_copy(why);
    for (int op = 0; op < seen->operator_count; op++)
        place_operator(&room, plan, op, rule, context, reason);
    free(reason);
    free(room.planned);
}
