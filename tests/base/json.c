/* Reading JSON: places in messages, refusals of what cJSON would let pass, typed readers. */
#include "sim/base/json.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/test.h"

static void refuses_bad_text(void)
{
    static const char *const rows[][2] = {
        {"", "t.json: is empty"},
        {" \n ", "t.json: is empty"},
        {"{\n  \"a\": 1\n  \"b\": 2\n}", "t.json:3:3: not valid JSON at \"\"b\": 2\""},
        {"{\"a\": 1", "t.json:1:8: the text ends too early"},
        {"[1, 2", "t.json:1:6: the text ends too early"},
        {"{\"a\": \"x", "t.json:1:7: the string that begins here is not closed"},
        {"[1, 2,]", "t.json:1:7: a comma stands before the closing bracket"},
        {"{\"a\": 1,\n}", "t.json:2:1: a comma stands before the closing bracket"},
        {"{\n// no\n\"a\": 1}", "t.json:2:1: JSON has no comments; use a key that begins with #"},
        {"{'a': 1}", "t.json:1:2: strings take double quotes"},
        {"{\"\xc3\xa9\": ?}", "t.json:1:7: not valid JSON at \"?}\""}, /* columns count characters */
        {"{a: 1}", "t.json:1:2: a key in double quotes is expected, not \"a: 1}\""},
        {"{\"a\": [{\"b\": 1, c: 2}]}", "t.json:1:17: a key in double quotes is expected"},
        {"{\"a\": 1x}", "t.json:1:8: not valid JSON at \"x}\""},
        {"{\"a\" 1}", "t.json:1:6: not valid JSON at \"1}\""},
        {"[1 2]", "t.json:1:4: not valid JSON"},
        {"{\"a\": \"C:\\work\"}", "t.json:1:7: the string that begins here has a bad escape"},
        {"{\"a\": NaN}", "t.json:1:7: not valid JSON at \"NaN}\""},
        {"{\"a\": Infinity}", "t.json:1:7: not valid JSON"},
        {"{\"a\": tru}", "t.json:1:7: not valid JSON"},
        {"{} {}", "t.json:1:4: text after the end"},
        {"{}\n]", "t.json:2:1: text after the end"},
        {"{\"a\": \"x\\u0000y\"}", "t.json:1:9: a string must not contain \\u0000"},
        {"{\"a\": 1e999}", "t.json: a: the number is too large"},
        {"{\"a\": [0, -1e999]}", "t.json: a[1]: the number is too large"},
        {"{\"a\": 1, \"b\": 2, \"a\": 3}", "t.json: the key \"a\" is given twice"},
        {"{\"j\": [{}, {\"n\": {\"x\": 1, \"x\": 1}}]}", "t.json: j[1].n: the key \"x\" is given twice"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_json_doc *doc = (void *)rows;
        CU_ASSERT_EQUAL(weir_json_parse(rows[i][0], "t.json", &doc), WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(doc);
        CHECK_MESSAGE(rows[i][1]);
    }
}

static void accepts(void)
{
    static const char *const rows[] = {
        "{}",
        " [1, 2.5e3, \"x\\n\\u00e9\", true, null] \n\t",
        "\xef\xbb\xbf{\"a\": 1}",                     /* a byte order mark */
        "{\"a\": 1, \"A\": 2}",                       /* case matters */
        "{\"#\": 1, \"#\": 2, \"//\": 1, \"//\": 2}", /* remarks may repeat */
        "{\"a\": \"[[[ {{ \\\" \\\\\"}",              /* brackets in strings do not nest */
        "{\"a\": \"\\\\u0000\"}",                     /* an escaped backslash before u0000 */
        "5",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_json_doc *doc;
        CU_ASSERT_EQUAL(weir_json_parse(rows[i], "t.json", &doc), WEIR_OK);
        if (!doc)
            fprintf(stderr, "\n%s: %s\n", rows[i], weir_error_message());
        weir_json_free(doc);
    }
    weir_json_free(NULL);
}

static void nesting_is_bounded(void)
{
    struct weir_json_doc *doc;
    for (int depth = 199; depth <= 100000; depth = depth < 201 ? depth + 1 : depth * 20) {
        char *text = weir_alloc((size_t)depth * 2 + 1, 1);
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        CU_ASSERT_EQUAL(weir_json_parse(text, "deep.json", &doc), depth <= 200 ? WEIR_OK : WEIR_EINPUT);
        if (depth > 200)
            CHECK_MESSAGE("deep.json:1:201: nested deeper than 200 levels");
        weir_json_free(doc);
        free(text);
    }
}

static void loads_files(void)
{
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL(weir_json_load(weir_test_file("good.json", "{\"a\": 5}"), &doc), WEIR_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(doc);
    CU_ASSERT(doc && strstr(doc->name, "good.json") != NULL);
    weir_json_free(doc);
    CU_ASSERT_EQUAL(weir_json_load(weir_test_file("empty.json", ""), &doc), WEIR_EINPUT);
    CHECK_MESSAGE("empty.json: is empty");
    CU_ASSERT_EQUAL(weir_json_load(weir_test_file("cut.json", "{\"a\": [1,"), &doc), WEIR_EINPUT);
    CHECK_MESSAGE("cut.json:1:10: the text ends too early");
    CU_ASSERT_EQUAL(weir_json_load("missing.json", &doc), WEIR_EINPUT);
    CHECK_MESSAGE("missing.json: no such file; check the path");
    CU_ASSERT_EQUAL(weir_json_load("tests", &doc), WEIR_EINPUT);
    CHECK_MESSAGE("tests: is a folder, not a file");
    CU_ASSERT_PTR_NULL(doc);
}

static void every_truncation_is_refused(void)
{
    static const char text[] =
        "{\"jobs\": [{\"name\": \"a\\u00e9\", \"rate\": -2.5e1, \"on\": true, \"x\": null}, []]}";
    for (size_t length = 0; length + 1 < sizeof text; length++) {
        char *part = weir_format("%.*s", (int)length, text);
        struct weir_json_doc *doc;
        CU_ASSERT_EQUAL(weir_json_parse(part, "t.json", &doc), WEIR_EINPUT);
        CHECK_MESSAGE("t.json:");
        free(part);
    }
}

/* Any single byte changed: either a document or a message, never a crash. */
static void every_mutation_is_answered(void)
{
    static const char text[] = "{\"a\": [1.5, \"x\\n\", {\"b\": false}], \"c\": {}}";
    for (size_t at = 0; at + 1 < sizeof text; at++)
        for (int byte = 1; byte < 256; byte++) {
            char changed[sizeof text];
            memcpy(changed, text, sizeof text);
            changed[at] = (char)byte;
            struct weir_json_doc *doc;
            weir_error_clear();
            int code = weir_json_parse(changed, "t.json", &doc);
            if ((code == WEIR_OK) != (doc != NULL) || (code && !*weir_error_message()))
                CU_FAIL("neither a document nor a message");
            weir_json_free(doc);
        }
}

static struct weir_json_doc *document(void)
{
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(
        weir_json_parse("{\"jobs\": [{\"name\": \"a\"}, {\"name\": \"b\", \"operators\": [{\"flops\": \"2\", \"n\": 5,"
                        " \"rate\": 2.5, \"on\": true, \"time\": \"-3s\", \"none\": null, \"bare\": 7, \"zero\": 0,"
                        " \"mode\": \"blok\", \"big\": 1e20, \"long\": \"20min\"}]}], \"#\": \"remark\"}",
                        "city.json", &doc),
        WEIR_OK);
    return doc;
}

static void navigates(void)
{
    struct weir_json_doc *doc = document();
    struct weir_json root = weir_json_root(doc), jobs, second, name, operators, op, flops;
    CU_ASSERT(weir_json_is_object(&root));
    CU_ASSERT_EQUAL(weir_json_size(&root), 2);
    CU_ASSERT(weir_json_get(&root, "jobs", &jobs));
    CU_ASSERT_FALSE(weir_json_get(&root, "Jobs", &jobs));
    CU_ASSERT(weir_json_is_array(&jobs));
    CU_ASSERT_EQUAL(weir_json_size(&jobs), 2);
    second = weir_json_at(&jobs, 1);
    CU_ASSERT(weir_json_get(&second, "operators", &operators));
    op = weir_json_at(&operators, 0);
    CU_ASSERT(weir_json_get(&op, "flops", &flops));
    char *path = weir_json_path(&flops);
    CU_ASSERT_STRING_EQUAL(path, "jobs[1].operators[0].flops");
    free(path);
    path = weir_json_path(&root);
    CU_ASSERT_STRING_EQUAL(path, "");
    free(path);
    /* From one to the next; a string has none. */
    CU_ASSERT(weir_json_first(&jobs, &name) && weir_json_next(&name) && !weir_json_first(&flops, &op));
    path = weir_json_path(&name);
    CU_ASSERT_STRING_EQUAL(path, "jobs[1]");
    free(path);
    CU_ASSERT_FALSE(weir_json_next(&name));
    /* Members of an object by position know their key. */
    name = weir_json_at(&second, 0);
    path = weir_json_path(&name);
    CU_ASSERT_STRING_EQUAL(path, "jobs[1].name");
    free(path);
    char *text = weir_json_print(&second);
    CU_ASSERT(strncmp(text, "{\"name\":\"b\",\"operators\":[{\"flops\":\"2\",", 38) == 0);
    free(text);
    CU_ASSERT_EQUAL(weir_json_error(&flops, "%s is wrong", "this"), WEIR_EINPUT);
    CHECK_MESSAGE("city.json: jobs[1].operators[0].flops: this is wrong");
    weir_json_error(&root, "no host");
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "city.json: no host");
    CU_ASSERT_FALSE(weir_json_get(&flops, "x", &name)); /* a string has no keys */
    CU_ASSERT_EQUAL(weir_json_size(&flops), 0);
    weir_json_free(doc);
}

static const char *const modes[] = {"block", "drop-new", "drop-old", NULL};

static void readers_take_good_values(void)
{
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(
        weir_json_parse("{\"s\": \"x\", \"d\": 2.5, \"i\": -7, \"b\": true, \"q\": \"10ms\", \"z\": 0,"
                        " \"c\": \"drop-new\", \"l\": 9007199254740992}",
                        "t.json", &doc),
        WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    const char *s = "";
    double d = 0, q = 0, z = 1;
    long i = 0, l = 0;
    bool b = false;
    int c = 0;
    CU_ASSERT_EQUAL(weir_json_opt_string(&root, "s", &s), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_number(&root, "d", 0, 2.5, &d), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_integer(&root, "i", -7, 0, &i), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_integer(&root, "l", LONG_MIN, LONG_MAX, &l), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_bool(&root, "b", &b), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_quantity(&root, "q", WEIR_UNIT_TIME, 0, INFINITY, &q), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_quantity(&root, "z", WEIR_UNIT_TIME, 0, INFINITY, &z), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_choice(&root, "c", modes, &c), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(s, "x");
    CU_ASSERT_EQUAL(d, 2.5);
    CU_ASSERT_EQUAL(i, -7);
    CU_ASSERT_EQUAL(l, 9007199254740992); /* 2^53, the last that a double counts to */
    CU_ASSERT(b);
    CU_ASSERT_EQUAL(q, 0.01);
    CU_ASSERT_EQUAL(z, 0);
    CU_ASSERT_EQUAL(c, 1);
    /* Absent keys leave values alone. */
    CU_ASSERT_EQUAL(weir_json_opt_number(&root, "absent", 0, 1, &d), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_opt_choice(&root, "absent", modes, &c), WEIR_OK);
    CU_ASSERT_EQUAL(d, 2.5);
    CU_ASSERT_EQUAL(c, 1);
    weir_json_free(doc);
}

enum reader { STRING, NUMBER, INTEGER, BOOL, TIME, CHOICE, NEED, ONLY };

static void readers_say_what_is_wrong(void)
{
    static const char *const keys[] = {"flops", "rate", NULL}, *const most[] = {"a", "b", "c", NULL};
    static const struct {
        enum reader reader;
        const char *key;
        double min, max;
        const char *message;
    } rows[] = {
        {STRING, "n", 0, 0, "n: expected a string, got the number 5"},
        {STRING, "none", 0, 0, "none: expected a string, got null"},
        {NUMBER, "flops", 0, 1, "flops: expected a number, got the string \"2\""},
        {NUMBER, "rate", 0, 1, "rate: 2.5 is too large; it must be from 0 to 1"},
        {NUMBER, "rate", 3, INFINITY, "rate: 2.5 is too small; it must be at least 3"},
        {NUMBER, "rate", -INFINITY, 2, "rate: 2.5 is too large; it must be at most 2"},
        {NUMBER, "zero", 1e-300, INFINITY, "zero: 0 is zero; it must be more than 0"},
        {INTEGER, "rate", 0, 9, "rate: 2.5 is not a whole number"},
        {INTEGER, "n", 6, 9, "n: 5 is too small; it must be from 6 to 9"},
        {INTEGER, "big", 0, 1000, "big: 1e+20 is too large; it must be from 0 to 1000"},
        {INTEGER, "on", 0, 1000, "on: expected a whole number, got true"},
        {BOOL, "n", 0, 0, "n: expected true or false, got the number 5"},
        {TIME, "flops", 0, 1, "flops: \"2\" has no unit; write a time such as \"10ms\""},
        {TIME, "bare", 0, 1, "bare: 7 has no unit; write a time such as \"10ms\", in quotes"},
        {TIME, "on", 0, 1, "on: expected a time such as \"10ms\", got true"},
        {TIME, "time", 0, 60, "time: \"-3s\" is negative; it must be from 0 s to 60 s"},
        {TIME, "long", 0, 600, "long: \"20min\" is too large; it must be from 0 s to 10 min"},
        {CHOICE, "mode", 0, 0,
         "mode: unknown value \"blok\"; did you mean \"block\"? (choices: block, drop-new, drop-old)"},
        {CHOICE, "flops", 0, 0, "flops: unknown value \"2\"; choices are: block, drop-new, drop-old"},
        {CHOICE, "n", 0, 0, "n: expected one of block, drop-new, drop-old, got the number 5"},
        {NEED, "n", 0, 0, "n: expected an object, got the number 5"},
        {ONLY, "n", 0, 0, "n: expected an object, got the number 5"},
    };
    struct weir_json_doc *doc = document();
    struct weir_json root = weir_json_root(doc), jobs, job, operators, op, at;
    weir_json_get(&root, "jobs", &jobs);
    job = weir_json_at(&jobs, 1);
    weir_json_get(&job, "operators", &operators);
    op = weir_json_at(&operators, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_FATAL(weir_json_get(&op, rows[i].key, &at));
        const char *s = "kept";
        double d = 123;
        long l = 123;
        bool b = true;
        int c = 123, code = 0;
        struct weir_json child;
        switch (rows[i].reader) {
        case STRING:
            code = weir_json_string(&at, &s);
            break;
        case NUMBER:
            code = weir_json_number(&at, rows[i].min, rows[i].max, &d);
            break;
        case INTEGER:
            code = weir_json_integer(&at, (long)rows[i].min, (long)rows[i].max, &l);
            break;
        case BOOL:
            code = weir_json_bool(&at, &b);
            break;
        case TIME:
            code = weir_json_quantity(&at, WEIR_UNIT_TIME, rows[i].min, rows[i].max, &d);
            break;
        case CHOICE:
            code = weir_json_choice(&at, modes, &c);
            break;
        case NEED:
            code = weir_json_need(&at, "x", &child);
            break;
        case ONLY:
            code = weir_json_only(&at, keys);
            break;
        }
        CU_ASSERT_EQUAL(code, WEIR_EINPUT);
        CU_ASSERT(strcmp(s, "kept") == 0 && d == 123 && l == 123 && b && c == 123);
        char *whole = weir_format("city.json: jobs[1].operators[0].%s", rows[i].message);
        CHECK_MESSAGE(whole);
        free(whole);
    }

    /* Keys: missing, unknown with a near one, unknown with none; remarks pass. */
    CU_ASSERT_EQUAL(weir_json_need(&job, "load", &at), WEIR_EINPUT);
    CHECK_MESSAGE("city.json: jobs[1]: the key \"load\" is missing; add it");
    CU_ASSERT_EQUAL(weir_json_need(&job, "name", &at), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_only(&root, (const char *[]){"jobs", NULL}), WEIR_OK);
    CU_ASSERT_EQUAL(weir_json_only(&root, (const char *[]){"job", NULL}), WEIR_EINPUT);
    CHECK_MESSAGE("city.json: unknown key \"jobs\"; did you mean \"job\"?");
    CU_ASSERT_EQUAL(weir_json_only(&job, most), WEIR_EINPUT);
    CHECK_MESSAGE("city.json: jobs[1]: unknown key \"name\"; known keys are: a, b, c");
    CU_ASSERT_EQUAL(weir_json_opt_integer(&job, "name", 0, 9, &(long){0}), WEIR_EINPUT);
    CHECK_MESSAGE("city.json: jobs[1].name: expected a whole number, got the string \"b\"");
    weir_json_free(doc);
}

/* Elements of long lists are found at once: counted from the beginning, a hundred thousand would take minutes. */
static void long_lists(void)
{
    enum { COUNT = 100000 };
    struct weir_text text = {0};
    weir_text_add(&text, "{\"outer\": [");
    for (int i = 0; i < 40; i++)
        weir_text_addf(&text, "%s[%d, %d]", i ? "," : "", i, 2 * i);
    weir_text_add(&text, "], \"numbers\": [");
    for (int i = 0; i < COUNT; i++)
        weir_text_addf(&text, "%s%d", i ? "," : "", i);
    weir_text_add(&text, "]}");
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(weir_text_string(&text), "long", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc), outer, numbers;
    CU_ASSERT_FATAL(weir_json_get(&root, "outer", &outer) && weir_json_get(&root, "numbers", &numbers));
    clock_t begun = clock();
    double sum = 0;
    for (int i = 0; i < weir_json_size(&numbers); i++) { /* with another list in between */
        struct weir_json pair = weir_json_at(&outer, i % weir_json_size(&outer)), one = weir_json_at(&numbers, i);
        struct weir_json second = weir_json_at(&pair, 1);
        double value = -1, twice = -1;
        weir_json_number(&one, -1, COUNT, &value);
        weir_json_number(&second, -1, COUNT, &twice);
        sum += fabs(value - i) + fabs(twice - 2 * (i % 40));
    }
    CU_ASSERT_EQUAL(sum, 0);
    CU_ASSERT((double)(clock() - begun) / CLOCKS_PER_SEC < 3);
    struct weir_json last = weir_json_at(&numbers, COUNT - 1);
    weir_json_error(&last, "is wrong");
    CHECK_MESSAGE("numbers[99999]");
    weir_json_free(doc);
    weir_text_fini(&text);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"refuses bad text", refuses_bad_text},
        {"accepts", accepts},
        {"nesting is bounded", nesting_is_bounded},
        {"loads files", loads_files},
        {"every truncation is refused", every_truncation_is_refused},
        {"every mutation is answered", every_mutation_is_answered},
        {"navigates", navigates},
        {"readers take good values", readers_take_good_values},
        {"long lists", long_lists},
        {"readers say what is wrong", readers_say_what_is_wrong},
        {NULL, NULL},
    };
    return weir_test_main("base/json", cases, argc, argv);
}
