/* What every CUnit program of the tests shares: a table of cases, a main, and checks on messages. */
#ifndef WEIR_TESTS_SUPPORT_TEST_H
#define WEIR_TESTS_SUPPORT_TEST_H

#include <CUnit/CUnit.h>

struct weir_case {
    const char *name; /* NULL ends the table; one that ends in ", many items" is left out under the sanitisers, where an
                         actor is a thread */
    void (*run)(void);
};

/* Runs the cases under one suite name (or those named on the command line); exit code for main. */
int weir_test_main(const char *suite, const struct weir_case *cases, int argc, char **argv);

/* Fails, printing both, unless the last error message contains the text; clears the error. */
void weir_check_message(const char *file, int line, const char *wanted);
#define CHECK_MESSAGE(wanted) weir_check_message(__FILE__, __LINE__, wanted)

/* Fails, printing both, unless |got - wanted| <= tolerance. */
void weir_check_near(const char *file, int line, const char *what, double got, double wanted, double tolerance);
#define CHECK_NEAR(got, wanted, tolerance) weir_check_near(__FILE__, __LINE__, #got, got, wanted, tolerance)

/* The same, and ends the case that fails: for loops over many figures. */
void weir_check_near_fatal(const char *file, int line, const char *what, double got, double wanted, double tolerance);
#define CHECK_NEAR_FATAL(got, wanted, tolerance) weir_check_near_fatal(__FILE__, __LINE__, #got, got, wanted, tolerance)

/* A new empty folder under the system's temporary folder; borrowed, removed at exit. */
const char *weir_test_folder(void);

/* Writes a file with the content in weir_test_folder(); returns its path, owned by the support code. */
const char *weir_test_file(const char *name, const char *content);

/* The path of a file of the shared data, below the folder that WEIR_SHARED_DATA names; owned by the caller.
 * NULL, with a line that says that the case is skipped, if the variable is not set or the file is not there. */
char *weir_test_shared(const char *file);

/* Ends the process with code 23 if memory has leaked; nothing without the sanitiser. */
void weir_test_leak_check(void);

#endif
