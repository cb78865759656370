/* The carbon intensity of the power that hosts and links draw: what a joule costs in gCO2, by region and time. */
#ifndef WEIR_MODEL_CARBON_H
#define WEIR_MODEL_CARBON_H

#include <stdbool.h>
#include <stddef.h>

#define WEIR_J_PER_KWH 3.6e6

/* An intensity that holds from each step until the next one. */
struct weir_intensity {
    size_t count;
    double *time_s;    /* [count] in the time of the file, increasing, 0 first */
    double *g_per_kwh; /* [count] */
    double period_s;   /* of the file, at whose end it begins again; 0: the last step lasts */
    double start_s;    /* the time in the file at which the run begins; less than period_s, if it has one */
    double speedup;    /* of the file's time */
};

struct weir_carbon {
    bool on;
    struct weir_intensity *list; /* in the order of the scenario */
    int count;
    int *of_host, *of_link;  /* [platform's] index of their intensity; -1: what they draw is not counted */
    unsigned long long hash; /* of the files' values */
};

/* A walk through the steps, from one to the next. */
struct weir_intensity_walk {
    const struct weir_intensity *of;
    size_t step;
    double round; /* how often the file has begun again */
};

/* The walk at the start of the run. */
struct weir_intensity_walk weir_intensity_open(const struct weir_intensity *of);
/* The simulated time at which the next step begins; INFINITY: there is none. */
double weir_intensity_next_s(const struct weir_intensity_walk *walk);
/* Goes to the next step. */
void weir_intensity_go_on(struct weir_intensity_walk *walk);
double weir_intensity_now(const struct weir_intensity_walk *walk); /* g/kWh */

#endif
