/* K-means: Lloyd's iterations from the seeding of k-means++ [arthur-2007], with several candidates a step, begun anew a
 * few times; the best counts. */
#ifndef WEIR_LEARN_CLUSTER_KMEANS_H
#define WEIR_LEARN_CLUSTER_KMEANS_H

#include <stdint.h>

struct kmeans_settings {
    int clusters;   /* k, at least 1 */
    int restarts;   /* at least 1; 10 is usual */
    int iterations; /* of Lloyd at most, a restart; at least 1; 300 is usual */
    uint64_t seed;
};

/* Zero-initialised may be freed. */
struct kmeans {
    int clusters, width;
    double *centres; /* [clusters][width]; owned */
    double inertia;  /* sum over the samples of the squared distance to their centre */
    int iterations;  /* of the restart that counts */
};

/* Fits to x[count][width]; assigned[count] (may be NULL) gets the cluster of each sample. Where fewer than k samples
 * differ, there are as many clusters as different samples, and the inertia is 0. A cluster that loses all its samples
 * goes to the sample farthest from its centre. O(restarts iterations count clusters width).
 * Errors: WEIR_EINPUT for no sample, no dimension, settings below 1, and values that are not finite or beyond 1e140,
 * naming the sample; *model is zero then. */
int kmeans_fit(const double *x, int count, int width, const struct kmeans_settings *settings, struct kmeans *model,
               int *assigned);

/* The cluster whose centre is nearest to x[width], the first of equals; *distance2 (may be NULL) gets the squared
 * distance. A model without clusters, and an x with a NaN or an infinity: -1 and NaN. Allocates nothing. */
int kmeans_nearest(const struct kmeans *model, const double *x, double *distance2);

void kmeans_fini(struct kmeans *model);

#endif
