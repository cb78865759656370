/* Runs a kind with options written as on the command line. */
#ifndef WEIR_TESTS_GENERATE_MAKE_H
#define WEIR_TESTS_GENERATE_MAKE_H

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/generate/generate.h"
#include "tests/support/test.h"

/* The file of "KIND --name value --flag ...", without quotes; NULL after an error. To be freed. */
char *make(const char *line, unsigned long long seed);

/* Fails unless the options are refused with the code and a message that contains the text. */
void refuse(const char *line, int code, const char *message);

#endif
