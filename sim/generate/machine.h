/* Classes of machines that generated platforms are made of. Where the figures come from: docs/sources.md, "The city".
 */
#ifndef WEIR_GENERATE_MACHINE_H
#define WEIR_GENERATE_MACHINE_H

#include "sim/base/random.h"

/* Figures are texts, as they stand in a platform file. Speeds are what one core sustains on scalar stream code. */
struct weir_machine {
    const char *name;
    const char *comment;
    const char *speed; /* of a core */
    int cores;
    int slots;
    const char *memory;
    const char *watts; /* idle:one core busy:all cores busy */
    const char *price; /* USD per core and second */
};

enum { WEIR_GATEWAY, WEIR_PI, WEIR_JETSON, WEIR_NUC, WEIR_XEON, WEIR_VM, WEIR_MACHINES };
extern const struct weir_machine weir_machines[WEIR_MACHINES];

/* Shares of classes, which sum to 1. */
struct weir_machine_mix {
    double share[WEIR_MACHINES];
};

/* Reads "xeon:1,nuc:3" (a class alone has weight 1). Errors: WEIR_EUSAGE naming the option. */
int weir_machine_mix_read(const char *option, const char *text, struct weir_machine_mix *mix);

const struct weir_machine *weir_machine_draw(const struct weir_machine_mix *mix, struct weir_stream *stream);

#endif
