/* Attributes of a platform set by XPath: what they become, which key a run gets, what is refused. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/model/scenario.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

static struct weir_platform *edited(const char *xpath, const char *value)
{
    const struct weir_platform_edit edit = {xpath, value};
    struct weir_platform *platform = NULL;
    if (weir_platform_read_edited(PLATFORM, &edit, 1, &platform) != WEIR_OK)
        CU_ASSERT_PTR_NULL(platform);
    return platform;
}

static void values_change_and_the_file_stays(void)
{
    struct weir_platform *plain = NULL, *slow, *all;
    CU_ASSERT_EQUAL_FATAL(weir_platform_read(PLATFORM, &plain), WEIR_OK);
    slow = edited("//link[@id='backhaul']/@latency", "20ms");
    all = edited("//host/@speed", "3Gf");
    CU_ASSERT_FATAL(slow && all);
    CHECK_NEAR(plain->links[0].latency_s, 0.01, 0);
    CHECK_NEAR(slow->links[0].latency_s, 0.02, 0);
    CHECK_NEAR(slow->links[1].latency_s, 1e-4, 1e-12);
    for (size_t i = 0; i < all->host_count; i++)
        CHECK_NEAR(all->hosts[i].speed_flops_per_s, 3e9, 0);
    CU_ASSERT_PTR_NULL(plain->content);
    CU_ASSERT(strstr(slow->content, "latency=\"20ms\"") != NULL);
    CU_ASSERT(slow->hash != plain->hash && slow->hash != all->hash);
    weir_platform_free(plain);
    weir_platform_free(slow);
    weir_platform_free(all);
}

/* "*0.5": half of what each is. */
static void factors(void)
{
    struct weir_platform *plain = NULL, *slow = edited("//host/@speed", "*0.5");
    struct weir_platform *wide = edited("//link/@bandwidth", "*1e1");
    CU_ASSERT_EQUAL_FATAL(weir_platform_read(PLATFORM, &plain), WEIR_OK);
    CU_ASSERT_FATAL(slow && wide);
    for (size_t i = 0; i < plain->host_count; i++)
        CHECK_NEAR(slow->hosts[i].speed_flops_per_s, plain->hosts[i].speed_flops_per_s / 2, 1e-6);
    for (size_t i = 0; i < plain->link_count; i++)
        CHECK_NEAR(wide->links[i].bandwidth_bytes_per_s, 10 * plain->links[i].bandwidth_bytes_per_s, 1e-3);
    weir_platform_free(plain);
    weir_platform_free(slow);
    weir_platform_free(wide);
}

static void bad_edits_are_refused(void)
{
    static const struct {
        const char *xpath, *value, *message;
    } cases[] = {
        {"//link[@id='backhual']/@latency", "5ms",
         PLATFORM ": the XPath //link[@id='backhual']/@latency selects nothing"},
        {"//link[@id='backhaul']/@lag", "5ms", "selects nothing; look for the element, its id and the attribute"},
        {"//link[@id='backhaul']", "5ms",
         PLATFORM ":13: the XPath //link[@id='backhaul'] selects the element <link>, not an attribute"},
        {"//host/text()", "5ms", "selects no attributes"},
        {"//comment()", "5ms", "selects no attributes; end it with an attribute"},
        {"count(//host)", "5ms", "gives a value, not attributes"},
        {"//link[", "5ms", "//link[ is no XPath; write one such as"},
        {"//nowhere:link/@latency", "5ms", "is no XPath"},
        /* The value is checked as if the file held it. */
        {"//link[@id='backhaul']/@latency", "5apples", PLATFORM ":13: "},
        {"//host/@id", "same", "is given twice"},
        {"//host/@speed", "*half", "\"*half\" is no factor; write one such as \"*0.5\""},
        {"//host/@speed", "*0", "is no factor"},
        {"//host/@speed", "*-2", "is no factor"},
        {"//host/@speed", "*2Gf", "is no factor"},
        {"//link[@id='backhaul']/@id", "*2", "selects \"backhaul\", which is not one number"},
        {"//host[1]/@speed", "1Gf\" core=\"4", "1Gf"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_platform *platform = edited(cases[i].xpath, cases[i].value);
        CU_ASSERT_PTR_NULL(platform);
        CHECK_MESSAGE(cases[i].message);
        weir_platform_free(platform);
    }
}

static void a_scenario_takes_edits_or_a_platform(void)
{
    static const char *const sets[] = {"duration=30s", NULL};
    const struct weir_platform_edit edit = {"//link[@id='backhaul']/@latency", "20ms"};
    struct weir_scenario_changes changes = {.sets = sets};
    struct weir_scenario *plain = NULL, *changed = NULL, *borrowing = NULL;
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read_changed("tests/input/cli.json", &changes, &plain), WEIR_OK);
    changes.platform = plain->platform;
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read_changed("tests/input/cli.json", &changes, &borrowing), WEIR_OK);
    changes = (struct weir_scenario_changes){.sets = sets, .edits = &edit, .edit_count = 1};
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read_changed("tests/input/cli.json", &changes, &changed), WEIR_OK);
    CU_ASSERT_PTR_EQUAL(borrowing->platform, plain->platform);
    CU_ASSERT_EQUAL(borrowing->hash, plain->hash);
    CHECK_NEAR(changed->duration_s, 30, 0);
    CHECK_NEAR(changed->platform->links[0].latency_s, 0.02, 0);
    CU_ASSERT_NOT_EQUAL(changed->hash, plain->hash);
    weir_scenario_free(changed);
    weir_scenario_free(borrowing);
    weir_scenario_free(plain);
}

static const struct weir_case cases[] = {
    {"values_change_and_the_file_stays", values_change_and_the_file_stays},
    {"factors", factors},
    {"bad_edits_are_refused", bad_edits_are_refused},
    {"a_scenario_takes_edits_or_a_platform", a_scenario_takes_edits_or_a_platform},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("model/platform_edit", cases, argc, argv);
}
