/* What the engine needs of SimGrid that its C interface does not give, or gives only with exceptions that C cannot
 * catch. Implemented in C++, the only such file. */
#ifndef WEIR_ENGINE_SIMGRID_SHIM_H
#define WEIR_ENGINE_SIMGRID_SHIM_H

#include <simgrid/forward.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Starts a transfer between two hosts, whichever actor calls, at most at bytes_per_s if that is finite; at least one
 * byte is sent, since SimGrid never starts an empty one. Owned until weir_shim_wait. */
sg_comm_t weir_shim_send(sg_host_t from, sg_host_t to, double bytes, double bytes_per_s);

/* Waits for the transfer, which stays owned; *end_s is when it ended, which may be before the call. 0, or -1 if a host
 * or link failed meanwhile. */
int weir_shim_wait(sg_comm_t transfer, double *end_s);

/* Releases a transfer that nobody will wait for any more; NULL is none. */
void weir_shim_forget(sg_comm_t transfer);

/* Of transfers that are not forgotten, the first that is under way at less than this rate, latency apart: its index, or
 * -1 if there is none. */
int weir_shim_still(const sg_comm_t *transfers, int count, double least_bytes_per_s, double *bytes_per_s);

/* Executes flops on a host, at most at bound_flops_per_s (of a host at full speed) if that is positive. 0, or -1 if the
 * host is down or fails. */
int weir_shim_execute(sg_host_t host, double flops, double bound_flops_per_s);

/* Has hosts that go up or down told to a function, which must not call SimGrid. */
void weir_shim_on_host_change(void (*told)(void *context, sg_host_t host, int up), void *context);

/* When a host or link is down and up again, in turn; or, with shares, what is left of its speed, bandwidth or packets.
 */
struct weir_outages {
    const char *host, *link; /* one of them */
    double *dates_s;         /* down, up, down, ... or of the shares */
    double *shares;          /* [count], from each date on; NULL: down and up */
    unsigned count;
    bool lossy;               /* the shares are of packets, and a link's */
    double left;              /* now, of bandwidth; 0: no date has come yet */
    struct weir_world *world; /* what uses the link */
};

/* Turns a link on or off; of a SPLITDUPLEX link both directions. */
void weir_shim_link_switch(const char *name, int on);

/* Sets the bandwidth of a link; of a SPLITDUPLEX link that of both directions. */
void weir_shim_link_resize(const char *name, double bytes_per_s);

/* Loads a platform and has its hosts follow the outages, instead of profiles of their state in the file; 0, or -1 with
 * SimGrid's message in `message` (some errors abort the process all the same). */
int weir_shim_load(const char *path, const struct weir_outages *outages, unsigned long count, char *message,
                   unsigned long size);

/* Attaches a host to the Wi-Fi link of its zone at the link's first rate, which is given: XML cannot say it. */
void weir_shim_attach(sg_host_t host, sg_link_t link, double bytes_per_s);

/* Bandwidth of a link now; of a Wi-Fi link the rate of its hosts. */
double weir_shim_link_bandwidth(sg_link_t link);

/* Latency and smallest bandwidth between two hosts, and the links on the way (at most max of them, by pointer; returns
 * how many there are), or -1 if there is no route. */
int weir_shim_route(sg_host_t from, sg_host_t to, double *latency_s, double *bytes_per_s, sg_link_t *links, int max);

#ifdef __cplusplus
}
#endif

#endif
