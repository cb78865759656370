/* The account of a scenario. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

double weir_account_revenue(const struct weir_account *account, double use)
{
    double off = (use - account->u_opt) / account->sigma;
    return weir_exp(-off * off / 2);
}

static int read_hosts(const struct weir_json *at, struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    struct weir_account *account = &scenario->account;
    struct weir_json child;
    if (weir_json_get(at, "hosts", &child)) {
        struct weir_fault_rule rule = {0};
        int code = weir_fault_read_targets(at, platform, &rule);
        account->hosts = rule.targets;
        account->host_count = rule.target_count;
        free(rule.name);
        return code;
    }
    account->hosts = weir_alloc(platform->host_count, sizeof *account->hosts);
    for (size_t h = 0; h < platform->host_count; h++)
        if (platform->hosts[h].tier != WEIR_TIER_DEVICE)
            account->hosts[account->host_count++] = (int)h;
    return account->host_count ? WEIR_OK
                               : weir_json_error(at, "the platform has no host of the tiers edge and cloud; "
                                                     "say whose account it is by \"hosts\"");
}

int weir_scenario_read_account(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_account *account = &scenario->account;
    struct weir_json child;
    struct weir_account_read read;
    weir_param_defaults(weir_account_keys, &read);
    bool given = weir_json_get(at, "account", &child);
    int code = given ? weir_param_bind(weir_account_keys, &child, NULL, &read) : WEIR_OK;
    *account = (struct weir_account){.on = given,
                                     .u_opt = read.u_opt,
                                     .sigma = read.sigma,
                                     .price_per_byte = read.price_per_GB / 1e9,
                                     .fine_service = read.fine_service,
                                     .fine_device = read.fine_device};
    return code || !given ? code : read_hosts(&child, scenario);
}
