/* Scenarios and the workloads in them; of what is accepted, the first arrivals of the first jobs. */
#include <math.h>

#include "sim/base/error.h"
#include "sim/base/remark.h"
#include "sim/model/scenario.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_scenario *scenario = NULL;
    const char *path = fuzz_file("fuzz.json", data, size);
    if (weir_scenario_read(path, NULL, &scenario) == WEIR_OK) {
        const struct weir_workload *workload = scenario->workload;
        for (int j = 0; j < workload->job_count && j < 8; j++) {
            struct weir_arrivals walk = weir_arrivals_open(workload->jobs[j].load, 1, workload->jobs[j].name);
            double last_s = 0, next_s;
            for (int i = 0; i < 1000 && isfinite(next_s = weir_arrivals_next(&walk)); i++) {
                if (!(next_s >= last_s))
                    __builtin_trap(); /* arrivals do not go back in time */
                last_s = next_s;
            }
            weir_load_rate_at(workload->jobs[j].load, last_s);
        }
    }
    weir_scenario_free(scenario);
    weir_error_clear();
    /* Going on after errors: there are some, or there are none, either way. */
    bool right = scenario != NULL;
    struct weir_remarks errors = {0};
    weir_errors_collect(&errors);
    int code = weir_scenario_read(path, NULL, &scenario);
    weir_errors_collect(NULL);
    if (right != (code == WEIR_OK && errors.count == 0))
        __builtin_trap();
    weir_remarks_fini(&errors);
    weir_scenario_free(scenario);
    weir_error_clear();
    return 0;
}
