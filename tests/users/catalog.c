/* A catalogue with the example policy built in. */
#include "policies/catalog.h"

extern const struct weir_policy weir_policy_plugin;

const struct weir_policy *const weir_catalog[] = {&weir_policy_plugin, NULL};
