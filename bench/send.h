#ifndef WEIR_BENCH_SEND_H
#define WEIR_BENCH_SEND_H

#include <simgrid/forward.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Starts a transfer between two hosts. Released by sg_comm_wait. */
sg_comm_t bench_send(sg_host_t from, sg_host_t to, double bytes);

#ifdef __cplusplus
}
#endif

#endif
