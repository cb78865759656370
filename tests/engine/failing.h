/* A job on two-tier.xml, and what goes wrong under it. */
#ifndef WEIR_TESTS_ENGINE_FAILING_H
#define WEIR_TESTS_ENGINE_FAILING_H

#include "sim/base/error.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* 100/s for 40 s = 4000 items, then silence until the end; a on edge2, b on cloud4. */
#define JOB(faults, recovery, b) JOB_OF("5s", faults, recovery, b)
#define JOB_OF(window, faults, recovery, b)                                                                            \
    "{\"platform\": \"\", \"duration\": \"120s\", \"window\": \"" window "\", \"items_per_batch\": 1,"                 \
    " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"                  \
    " \"faults\": [" faults "], \"recovery\": {\"restart\": \"2s\", \"detect\": \"1s\","                               \
    "  \"checkpoint_interval\": \"5s\"" recovery "},"                                                                  \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\","        \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": 4000},"                                      \
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"2Mf\", \"bytes\": \"1kB\", \"placement\": {\"host\": "           \
    "\"edge2\"}},"                                                                                                     \
    "   {\"name\": \"b\", \"flops\": \"3Mf\", \"placement\": {\"host\": \"cloud4\"}" b "}]}]}}"

static inline struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

#endif
