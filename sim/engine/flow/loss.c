#include "sim/engine/flow/loss.h"

#include <math.h>

#include "sim/base/random.h"
#include "sim/base/real.h"

/* What TCP carries in a frame of Ethernet. */
#define SEGMENT_BYTES 1460.0

double weir_loss_late_s(const struct weir_flow *flow, const struct weir_route *route, uint64_t id, double bytes)
{
    if (!(route->loss > 0))
        return 0;
    struct weir_stream stream =
        weir_stream_at(flow->loss_key + ((uint64_t)route->from << 32) + (uint64_t)route->to, id);
    double none_lost = weir_pow(1 - route->loss, ceil(bytes / SEGMENT_BYTES));
    return weir_stream_uniform(&stream) < none_lost ? 0 : 2 * route->latency_s;
}
