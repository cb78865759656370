/* What the fuzz targets share. Each defines LLVMFuzzerTestOneInput, which must neither crash nor hang nor leak,
 * whatever the input; scripts/fuzz links it with libFuzzer, the tests with replay.c. */
#ifndef WEIR_TESTS_FUZZ_FUZZ_H
#define WEIR_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the input to a file of this name in a copy of tests/input/invalid, so that relative paths in it lead
 * somewhere. Returns its path; borrowed. The copy is removed at exit. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

#endif
