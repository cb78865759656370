#include "sim/base/slot.h"

#include <stdlib.h>

#include "sim/base/error.h"
#include "tests/support/test.h"

static void parsed(void)
{
    static const struct {
        const char *text, *json;
    } rows[] = {
        {"linear", "{\"name\":\"linear\"}"},
        {"linear:window=12", "{\"name\":\"linear\",\"window\":12}"},
        {"seasonal:period=7d:of=a=b", "{\"name\":\"seasonal\",\"period\":\"7d\",\"of\":\"a=b\"}"},
        {"", "{\"name\":\"\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_json_doc *doc;
        CU_ASSERT_EQUAL_FATAL(weir_slot_parse("forecaster", "linear:window=12", rows[i].text, &doc), WEIR_OK);
        struct weir_json root = weir_json_root(doc);
        char *text = weir_json_print(&root);
        CU_ASSERT_STRING_EQUAL(text, rows[i].json);
        free(text);
        weir_json_free(doc);
    }
}

static void refused(void)
{
    static const char *const texts[] = {"z:window", "z:=3", "z:a=1:", "z:a=1:b"};
    static const char *const parts[] = {"\"window\"", "\"=3\"", "\"\"", "\"b\""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct weir_json_doc *doc;
        CU_ASSERT_EQUAL(weir_slot_parse("detector", "z:a=1", texts[i], &doc), WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(doc);
        CHECK_MESSAGE(parts[i]);
        weir_slot_parse("detector", "z:a=1", texts[i], &doc);
        CHECK_MESSAGE("is not KEY=VALUE, as in z:a=1");
    }
}

static void unknown(void)
{
    static const char *const names[] = {"rules", "vgru"};
    CU_ASSERT_EQUAL(weir_slot_unknown("detector", "rule", names, 2), WEIR_EINPUT);
    CHECK_MESSAGE("there is no detector \"rule\"; did you mean \"rules\"? (weir list detectors)");
    CU_ASSERT_EQUAL(weir_slot_unknown("detector", "else", names, 2), WEIR_EINPUT);
    CHECK_MESSAGE("there is no detector \"else\"; see weir list detectors");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"parsed", parsed}, {"refused", refused}, {"unknown", unknown}, {0}};
    return weir_test_main("base/slot", cases, argc, argv);
}
