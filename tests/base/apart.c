/* Work in a child process: codes and messages come back, crashes and endless loops become errors. */
#include "sim/base/apart.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "tests/support/test.h"

static int work(void *context)
{
    const char *what = context;
    if (strcmp(what, "refuses") == 0)
        return weir_error(WEIR_EINPUT, "\"low\" must be below \"high\"");
    if (strcmp(what, "dies") == 0)
        raise(SIGKILL);
    if (strcmp(what, "leaves") == 0)
        _exit(7);
    if (strcmp(what, "hangs") == 0)
        for (;;)
            pause();
    return WEIR_OK;
}

static void outcomes(void)
{
    static const struct {
        const char *what;
        int code;
        const char *message;
    } cases[] = {
        {"ends well", WEIR_OK, NULL},
        {"refuses", WEIR_EINPUT, "\"low\" must be below \"high\""},
        {"dies", WEIR_ERUN, "ends the process by signal 9 (Killed)"},
        {"leaves", WEIR_ERUN, "ends the process with code 7"},
        {"hangs", WEIR_ERUN, "does not come to an end within 0.2 s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double patience_s = strcmp(cases[i].what, "hangs") == 0 ? 0.2 : 60;
        CU_ASSERT_EQUAL(weir_apart(work, (void *)cases[i].what, patience_s, WEIR_ERUN), cases[i].code);
        if (cases[i].message)
            CHECK_MESSAGE(cases[i].message);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"outcomes", outcomes}, {0}};
    return weir_test_main("apart", cases, argc, argv);
}
