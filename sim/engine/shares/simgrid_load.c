/* The module that knows SimGrid, loaded when it is needed. The linker finds it by the program's own search path: beside
 * what was built, or in the folder that it was installed into, wherever that has been moved. */
#include <dlfcn.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/engine/shares/shares.h"
#include "sim/engine/shares/simgrid.h"

const struct weir_simgrid *weir_simgrid;
const struct weir_simgrid_platform *weir_simgrid_platform;

/* Results tell the version that weir was built with. */
static int check_version(const struct weir_simgrid_platform *platform)
{
    char version[48];
    platform->version(version, sizeof version);
    if (strcmp(version, WEIR_SIMGRID_VERSION) == 0)
        return WEIR_OK;
    return weir_error(WEIR_EENGINE, "weir was built with %s, and %s is there now; build it anew", WEIR_SIMGRID_VERSION,
                      version);
}

int weir_simgrid_load(void)
{
    if (weir_simgrid)
        return WEIR_OK;
    void *module = dlopen(WEIR_SIMGRID_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (!module)
        return weir_error(WEIR_EENGINE, "the engine cannot be loaded: %s", dlerror());
    const struct weir_simgrid *calls = dlsym(module, "weir_simgrid_calls");
    const struct weir_simgrid_platform *platform = dlsym(module, "weir_simgrid_platform_calls");
    if (!calls || !platform)
        return weir_error(WEIR_EENGINE, "the engine cannot be loaded: %s is not weir's", WEIR_SIMGRID_MODULE);
    int code = check_version(platform);
    if (code != WEIR_OK)
        return code;
    weir_simgrid = calls;
    weir_simgrid_platform = platform;
    return WEIR_OK;
}

int weir_shares_open(void)
{
    return weir_simgrid_load();
}
