/* K-means: jobs by their rate and the size of their items, and the class of one that comes later. */
#include <stdio.h>
#include <stdlib.h>

#include <weir/learn/learn.h>

int main(void)
{
    const double jobs[6][2] = {{1, 10}, {2, 12}, {3, 11}, {20, 1}, {22, 3}, {24, 5}};
    const double newcomer[2] = {19, 2};
    struct kmeans_settings settings = {.clusters = 2, .restarts = 10, .iterations = 300, .seed = 1};
    struct kmeans model;
    int class_of[6];
    double distance2;
    if (kmeans_fit(jobs[0], 6, 2, &settings, &model, class_of) != 0) {
        fprintf(stderr, "%s\n", weir_error_message());
        return EXIT_FAILURE;
    }
    for (int job = 0; job < 6; job++)
        printf("job %d: centre (%.6f, %.6f)\n", job, model.centres[2 * class_of[job]],
               model.centres[2 * class_of[job] + 1]);
    printf("inertia %.6f\n", model.inertia);
    int nearest = kmeans_nearest(&model, newcomer, &distance2);
    printf("newcomer: %s, squared distance %.6f\n", nearest == class_of[3] ? "as job 3" : "another", distance2);
    kmeans_fini(&model);
    return EXIT_SUCCESS;
}
