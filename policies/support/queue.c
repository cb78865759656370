#include "policies/support/queue.h"

#include <math.h>

double weir_mmc_wait(double lambda, double mu, int servers)
{
    if (!(lambda > 0) || isinf(mu))
        return 0;
    if (!(mu > 0) || !(lambda < servers * mu))
        return INFINITY;
    double a = lambda / mu, b = 1;
    for (int k = 1; k <= servers; k++)
        b = a * b / (k + a * b);
    double c = b / (1 - a / servers * (1 - b));
    return c / (servers * mu - lambda);
}

double weir_mmc_stay(double lambda, double mu, int servers)
{
    return weir_mmc_wait(lambda, mu, servers) + (mu > 0 ? 1 / mu : INFINITY);
}
