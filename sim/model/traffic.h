/* What bytes cost that go from host to host: by the tiers and regions of the two. */
#ifndef WEIR_MODEL_TRAFFIC_H
#define WEIR_MODEL_TRAFFIC_H

#include <stdbool.h>

#include "sim/model/platform.h"

/* Which ends must differ for a price. */
enum weir_traffic_between { WEIR_BETWEEN_ALL, WEIR_BETWEEN_REGIONS, WEIR_BETWEEN_TIERS };

struct weir_price {
    bool *from, *to; /* [host] it is for bytes from and to these */
    enum weir_traffic_between between;
    bool both; /* and the other way round */
    double per_byte;
};
struct weir_traffic {
    struct weir_price *list; /* the first one for a pair of hosts holds */
    int count;               /* 0: the scenario has none */
};

/* Money for a byte from a host to another one. */
double weir_traffic_price(const struct weir_traffic *traffic, const struct weir_platform *platform, int from, int to);

#endif
