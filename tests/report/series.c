/* CSV of results as it stands; windows.csv as series; sums of many jobs; text in the page's data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/experiment/sheet.h"
#include "sim/report/data.h"
#include "sim/report/groups.h"
#include "sim/report/series_data.h"
#include "tests/support/test.h"

static void cells_are_as_written(void)
{
    struct weir_sheet sheet;
    CU_ASSERT_EQUAL_FATAL(weir_sheet_parse("a,b,\"c \"\"d\"\"\"\r\n1.50,,\"x, y\nz\"\r\n", "t", &sheet), WEIR_OK);
    CU_ASSERT_EQUAL(sheet.column_count, 3);
    CU_ASSERT_EQUAL(sheet.row_count, 1);
    CU_ASSERT_EQUAL(weir_sheet_column(&sheet, "c \"d\""), 2);
    CU_ASSERT_EQUAL(weir_sheet_column(&sheet, "e"), -1);
    CU_ASSERT_STRING_EQUAL(weir_sheet_cell(&sheet, 0, 0), "1.50");
    CU_ASSERT_STRING_EQUAL(weir_sheet_cell(&sheet, 0, 1), "");
    CU_ASSERT_STRING_EQUAL(weir_sheet_cell(&sheet, 0, 2), "x, y\nz");
    CU_ASSERT_STRING_EQUAL(weir_sheet_cell(&sheet, 0, -1), "");
    CHECK_NEAR(weir_sheet_number(&sheet, 0, 0), 1.5, 0);
    CU_ASSERT(isnan(weir_sheet_number(&sheet, 0, 1)));
    CU_ASSERT(isnan(weir_sheet_number(&sheet, 0, 2)));
    CU_ASSERT_FALSE(sheet.is_cut);
    weir_sheet_fini(&sheet);
}

static void bad_sheets(void)
{
    static const struct {
        const char *content, *message;
    } cases[] = {
        {"", "t.csv: is empty"},
        {"a,b\n1\n", "t.csv:2: the row has 1 cells, the header 2"},
        {"a,b\n\"1\n2\",3\n4,5,6\n", "t.csv:4: the row has 3 cells, the header 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_sheet sheet;
        CU_ASSERT_EQUAL(weir_sheet_read(weir_test_file("t.csv", cases[i].content), &sheet), WEIR_EINPUT);
        CHECK_MESSAGE(cases[i].message);
        CU_ASSERT_PTR_NULL(sheet.cells);
    }
}

static void a_cut_line_is_left_out(void)
{
    struct weir_sheet sheet;
    CU_ASSERT_EQUAL_FATAL(weir_sheet_parse("a,b\n1,2\n3,", "t", &sheet), WEIR_OK);
    CU_ASSERT_TRUE(sheet.is_cut);
    CU_ASSERT_EQUAL(sheet.row_count, 1);
    weir_sheet_fini(&sheet);
}

#define HEADER "time,job,operator,host,metric,value\n"

static const struct weir_entity *find(const struct weir_windows *windows, enum weir_entity_kind kind, const char *job,
                                      const char *op, const char *host)
{
    for (size_t e = 0; e < windows->entity_count; e++) {
        const struct weir_entity *entity = &windows->entities[e];
        if (entity->kind == kind && !strcmp(entity->job, job) && !strcmp(entity->op, op) && !strcmp(entity->host, host))
            return entity;
    }
    return NULL;
}

static void windows_are_series(void)
{
    struct weir_windows windows;
    const char *path = weir_test_file("windows.csv", HEADER "10,\"j, 1\",,,backlog,5\n"
                                                            "10,\"j, 1\",op,,busy,0.5\n"
                                                            "10,\"j, 1\",op,h,placed,2\n"
                                                            "10,\"j, 1\",left,,device_x,3\n"
                                                            "10,\"j, 1\",left,,backlog,4\n"
                                                            "10,\"j, 1\",left,h,attached,1\n"
                                                            "10,,,h,cpu,0.25\n"
                                                            "10,,,l,use,0.125\n"
                                                            "10,,,l,unheard_of,1\n"
                                                            "20,\"j, 1\",,,backlog,\n"
                                                            "20,,,h,cpu,1\n"
                                                            "30,\"j, 1\",,,backlog,7\n"
                                                            "30,\"j, 1\",,,bac");
    CU_ASSERT_EQUAL_FATAL(weir_windows_read(path, &windows), WEIR_OK);
    CU_ASSERT_TRUE(windows.is_cut);
    CU_ASSERT_EQUAL(windows.count, 3);
    CHECK_NEAR(windows.time_s[2], 30, 0);
    CU_ASSERT_EQUAL(windows.entity_count, 6);
    const struct weir_entity *job = find(&windows, WEIR_ENTITY_JOB, "j, 1", "", "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(job);
    CHECK_NEAR(job->values[WEIR_JOB_BACKLOG][0], 5, 0);
    CU_ASSERT(isnan(job->values[WEIR_JOB_BACKLOG][1]));
    CHECK_NEAR(job->values[WEIR_JOB_BACKLOG][2], 7, 0);
    CU_ASSERT_PTR_NULL(job->values[WEIR_JOB_INGRESS]);
    const struct weir_entity *host = find(&windows, WEIR_ENTITY_HOST, "", "", "h");
    CU_ASSERT_PTR_NOT_NULL_FATAL(host);
    CHECK_NEAR(host->values[0][1], 1, 0);
    CU_ASSERT(isnan(host->values[0][2]));
    CU_ASSERT_PTR_NOT_NULL(find(&windows, WEIR_ENTITY_OP, "j, 1", "op", ""));
    const struct weir_entity *device = find(&windows, WEIR_ENTITY_DEVICE, "j, 1", "left", "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(device);
    CHECK_NEAR(device->values[0][0], 3, 0);
    CU_ASSERT_PTR_NOT_NULL(find(&windows, WEIR_ENTITY_PLACE, "j, 1", "op", "h"));
    CU_ASSERT_PTR_NOT_NULL(find(&windows, WEIR_ENTITY_LINK, "", "", "l"));
    weir_windows_fini(&windows);
}

static void bad_windows(void)
{
    static const struct {
        const char *content, *message;
    } cases[] = {
        {"", "windows.csv:1: the header is not"},
        {"time,job,metric,value\n", "windows.csv:1: the header is not"},
        {HEADER "ten,j,,,backlog,5\n", "windows.csv:2: is no row of"},
        {HEADER "10,j,,,backlog,5\n10,j,,,backlog,x\n", "windows.csv:3: is no row of"},
        {HEADER "10,j,backlog,5\n", "windows.csv:2: is no row of"},
        {HEADER "10\n", "windows.csv:2: is no row of"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_windows windows;
        CU_ASSERT_EQUAL(weir_windows_read(weir_test_file("windows.csv", cases[i].content), &windows), WEIR_EINPUT);
        CHECK_MESSAGE(cases[i].message);
        CU_ASSERT_PTR_NULL(windows.entities);
    }
    struct weir_windows windows;
    CU_ASSERT_EQUAL(weir_windows_read("nowhere/windows.csv", &windows), WEIR_EINPUT);
    CHECK_MESSAGE("nowhere/windows.csv: no such file");
}

/* Many windows: arrays that have grown keep what they held. */
static void series_grow(void)
{
    struct weir_text text = {0};
    struct weir_windows windows;
    weir_text_add(&text, HEADER);
    for (int w = 1; w <= 1000; w++) {
        weir_text_addf(&text, "%d,j,,,backlog,%d\n", w, 2 * w);
        if (w > 500)
            weir_text_addf(&text, "%d,late,,,backlog,1\n", w);
    }
    CU_ASSERT_EQUAL_FATAL(weir_windows_read(weir_test_file("long.csv", weir_text_string(&text)), &windows), WEIR_OK);
    CU_ASSERT_EQUAL(windows.count, 1000);
    for (int w = 0; w < 1000; w += 111)
        CHECK_NEAR(windows.entities[0].values[WEIR_JOB_BACKLOG][w], 2 * (w + 1), 0);
    CU_ASSERT(isnan(windows.entities[1].values[WEIR_JOB_BACKLOG][499]));
    CHECK_NEAR(windows.entities[1].values[WEIR_JOB_BACKLOG][500], 1, 0);
    weir_windows_fini(&windows);
    weir_text_fini(&text);
}

/* Two copies of a template and a job that is alone. */
#define THREE_JOBS                                                                                                     \
    HEADER "10,c-0,,,delivered_rate,30\n10,c-0,,,latency_p95,1\n10,c-0,o,,instances,1\n10,c-0,o,,busy,0.2\n"           \
           "10,c-1,,,delivered_rate,10\n10,c-1,,,latency_p95,5\n10,c-1,o,,instances,3\n10,c-1,o,,busy,0.6\n"           \
           "10,x,,,delivered_rate,0\n10,x,,,latency_p95,0\n10,x,o,,instances,1\n10,x,o,,busy,0\n"

static void groups_are_sums_and_weighted_means(void)
{
    struct weir_windows windows;
    struct weir_groups groups;
    CU_ASSERT_EQUAL_FATAL(weir_windows_read(weir_test_file("three.csv", THREE_JOBS), &windows), WEIR_OK);
    weir_groups_make(&windows, &groups);
    /* all, c-*, c-* / o, x, x / o */
    CU_ASSERT_EQUAL_FATAL(groups.count, 5);
    CU_ASSERT_STRING_EQUAL(groups.list[1].sum.job, "c-*");
    CU_ASSERT_EQUAL(groups.list[1].members, 2);
    CU_ASSERT_STRING_EQUAL(groups.list[3].sum.job, "x");
    CHECK_NEAR(groups.list[0].sum.values[WEIR_JOB_DELIVERED][0], 30 + 10 + 0, 0);
    CHECK_NEAR(groups.list[0].sum.values[WEIR_GROUP_INSTANCES][0], 1 + 3 + 1, 0);
    /* (30 x 1 s + 10 x 5 s) / 40 = 2 s; of x nothing was delivered. */
    CHECK_NEAR(groups.list[0].sum.values[WEIR_JOB_LATENCY + 2][0], 2, 1e-12);
    CU_ASSERT(isnan(groups.list[3].sum.values[WEIR_JOB_LATENCY + 2][0]));
    /* (1 x 0.2 + 3 x 0.6) / 4 = 0.5 */
    CHECK_NEAR(groups.list[2].sum.values[WEIR_OP_BUSY][0], 0.5, 1e-12);
    weir_groups_fini(&groups);
    weir_windows_fini(&windows);
}

static void thinning_says_what_it_left_out(void)
{
    struct weir_windows windows;
    struct weir_text text = {0};
    struct weir_thinned thinned = {0};
    const struct weir_thinning thinning = {.sum_stride = 1, .stride = 1, .most = 1};
    CU_ASSERT_EQUAL_FATAL(weir_windows_read(weir_test_file("three.csv", THREE_JOBS), &windows), WEIR_OK);
    weir_series_data(&text, &windows, &thinning, &thinned);
    /* Of the groups c-* and x one stays; of c-0 and c-1, which are in a group together, one besides. */
    CU_ASSERT_EQUAL(thinned.of[WEIR_ENTITY_JOB], 2 + 2);
    CU_ASSERT_EQUAL(thinned.left_out[WEIR_ENTITY_JOB], 1 + 1);
    CU_ASSERT_PTR_NULL(strstr(weir_text_string(&text), "\"x\",\"members\""));
    /* The one that stays is the one with the larger latency. */
    CU_ASSERT_PTR_NOT_NULL(strstr(weir_text_string(&text), "\"jobs\":[{\"job\":\"c-1\""));
    CU_ASSERT_PTR_NULL(strstr(weir_text_string(&text), "\"c-0\",\"delivered_rate\""));
    weir_text_fini(&text);
    weir_windows_fini(&windows);
}

/* Three windows become one and a rest: rates are averaged, stocks are those of the last. */
static void windows_are_merged(void)
{
    struct weir_windows windows;
    struct weir_text text = {0};
    struct weir_thinned thinned = {0};
    const struct weir_thinning thinning = {.sum_stride = 3, .stride = 3, .most = 9};
    const char *path = weir_test_file("four.csv", HEADER "1,j,,,backlog,1\n1,j,,,ingress_rate,10\n"
                                                         "2,j,,,backlog,2\n2,j,,,ingress_rate,20\n"
                                                         "3,j,,,backlog,9\n3,j,,,ingress_rate,60\n"
                                                         "4,j,,,backlog,4\n4,j,,,ingress_rate,\n"
                                                         "4,j,l,,device_x,5\n4,j,l,,device_y,6\n");
    CU_ASSERT_EQUAL_FATAL(weir_windows_read(path, &windows), WEIR_OK);
    weir_series_data(&text, &windows, &thinning, &thinned);
    const char *data = weir_text_string(&text);
    CU_ASSERT_PTR_NOT_NULL(strstr(data, "\"times\":[3,4],"));
    CU_ASSERT_PTR_NOT_NULL(strstr(data, "\"backlog\":[9,4]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(data, "\"ingress_rate\":[30,null]")); /* (10 + 20 + 60) / 3 */
    CU_ASSERT_PTR_NOT_NULL(strstr(data, "\"devices\":[{\"job\":\"j\",\"source\":\"l\",\"device_x\":[null,5],"
                                        "\"device_y\":[null,6]}]"));
    weir_text_fini(&text);
    weir_windows_fini(&windows);
}

static void text_cannot_leave_the_data(void)
{
    struct weir_text text = {0};
    weir_data_string(&text, "</script><!-- & \"a\\b\"\n\x7f");
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text),
                           "\"\\u003c/script\\u003e\\u003c!-- \\u0026 \\u0022a\\u005cb\\u0022\\u000a\\u007f\"");
    weir_text_fini(&text);
    weir_data_string(&text, NULL);
    weir_text_add(&text, ",");
    weir_data_number(&text, NAN);
    weir_text_add(&text, ",");
    weir_data_number(&text, 123456);
    weir_text_add(&text, ",");
    weir_data_end(&text);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "\"\",null,1.235e+05");
    weir_text_fini(&text);
}

static const struct weir_case cases[] = {
    {"cells are as written", cells_are_as_written},
    {"bad sheets", bad_sheets},
    {"a cut line is left out", a_cut_line_is_left_out},
    {"windows are series", windows_are_series},
    {"bad windows", bad_windows},
    {"series grow", series_grow},
    {"groups are sums and weighted means", groups_are_sums_and_weighted_means},
    {"thinning says what it left out", thinning_says_what_it_left_out},
    {"windows are merged", windows_are_merged},
    {"text cannot leave the data", text_cannot_leave_the_data},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("report", cases, argc, argv);
}
