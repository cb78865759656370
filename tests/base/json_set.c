/* Setting one value by its path. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"

static const char start[] = "{\"duration\":\"1h\",\"jobs\":[{\"name\":\"a\",\"load\":{\"rate\":\"5/s\"}},{}],"
                            "\"grid\":[[1,2],[3]],\"none\":[]}";

static struct weir_json_doc *document(void)
{
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(start, "city.json", &doc), WEIR_OK);
    return doc;
}

static void sets(void)
{
    static const char *const rows[][4] = {
        /* path, text, what of the start becomes what */
        {"duration", "600s", "\"duration\":\"1h\"", "\"duration\":\"600s\""},
        {"duration", "600", "\"duration\":\"1h\"", "\"duration\":600"},
        {"duration", "\"600\"", "\"duration\":\"1h\"", "\"duration\":\"600\""},
        {"duration", " true ", "\"duration\":\"1h\"", "\"duration\":true"},
        {"duration", "", "\"duration\":\"1h\"", "\"duration\":\"\""},
        {"duration", "[1, broken", "\"duration\":\"1h\"", "\"duration\":\"[1, broken\""},
        {"jobs[0].load.rate", "9/s", "\"5/s\"", "\"9/s\""},
        {"jobs[0].load", "{\"rate\": \"1/s\", \"x\": [1]}", "{\"rate\":\"5/s\"}", "{\"rate\":\"1/s\",\"x\":[1]}"},
        {"jobs[1].name", "b", "{}", "{\"name\":\"b\"}"},
        {"jobs[1]", "null", "{}", "null"},
        {"jobs[1].\"a.b-c\"", "7", "{}", "{\"a.b-c\":7}"},
        {"jobs[0].\"load\".rate", "9/s", "\"5/s\"", "\"9/s\""},
        {"grid[0][1]", "7", "[1,2]", "[1,7]"},
        {"grid[1]", "[]", "[3]", "[]"},
        {"simgrid/x", "LV08", "\"none\":[]", "\"none\":[],\"simgrid/x\":\"LV08\""},
        {"Duration", "5", "\"none\":[]", "\"none\":[],\"Duration\":5"}, /* case matters: another key */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_json_doc *doc = document();
        CU_ASSERT_EQUAL(weir_json_set(doc, rows[i][0], rows[i][1]), WEIR_OK);
        const char *place = strstr(start, rows[i][2]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(place);
        char wanted[512];
        snprintf(wanted, sizeof wanted, "%.*s%s%s", (int)(place - start), start, rows[i][3],
                 place + strlen(rows[i][2]));
        struct weir_json root = weir_json_root(doc);
        char *got = weir_json_print(&root);
        CU_ASSERT_STRING_EQUAL(got, wanted);
        free(got);
        weir_json_free(doc);
    }
}

static void refuses(void)
{
    static const char *const rows[][3] = {
        {"jobz.x", "1", "city.json: cannot set \"jobz.x\": the top level has no key \"jobz\"; did you mean \"jobs\"?"},
        {"jobs[0].\"load.rate", "1", "jobs[0] has no key \"\"load\""},
        {"jobs[0].\"\".x", "1", "a key is missing"},
        {"jobs[0].\"load\"rate", "1", "a '.' or '[' is missing before \"rate\""},
        {"jobs[0].laod.rate", "1", "jobs[0] has no key \"laod\"; did you mean \"load\"?"},
        {"jobs[0].other.rate", "1", "jobs[0] has no key \"other\"; its keys are: name, load"},
        {"jobs[1].other.rate", "1", "jobs[1] has no key \"other\"; its keys are: none"},
        {"jobs[2].name", "1", "jobs has 2 elements, so its last is [1]"},
        {"grid[1][1]", "1", "grid[1] has 1 element, so its last is [0]"},
        {"jobs[99999999999999999999]", "1", "jobs has 2 elements"},
        {"none[0]", "1", "none is empty"},
        {"jobs.name", "1", "jobs is an array; choose an element, as in jobs[0]"},
        {"duration[0]", "1", "duration is not an array"},
        {"duration.x", "1", "duration is not an object"},
        {"jobs[x]", "1", "\"[x]\" is not an index; write it as [0]"},
        {"jobs[-1]", "1", "\"[-1]\" is not an index"},
        {"jobs[0", "1", "\"[0\" is not an index"},
        {"jobs[0]name", "1", "a '.' or '[' is missing before \"name\""},
        {"", "1", "a key is missing; write a path such as jobs[0].load.rate"},
        {".a", "1", "a key is missing"},
        {"a..b", "1", "a key is missing"},
        {"a.", "1", "a key is missing"},
        {"[0]", "1", "a key is missing"},
        {"duration", "{\"a\": 1, \"a\": 2}", "city.json: cannot set \"duration\": the key \"a\" is given twice"},
        {"duration", "1e999", "city.json: cannot set \"duration\": the number is too large"},
        {"duration", "{\"a\": [1e999]}", "cannot set \"duration\": a[0]: the number is too large"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_json_doc *doc = document();
        CU_ASSERT_EQUAL(weir_json_set(doc, rows[i][0], rows[i][1]), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i][2]);
        struct weir_json root = weir_json_root(doc);
        char *got = weir_json_print(&root);
        CU_ASSERT_STRING_EQUAL(got, start); /* nothing half done */
        free(got);
        weir_json_free(doc);
    }
}

static void set_values_have_places(void)
{
    struct weir_json_doc *doc = document();
    CU_ASSERT_EQUAL(weir_json_set(doc, "jobs[1].flops", "5"), WEIR_OK);
    struct weir_json root = weir_json_root(doc), jobs, job;
    double value;
    weir_json_get(&root, "jobs", &jobs);
    job = weir_json_at(&jobs, 1);
    CU_ASSERT_EQUAL(weir_json_opt_quantity(&job, "flops", WEIR_UNIT_FLOPS, 0, 1e300, &value), WEIR_EINPUT);
    CHECK_MESSAGE("city.json: jobs[1].flops: 5 has no unit; write an amount of work such as \"2Gf\"");
    weir_json_free(doc);
}

/* A long list that was looked at before it is set. */
static void after_a_look(void)
{
    char text[400] = "{\"list\":[0";
    for (int i = 1; i < 50; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ",%d", i);
    strcat(text, "]}");
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "long.json", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc), list;
    CU_ASSERT_FATAL(weir_json_get(&root, "list", &list));
    struct weir_json one = weir_json_at(&list, 40);
    double value = 0;
    CU_ASSERT_EQUAL(weir_json_number(&one, 0, 99, &value), WEIR_OK);
    CU_ASSERT_EQUAL(value, 40);
    CU_ASSERT_EQUAL(weir_json_set(doc, "list[40]", "7"), WEIR_OK);
    one = weir_json_at(&list, 40);
    CU_ASSERT_EQUAL(weir_json_number(&one, 0, 99, &value), WEIR_OK);
    CU_ASSERT_EQUAL(value, 7);
    weir_json_free(doc);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"sets", sets},
                                             {"after a look", after_a_look},
                                             {"refuses", refuses},
                                             {"set values have places", set_values_have_places},
                                             {NULL, NULL}};
    return weir_test_main("base/json_set", cases, argc, argv);
}
