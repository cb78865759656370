#include "sim/api/policy_load.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

#define STATE_AT_MOST ((size_t)1 << 30)

bool weir_code_refused(void)
{
    const char *set = getenv(WEIR_NO_CODE);
    return set && *set && strcmp(set, "0") != 0;
}

bool weir_policy_is_path(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 3 && strcmp(name + length - 3, ".so") == 0);
}

static bool is_name(const char *name)
{
    if (!name || !islower((unsigned char)*name))
        return false;
    for (const char *c = name; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '-')
            return false;
    return true;
}

int weir_policy_check(const struct weir_policy *policy, const char *path)
{
    /* Nothing else may be looked at under another interface: the fields may lie elsewhere. */
    if (policy->abi != WEIR_POLICY_ABI)
        return weir_error(WEIR_EINPUT,
                          "%s: was built for policy interface %u, and this weir has interface %u; build it again with "
                          "the headers of this weir",
                          path, policy->abi, WEIR_POLICY_ABI);
    if (!is_name(policy->name))
        return weir_error(WEIR_EINPUT,
                          "%s: the policy's name is missing or wrong; it must be of lower case letters, digits and "
                          "hyphens, and begin with a letter",
                          path);
    if (!policy->summary)
        return weir_error(WEIR_EINPUT, "%s: policy %s: the summary is missing; give one sentence", path, policy->name);
    if (policy->state_size > STATE_AT_MOST)
        return weir_error(WEIR_EINPUT, "%s: policy %s: a state of %zu bytes is too large; allocate in create", path,
                          policy->name, policy->state_size);
    if (policy->params && weir_param_check(policy->params, policy->state_size) != WEIR_OK)
        return weir_error_context("%s: policy %s: the table of parameters is wrong", path, policy->name);
    return WEIR_OK;
}

/* Why the loader would not take the file, without the path that its message may begin with. */
static const char *loader_reason(const char *path)
{
    const char *reason = dlerror();
    size_t length = strlen(path);
    if (reason && strncmp(reason, path, length) == 0 && strncmp(reason + length, ": ", 2) == 0)
        reason += length + 2;
    return reason ? reason : "no reason given";
}

int weir_policy_load(const char *path, const struct weir_policy **policy)
{
    struct stat info;
    *policy = NULL;
    if (weir_code_refused())
        return weir_error(WEIR_EINPUT, "%s: is code of its own, which %s refuses", path, WEIR_NO_CODE);
    if (stat(path, &info) != 0)
        return weir_error(WEIR_EINPUT, "%s: cannot load this policy: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return weir_error(WEIR_EINPUT, "%s: is no file; name a shared object, such as \"./mine.so\"", path);
    char *file = strchr(path, '/') ? weir_copy(path) : weir_format("./%s", path); /* not from the library path */
    void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    int code = WEIR_OK;
    if (!object) {
        code =
            weir_error(WEIR_EINPUT, "%s: is no shared object that this weir can load: %s", path, loader_reason(file));
        goto out;
    }
    const struct weir_policy *found = dlsym(object, WEIR_POLICY_SYMBOL);
    if (!found) {
        code = weir_error(WEIR_EINPUT,
                          "%s: does not export \"%s\"; define `const struct weir_policy %s = {...}` in it, not static",
                          path, WEIR_POLICY_SYMBOL, WEIR_POLICY_SYMBOL);
        goto out;
    }
    code = weir_policy_check(found, path);
    if (code == WEIR_OK)
        *policy = found;
out:
    free(file);
    return code;
}
