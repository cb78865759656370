/* Waiting in line. */
#ifndef WEIR_POLICIES_SUPPORT_QUEUE_H
#define WEIR_POLICIES_SUPPORT_QUEUE_H

/* Mean time that a customer waits in M/M/c, seconds (Erlang C): a = lambda / mu,
 *     B_0 = 1,  B_k = a B_{k-1} / (k + a B_{k-1});  C = B_c / (1 - (a/c)(1 - B_c));  W = C / (c mu - lambda)
 * lambda and mu in 1/s. 0 without customers or with mu = INFINITY; INFINITY if lambda >= servers mu. Example: lambda 8,
 * mu 1, 10 servers: 0.20459. O(servers). */
double weir_mmc_wait(double lambda, double mu, int servers);

/* The wait and the service, W + 1/mu. */
double weir_mmc_stay(double lambda, double mu, int servers);

#endif
