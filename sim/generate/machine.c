#include "sim/generate/machine.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"

const struct weir_machine weir_machines[WEIR_MACHINES] = {
    [WEIR_GATEWAY] = {"gateway", "roadside gateway, four Cortex-A53 class cores", "0.8Gf", 4, 6, "2GB", "2.0:2.0:4.5",
                      "0"},
    [WEIR_PI] = {"pi", "single-board computer, four Cortex-A72 class cores", "1.5Gf", 4, 6, "4GB", "2.7:2.7:6.4",
                 "1e-6"},
    [WEIR_JETSON] = {"jetson", "embedded module, six ARM cores", "2.5Gf", 6, 9, "8GB", "5:5.4:15", "1.5e-6"},
    [WEIR_NUC] = {"nuc", "small PC, four x86 cores", "6Gf", 4, 6, "16GB", "8:8:40", "2e-6"},
    [WEIR_XEON] = {"xeon", "edge server, eight x86 cores", "7Gf", 8, 12, "64GB", "45:50.6:110", "3e-6"},
    [WEIR_VM] = {"vm", "cloud machine, sixteen virtual cores", "8Gf", 16, 32, "64GB", "90:91.3:230", "1.1e-5"},
};

static int find(const char *option, const char *name)
{
    const char *names[WEIR_MACHINES];
    char quoted[WEIR_QUOTE_SIZE];
    for (int i = 0; i < WEIR_MACHINES; i++) {
        names[i] = weir_machines[i].name;
        if (strcmp(name, names[i]) == 0)
            return i;
    }
    const char *near = weir_nearest(name, names, WEIR_MACHINES);
    weir_quote(name, quoted);
    if (near)
        return weir_error(WEIR_EUSAGE, "--%s: %s is no class of machines; did you mean \"%s\"?", option, quoted, near);
    return weir_error(WEIR_EUSAGE, "--%s: %s is no class of machines; there are gateway, pi, jetson, nuc, xeon and vm",
                      option, quoted);
}

int weir_machine_mix_read(const char *option, const char *text, struct weir_machine_mix *mix)
{
    *mix = (struct weir_machine_mix){0};
    char *copy = weir_copy(text), *rest = copy, *part;
    double sum = 0;
    int code = WEIR_OK;
    while (code == WEIR_OK && (part = strsep(&rest, ","))) {
        double weight = 1;
        char *colon = strchr(part, ':');
        if (colon) {
            *colon = '\0';
            const char *end = weir_number_scan(colon + 1, &weight);
            if (!end || *end || !(weight >= 0) || weight > 1e9)
                code = weir_error(WEIR_EUSAGE, "--%s: the weight of %s is no number from 0 on, as in \"xeon:1,nuc:3\"",
                                  option, part);
        }
        int machine = code ? code : find(option, part);
        if (machine < 0) {
            code = machine;
            break;
        }
        mix->share[machine] += weight;
        sum += weight;
    }
    if (code == WEIR_OK && !(sum > 0))
        code = weir_error(WEIR_EUSAGE, "--%s: all weights are 0", option);
    for (int i = 0; code == WEIR_OK && i < WEIR_MACHINES; i++)
        mix->share[i] /= sum;
    free(copy);
    return code;
}

const struct weir_machine *weir_machine_draw(const struct weir_machine_mix *mix, struct weir_stream *stream)
{
    double point = weir_stream_uniform(stream);
    int last = 0;
    for (int i = 0; i < WEIR_MACHINES; i++) {
        if (mix->share[i] > 0) {
            last = i;
            if (point < mix->share[i])
                break;
        }
        point -= mix->share[i];
    }
    return &weir_machines[last];
}
