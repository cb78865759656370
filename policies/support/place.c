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

/* Whether it stands on hosts of the tier alone, and may be moved. */
static bool is_ours(const struct weir_room *room, int op, int tier)
{
    const struct weir_operator_view *seen = &room->view->jobs[room->job].operators[op];
    bool ours = !seen->changing && seen->instance_count > 0;
    for (int i = 0; i < seen->instance_count; i++)
        ours &= tier < 0 || (known(room->view, seen->instances[i].host) &&
                             (int)room->view->hosts[seen->instances[i].host].tier == tier);
    return ours;
}

static void place_operator(struct weir_room *room, struct weir_plan *plan, int op, weir_place_rule *rule, void *context,
                           const char *reason)
{
    const struct weir_operator_view *seen = &room->view->jobs[room->job].operators[op];
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
    bool stays = seen->instance_count == count;
    for (int i = 0; i < count; i++)
        stays = stays && seen->instances[i].host == placed[i].host;
    if (!stays)
        weir_plan_set(plan, room->job, op, placed, count, "%s", reason);
    free(placed);
}

static char *reason_of(const struct weir_view *view, int job, const char *why)
{
    int host = view->jobs[job].source_host;
    const char *source = known(view, host) ? view->hosts[host].name : "?", *mark = strstr(why, "%s");
    return mark ? weir_format("%.*s%s%s", (int)(mark - why), why, source, mark + 2) : weir_copy(why);
}

static void begin(const struct weir_view *view, int job, struct weir_room *room)
{
    *room = (struct weir_room){.view = view, .job = job};
    room->planned = weir_alloc((size_t)view->host_count, sizeof *room->planned);
    for (int h = 0; h < view->host_count; h++)
        room->planned[h] = view->hosts[h].instances;
}

void weir_place_job(const struct weir_view *view, struct weir_plan *plan, int job, weir_place_rule *rule, void *context,
                    const char *why)
{
    struct weir_room room;
    char *reason = reason_of(view, job, why);
    begin(view, job, &room);
    for (int op = 0; op < view->jobs[job].operator_count; op++)
        place_operator(&room, plan, op, rule, context, reason);
    free(reason);
    free(room.planned);
}

void weir_place_again(const struct weir_view *view, struct weir_plan *plan, int job, int tier, weir_place_rule *rule,
                      void *context, const char *why)
{
    struct weir_room room;
    char *reason = reason_of(view, job, why);
    begin(view, job, &room);
    for (int op = 0; op < view->jobs[job].operator_count; op++) {
        const struct weir_operator_view *seen = &view->jobs[job].operators[op];
        for (int i = 0; i < seen->instance_count && is_ours(&room, op, tier); i++)
            if (known(view, seen->instances[i].host))
                room.planned[seen->instances[i].host]--;
    }
    for (int op = 0; op < view->jobs[job].operator_count; op++)
        if (is_ours(&room, op, tier))
            place_operator(&room, plan, op, rule, context, reason);
    free(reason);
    free(room.planned);
}
