/* Runs a scenario's first policy with its first seed in this process, and prints one line (measure.h): what weir_run
 * took, reading the scenario left out, starting SimGrid and loading the platform in it included. bench_engine
 * SCENARIO.json */
#include <stdlib.h>

#include "bench/measure.h"
#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/engine/run.h"

int main(int argc, char **argv)
{
    struct weir_scenario *scenario = NULL;
    struct weir_result result = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: bench_engine SCENARIO.json\n");
        return 2;
    }
    int code = weir_scenario_read(argv[1], NULL, &scenario);
    if (code == WEIR_OK)
        code = weir_engine_open(); /* libraries loaded: where they are linked, that is over before main */
    if (code == WEIR_OK) {
        struct weir_run_spec spec = {
            .scenario = scenario, .stack = &scenario->stacks[0], .catalog = weir_catalog, .seed = scenario->seeds[0]};
        double start_s = bench_cpu_s();
        code = weir_run(&spec, &result);
        double end_s = bench_cpu_s();
        if (code == WEIR_OK)
            bench_print(end_s - start_s, result.metrics.delivered, result.metrics.latency_mean_s);
    }
    if (code != WEIR_OK)
        fprintf(stderr, "bench_engine: %s\n", weir_error_message());
    weir_result_fini(&result);
    weir_scenario_free(scenario);
    return weir_exit_code(code);
}
