/* The module that knows SimGrid, loaded when it is needed. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* From the program's folder to the module: as installed, wherever that has been moved, and in a build folder. A search
 * path in the program would do as well, but each of its other libraries would be looked for there first. */
static const char *const places[] = {WEIR_MODULE_FROM_BIN, "lib/weir/" WEIR_SIMGRID_MODULE};

/* A path, or what the linker is to look for: the bare name, for which tests have a search path. */
static void find_module(char *path, size_t size)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    for (size_t p = 0; slash && p < sizeof places / sizeof *places; p++) {
        int needed = snprintf(path, size, "%.*s/%s", (int)(slash - program), program, places[p]);
        if (needed > 0 && (size_t)needed < size && access(path, R_OK) == 0)
            return;
    }
    snprintf(path, size, "%s", WEIR_MODULE_ELSEWHERE);
}

int weir_simgrid_load(void)
{
    char path[PATH_MAX];
    if (weir_simgrid)
        return WEIR_OK;
    find_module(path, sizeof path);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
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
