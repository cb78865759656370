/* What holds for every kind of generator. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/quantity.h"
#include "tests/generate/make.h"

/* One line a kind that makes a small file, drawing where it can. */
static const char *const small[] = {
    "iot-traffic --input tests/input/valid/load-rates.csv --step 5s",
    "from-timestamps --input tests/input/valid/load-events.csv --step 2s",
    "from-access-log --input tests/input/valid/access.log --step 2s",
    "from-jtl --input tests/input/valid/results.jtl",
    "from-jobs --input tests/input/valid/jobs.swf --step 2s",
    "from-minutes --input tests/input/valid/minutes.csv",
    "diurnal --duration 1h --noise 0.2",
    "bursts --duration 100s",
    "edge-platform --sites 3",
    "mesh-platform --nodes 4",
    "topology --nodes tests/input/valid/nodes.csv --links tests/input/valid/links.csv",
    "dag --n 10",
    "chain --n 4",
    "ccp --duration 1d",
    NULL,
};
/* Those that draw nothing. */
static const char *const plain[] = {"from-timestamps", "from-access-log", "from-jtl",
                                    "from-jobs",       "from-minutes",    NULL};

static const char *line_of(const char *name)
{
    for (const char *const *line = small; *line; line++)
        if (strncmp(*line, name, strlen(name)) == 0 && (*line)[strlen(name)] == ' ')
            return *line;
    return NULL;
}

static void same_seed_same_bytes(void)
{
    for (const struct weir_generator *const *g = weir_generators; *g; g++) {
        const char *line = line_of((*g)->name);
        if (!line) {
            fprintf(stderr, "\nno line for kind %s\n", (*g)->name);
            CU_FAIL("every kind must have a line in this test");
            continue;
        }
        char *first = make(line, 7), *second = make(line, 7), *other = make(line, 8);
        CU_ASSERT_FATAL(first && second && other);
        CU_ASSERT_STRING_EQUAL(first, second);
        bool draws = true;
        for (const char *const *p = plain; *p; p++)
            draws = draws && strcmp(*p, (*g)->name) != 0;
        if ((strcmp(first, other) != 0) != draws)
            fprintf(stderr, "\n%s: the seed changes %s\n", (*g)->name, draws ? "nothing" : "the file");
        CU_ASSERT_EQUAL(strcmp(first, other) != 0, draws);
        free(first);
        free(second);
        free(other);
    }
}

static void tables_are_right(void)
{
    for (const struct weir_generator *const *g = weir_generators; *g; g++) {
        CU_ASSERT_EQUAL(weir_param_check((*g)->params, (*g)->size), WEIR_OK);
        CHECK_MESSAGE("");
        CU_ASSERT(*(*g)->summary != '\0');
        /* Options of the command itself cannot be those of a kind. */
        for (const struct weir_param *row = (*g)->params; row->name; row++) {
            CU_ASSERT(strcmp(row->name, "seed") != 0 && strcmp(row->name, "output") != 0 &&
                      strcmp(row->name, "help") != 0);
            CU_ASSERT(row->type != WEIR_PARAM_BOOL || strcmp(row->fallback, "false") == 0);
        }
    }
}

static void wrong_options_are_refused(void)
{
    static const struct {
        const char *line, *message;
    } wrong[] = {
        {"diurnl", "\"diurnl\" is no kind; did you mean \"diurnal\"?"},
        {"frobnicate", "`weir generate` lists them"},
        {"diurnal --colour red", "generate diurnal: --colour is no option"},
        {"diurnal --peak 100", "--peak: \"100\" has no unit; write a rate"},
        {"diurnal --peak -5/s", "--peak: \"-5/s\" is out of range; default and range: 100/s (at least 0 /s)"},
        {"diurnal --noise 2", "--noise: \"2\" is out of range; default and range: 0 (0 to 1)"},
        {"diurnal --noise much", "--noise: \"much\" is not a number"},
        {"diurnal --peak 5/s --base 6/s", "--peak (5/s) is below --base (6/s)"},
        {"diurnal --peaks 0.1,x", "--peaks: \"0.1,x\" is no list of numbers from 0 to 1"},
        {"diurnal --peaks 0.1,2", "--peaks: \"0.1,2\" is no list of numbers from 0 to 1"},
        {"diurnal --duration 1s --step 1min", "--duration (1 s) must be twice --step (60 s)"},
        {"diurnal --duration 1000000h --step 1ms", "rows; at most 1e+08 are written"},
        {"diurnal --integers yes", "--integers: takes no value"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuse(wrong[i].line, WEIR_EUSAGE, wrong[i].message);
    /* The last use of an option counts. */
    char *text = make("diurnal --peak 50/s --peak 20/s --duration 1h", 1);
    CU_ASSERT_PTR_NOT_NULL(text);
    free(text);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"same seed, same bytes", same_seed_same_bytes},
        {"tables are right", tables_are_right},
        {"wrong options are refused", wrong_options_are_refused},
        {0},
    };
    return weir_test_main("generate kinds", cases, argc, argv);
}
