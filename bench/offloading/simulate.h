/* One run of a scenario under a policy, in a process of its own. */
#ifndef WEIR_BENCH_OFFLOADING_SIMULATE_H
#define WEIR_BENCH_OFFLOADING_SIMULATE_H

struct outcome {
    double model_s;     /* mean latency of the users by the model, as the policy told it last */
    double simulated_s; /* mean latency of the items */
    double worst_s;
    double late; /* users whose item never came */
    double migrations, decisions;
};

/* Ends the program if the run fails. */
struct outcome simulate(const char *scenario, const char *policy);

#endif
