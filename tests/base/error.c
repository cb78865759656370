/* Errors and memory: the message survives being its own argument, being too long and gaining context. */
#include "sim/base/error.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/support/test.h"

static void sets_and_clears(void)
{
    CU_ASSERT_EQUAL(weir_error(WEIR_EINPUT, "%s: %d is wrong", "a.json", 7), WEIR_EINPUT);
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "a.json: 7 is wrong");
    CU_ASSERT_EQUAL(weir_error_code(), WEIR_EINPUT);
    weir_error_clear();
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "");
    CU_ASSERT_EQUAL(weir_error_code(), WEIR_OK);
}

static void takes_its_own_message(void)
{
    weir_error(WEIR_EINPUT, "no unit");
    weir_error(WEIR_ERUN, "before %s after", weir_error_message());
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "before no unit after");
    CU_ASSERT_EQUAL(weir_error_context("policy %s says %s", "p", weir_error_message()), WEIR_ERUN);
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "policy p says before no unit after: before no unit after");
    weir_error_clear();
}

static void context_goes_before(void)
{
    weir_error_clear();
    CU_ASSERT_EQUAL(weir_error_context("nothing failed"), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "");
    weir_error(WEIR_EINPUT, "low is above high");
    CU_ASSERT_EQUAL(weir_error_context("policy reactive"), WEIR_EINPUT);
    weir_error_context("city.json");
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "city.json: policy reactive: low is above high");
    weir_error_clear();
}

static void long_text_is_cut_safely(void)
{
    char *letters = weir_alloc(10001, 1);
    memset(letters, 'x', 10000);
    weir_error(WEIR_EINPUT, "%s", letters);
    size_t length = strlen(weir_error_message());
    CU_ASSERT(length > 1000 && length < 10000);
    CU_ASSERT_STRING_EQUAL(weir_error_message() + length - 4, "x...");
    /* Context of a full message is dropped, and context too long is cut: what is wrong always stays. */
    weir_error_context("outer");
    CU_ASSERT_EQUAL(strlen(weir_error_message()), length);
    weir_error(WEIR_EINPUT, "the point");
    weir_error_context("%s", letters);
    length = strlen(weir_error_message());
    CU_ASSERT(length < 10000);
    CU_ASSERT_STRING_EQUAL(weir_error_message() + length - 15, "x...: the point");
    free(letters);

    /* A cut never splits a character of several bytes, wherever it falls. */
    for (int shift = 0; shift < 3; shift++) {
        char *euros = weir_alloc(9001, 1);
        for (int i = 0; i < 3000; i++)
            memcpy(euros + 3 * i, "\xe2\x82\xac", 3);
        weir_error(WEIR_EINPUT, "%.*s%s", shift, "ab", euros);
        const char *message = weir_error_message();
        CU_ASSERT_EQUAL((strlen(message) - (size_t)(shift > 2 ? 2 : shift) - 3) % 3, 0);
        free(euros);
    }
    weir_error_clear();
}

static void *other_thread(void *seen)
{
    strcpy(seen, weir_error_message());
    weir_error(WEIR_ERUN, "theirs");
    return NULL;
}

static void each_thread_has_its_own(void)
{
    char seen[64] = "unset";
    pthread_t thread;
    weir_error(WEIR_EINPUT, "mine");
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, other_thread, seen), 0);
    pthread_join(thread, NULL);
    CU_ASSERT_STRING_EQUAL(seen, "");
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "mine");
    weir_error_clear();
}

static void exit_codes(void)
{
    static const int pairs[][2] = {{WEIR_OK, 0},     {WEIR_ECHECK, 1}, {WEIR_EUSAGE, 2},
                                   {WEIR_EINPUT, 3}, {WEIR_ERUN, 4},   {WEIR_EENGINE, 5}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CU_ASSERT_EQUAL(weir_exit_code(pairs[i][0]), pairs[i][1]);
}

static void memory_grows(void)
{
    size_t capacity = 0;
    int *numbers = NULL;
    for (int i = 0; i < 1000; i++) {
        numbers = weir_grow(numbers, (size_t)i + 1, &capacity, sizeof *numbers);
        numbers[i] = i;
    }
    CU_ASSERT_EQUAL(capacity, 1024); /* 8 doubled 7 times */
    int wrong = 0;
    for (int i = 0; i < 1000; i++)
        wrong += numbers[i] != i;
    CU_ASSERT_EQUAL(wrong, 0);
    free(numbers);

    unsigned char *zeros = weir_alloc(100, 3);
    for (int i = 0; i < 300; i++)
        wrong += zeros[i] != 0;
    CU_ASSERT_EQUAL(wrong, 0);
    free(zeros);
    void *nothing = weir_alloc(0, 8);
    CU_ASSERT_PTR_NOT_NULL(nothing);
    free(nothing);
    CU_ASSERT_PTR_NULL(weir_copy(NULL));
    char *text = weir_format("%d-%s", 12, "ab");
    CU_ASSERT_STRING_EQUAL(text, "12-ab");
    free(text);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"sets and clears", sets_and_clears},
        {"takes its own message", takes_its_own_message},
        {"context goes before", context_goes_before},
        {"long text is cut safely", long_text_is_cut_safely},
        {"each thread has its own", each_thread_has_its_own},
        {"exit codes", exit_codes},
        {"memory grows", memory_grows},
        {NULL, NULL},
    };
    return weir_test_main("base/error", cases, argc, argv);
}
