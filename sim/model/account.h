/* The account of a platform that sells what it serves: what its servers earn, and what goes wrong with requests
 * [li-2025, eqs. 1 and 10]. */
#ifndef WEIR_MODEL_ACCOUNT_H
#define WEIR_MODEL_ACCOUNT_H

#include <stdbool.h>

struct weir_account {
    bool on;               /* the scenario has one */
    double u_opt, sigma;   /* of the revenue of a server */
    double price_per_byte; /* of results in time */
    double fine_service, fine_device;
    int *hosts; /* whose uplinks earn, in order */
    int host_count;
};

/* R(U) = exp(-(U - u_opt)^2 / (2 sigma^2)) of a server whose uplink has a mean use U; 1 at most. */
double weir_account_revenue(const struct weir_account *account, double use);

#endif
