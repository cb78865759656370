/* Workflows of every format that content shows, and a table of tasks, whose edges are those of tests/input/invalid. */
#include "sim/model/workflow.h"
#include "sim/base/error.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"fuzz.workflow", "fuzz.tasks.csv"};
    for (int n = 0; n < 2; n++) {
        struct weir_workflow_options options = WEIR_WORKFLOW_OPTIONS;
        struct weir_workflow *workflow = NULL;
        if (weir_workflow_read(fuzz_file(names[n], data, size), &options, &workflow) == WEIR_OK) {
            for (int f = 0; f < workflow->flow_count; f++)
                if (workflow->flows[f].from >= workflow->flows[f].to)
                    __builtin_trap(); /* tasks are in topological order */
            struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
            if (summary.tasks < 1 || summary.roots < 1 || summary.sinks < 1 ||
                !(summary.critical_flops <= summary.flops * 1.000001))
                __builtin_trap();
        }
        weir_workflow_free(workflow);
        weir_error_clear();
    }
    return 0;
}
