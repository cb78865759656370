/* Hosts that sleep and boot: off, with nothing on them. */
#include <assert.h>

#include "sim/engine/shares/state.h"

void weir_host_power(struct weir_shares *shares, int index, enum weir_power power)
{
    struct weir_host_state *host = &shares->hosts[index];
    assert(!host->first && !host->line_first);
    weir_energy_count_host(shares, host);
    host->power = (unsigned char)power;
    weir_host_set_up(host);
    if (shares->plug_in)
        weir_share_note_switch(shares, index);
}

enum weir_power weir_host_is(const struct weir_shares *shares, int host)
{
    return (enum weir_power)shares->hosts[host].power;
}

bool weir_host_quiet(const struct weir_shares *shares, int host)
{
    const struct weir_host_state *state = &shares->hosts[host];
    for (size_t r = 0; r < state->route_count; r++) {
        const struct weir_route_state *way = &shares->routes[state->routes[r]];
        if (way->wire || way->way)
            return false;
    }
    return true;
}
