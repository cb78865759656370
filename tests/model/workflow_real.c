/* Real workflows, where the shared data are there, against the reference table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/workflow.h"
#include "tests/support/test.h"

static struct weir_workflow *need(const char *path, const struct weir_workflow_options *options)
{
    struct weir_workflow *workflow = NULL;
    if (weir_workflow_read(path, options ? options : &WEIR_WORKFLOW_OPTIONS, &workflow)) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    return workflow;
}

static void like_the_reference(void)
{
    char *folder = weir_test_shared("workflows");
    if (!folder)
        return;
    struct weir_csv_lines lines;
    bool more = false;
    int count = 0;
    CU_ASSERT_FATAL(!weir_csv_open(&lines, "tests/data/workflow-reference.csv") && !weir_csv_next(&lines, &more));
    for (; !weir_csv_next(&lines, &more) && more; count++) {
        const char *name = lines.cells[0];
        bool dax = strncmp(name, "dax_", 4) == 0;
        char *paths[2] = {dax ? weir_format("%s/dax/%s.xml.gz", folder, name + 4)
                              : weir_format("%s/wfinstances/%s.json.gz", folder, name),
                          weir_format("%s/flat/%s.tasks.csv.gz", folder, name)};
        for (int p = 0; p < 2; p++) {
            struct weir_workflow *workflow = need(paths[p], NULL);
            struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
            CU_ASSERT(summary.tasks == atoi(lines.cells[1]) && summary.edges == atoi(lines.cells[2]));
            CU_ASSERT_EQUAL(summary.depth, atoi(lines.cells[3]));
            CHECK_NEAR(summary.flops / 1e9, atof(lines.cells[4]), 0.051); /* one decimal */
            CU_ASSERT_EQUAL(summary.bytes, atof(lines.cells[5]));
            CHECK_NEAR(summary.critical_flops / 1e9, atof(lines.cells[6]), 0.01); /* of runtimes to the millisecond */
            weir_workflow_free(workflow);
            free(paths[p]);
        }
    }
    weir_csv_close(&lines);
    CU_ASSERT_EQUAL(count, 22);
    /* The 120 of daggen in one table. */
    for (int d = 1; d <= 120; d++) {
        char *path = weir_format("%s/daggen_synthetic/tasks.csv.gz", folder), *dag = weir_format("%d", d);
        struct weir_workflow_options options = WEIR_WORKFLOW_OPTIONS;
        options.dag = dag;
        struct weir_workflow *workflow = need(path, &options);
        CU_ASSERT(workflow->task_count >= 10 && workflow->task_count <= 100);
        weir_workflow_free(workflow);
        free(path);
        free(dag);
    }
    free(folder);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"like the reference", like_the_reference}, {0}};
    return weir_test_main("model/workflow_real", cases, argc, argv);
}
