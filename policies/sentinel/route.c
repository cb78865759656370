/* Requests as they come: from the pool of what was planned, and by the rule of what is left over where that is used up.
 */
#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"

#define LOOKS 2 /* of sentinel_choose, at each server */

int sentinel_route(void *state, const struct weir_view *view, struct weir_routing *item)
{
    struct sentinel *self = state;
    struct live *live = &self->live;
    struct live_request request;
    if (self->shape < 0 || self->shape != live->shape || live->pool_shape != live->shape || !live->pool ||
        !live_request_of(live, view, item, &request))
        return WEIR_OK;
    item->flops += self->cycle_flops;
    self->cycle_flops = 0;
    if (live_take(live, &request, item) >= 0)
        return WEIR_OK;
    int server = sentinel_choose(self, request.region, request.category, request.servers, request.count);
    item->flops += LIVE_LOOK_FLOPS * LOOKS * request.count;
    if (server < 0)
        return WEIR_OK;
    self->extra[server] += sentinel_need(self, server, request.region, request.category);
    live_send(live, &request, server, item);
    return WEIR_OK;
}

bool sentinel_routes(const void *state)
{
    return ((const struct sentinel *)state)->route;
}
