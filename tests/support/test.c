#include "tests/support/test.h"

#include <CUnit/Basic.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

static int left_out(const char *name)
{
#if defined(__SANITIZE_ADDRESS__)
    static const char mark[] = ", many items";
    size_t length = strlen(name);
    return length >= sizeof mark && strcmp(name + length - (sizeof mark - 1), mark) == 0;
#else
    (void)name;
    return 0;
#endif
}

int weir_test_main(const char *suite, const struct weir_case *cases, int argc, char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite registered = CU_add_suite(suite, NULL, NULL);
    for (const struct weir_case *c = cases; c->name; c++) {
        int wanted = argc < 2 && !left_out(c->name);
        for (int i = 1; i < argc; i++)
            wanted |= strcmp(argv[i], c->name) == 0;
        if (wanted)
            CU_add_test(registered, c->name, c->run);
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    unsigned run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failures || !run ? 1 : 0;
}

void weir_check_message(const char *file, int line, const char *wanted)
{
    const char *got = weir_error_message();
    int found = strstr(got, wanted) != NULL;
    if (!found)
        fprintf(stderr, "\n%s:%d: wanted a message with \"%s\"\n    but got \"%s\"\n", file, line, wanted, got);
    CU_assertImplementation(found, (unsigned)line, "message", file, "", CU_FALSE);
    weir_error_clear();
}

static void check_near(const char *file, int line, const char *what, const double value[3], CU_BOOL fatal)
{
    double got = value[0], wanted = value[1], tolerance = value[2];
    int near = fabs(got - wanted) <= tolerance;
    if (!near)
        fprintf(stderr, "\n%s:%d: %s is %.12g, wanted %.12g +- %g\n", file, line, what, got, wanted, tolerance);
    CU_assertImplementation(near, (unsigned)line, what, file, "", fatal);
}

void weir_check_near(const char *file, int line, const char *what, double got, double wanted, double tolerance)
{
    check_near(file, line, what, (const double[]){got, wanted, tolerance}, CU_FALSE);
}

void weir_check_near_fatal(const char *file, int line, const char *what, double got, double wanted, double tolerance)
{
    check_near(file, line, what, (const double[]){got, wanted, tolerance}, CU_TRUE);
}

static char folder[64];

static void remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        fprintf(stderr, "could not remove %s\n", folder);
}

const char *weir_test_folder(void)
{
    if (!folder[0]) {
        strcpy(folder, "/tmp/weir-test-XXXXXX");
        if (!mkdtemp(folder)) {
            perror("mkdtemp");
            exit(2);
        }
        atexit(remove_folder);
    }
    return folder;
}

#define KEPT 256
static char *paths[KEPT];

const char *weir_test_file(const char *name, const char *content)
{
    static int next;
    free(paths[next % KEPT]);
    char *path = paths[next++ % KEPT] = weir_format("%s/%s", weir_test_folder(), name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(content, file) < 0 || fclose(file) != 0) {
        perror(path);
        exit(2);
    }
    return path;
}

char *weir_test_shared(const char *file)
{
    const char *shared = getenv("WEIR_SHARED_DATA");
    if (!shared) {
        printf("\n    skipped: WEIR_SHARED_DATA does not name the folder of shared data, with %s\n    ", file);
        return NULL;
    }
    char *path = weir_format("%s/%s", shared, file);
    if (access(path, R_OK) == 0)
        return path;
    printf("\n    skipped: there is no %s\n    ", path);
    free(path);
    return NULL;
}
