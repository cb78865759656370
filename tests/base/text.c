/* Text buffers, files, paths, near words, hashes. */
#include "sim/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

static void grows(void)
{
    struct weir_text text = {0};
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "");
    weir_text_add(&text, "ab");
    weir_text_add_bytes(&text, "cdef", 2);
    weir_text_addf(&text, "%03d", 7);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "abcd007");
    for (int i = 0; i < 10000; i++)
        weir_text_add(&text, "0123456789");
    CU_ASSERT_EQUAL(text.length, 100007);
    CU_ASSERT_EQUAL(strlen(text.data), 100007);
    weir_text_fini(&text);
    CU_ASSERT_EQUAL(text.length, 0);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "");
}

static void reads_files(void)
{
    struct weir_text text = {0};
    weir_text_add(&text, "old");
    CU_ASSERT_EQUAL(weir_text_read_file(&text, weir_test_file("plain.txt", "one\ntwo")), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "one\ntwo");
    CU_ASSERT_EQUAL(weir_text_read_file(&text, weir_test_file("empty.txt", "")), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "");

    CU_ASSERT_EQUAL(weir_text_read_file(&text, "does/not/exist"), WEIR_EINPUT);
    CHECK_MESSAGE("does/not/exist: no such file; check the path");
    CU_ASSERT_EQUAL(weir_text_read_file(&text, weir_test_folder()), WEIR_EINPUT);
    CHECK_MESSAGE("is a folder, not a file");
    CU_ASSERT_EQUAL(weir_text_read_file(&text, "/dev/zero"), WEIR_EINPUT);
    CHECK_MESSAGE("/dev/zero: is a device or a socket, not a file");
    CU_ASSERT_EQUAL(weir_text_read_file(&text, "CMakeLists.txt/inner"), WEIR_EINPUT);
    CHECK_MESSAGE("cannot be read: Not a directory");

    char *path = weir_format("%s/binary", weir_test_folder());
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fwrite("abc\0def", 1, 7, file);
    fclose(file);
    CU_ASSERT_EQUAL(weir_text_read_file(&text, path), WEIR_EINPUT);
    CHECK_MESSAGE("zero byte at offset 3");
    free(path);
    weir_text_fini(&text);
}

static void paths_beside(void)
{
    static const char *const rows[][3] = {
        {"a/b/c.json", "load.csv", "a/b/load.csv"},
        {"c.json", "load.csv", "load.csv"},
        {"a/c.json", "/abs/load.csv", "/abs/load.csv"},
        {"/c.json", "x/y", "/x/y"},
        {"a/c.json", "../d/y", "a/../d/y"},
        {NULL, "y", "y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *path = weir_path_beside(rows[i][0], rows[i][1]);
        CU_ASSERT_STRING_EQUAL(path, rows[i][2]);
        free(path);
    }
}

static void near_words(void)
{
    static const char *const keys[] = {"flops", "bytes_out", "selectivity", "state", "parallelism", "maximum", "a"};
    static const struct {
        const char *word, *near;
    } rows[] = {
        {"flop", "flops"},              /* one letter short */
        {"flpos", "flops"},             /* a swap is one step */
        {"FLOPS", "flops"},             /* case does not count */
        {"byte_out", "bytes_out"},      /* one letter in eight */
        {"paralellism", "parallelism"}, /* swap and missing: 2 of 11, allowed 3 */
        {"max", "maximum"},             /* beginning of 3 letters */
        {"stateful", "state"},          /* the candidate begins the word */
        {"sel", "selectivity"},
        {"fl", NULL}, /* two letters begin too many words */
        {"weight", NULL},
        {"stones", NULL}, /* "state": 3 steps of 6 letters, allowed 2 */
        {"b", NULL},      /* one letter for another is not near */
        {"A", "a"},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *near = weir_nearest(rows[i].word, keys, sizeof keys / sizeof *keys);
        int same = near && rows[i].near ? strcmp(near, rows[i].near) == 0 : near == rows[i].near;
        if (!same)
            fprintf(stderr, "\nnear %s: got %s\n", rows[i].word, near ? near : "none");
        CU_ASSERT(same);
    }
    /* Equal distances: the first in the list. */
    static const char *const ties[] = {"rate_b", "rate_a"};
    CU_ASSERT_STRING_EQUAL(weir_nearest("rate_c", ties, 2), "rate_b");
    CU_ASSERT_PTR_NULL(weir_nearest("rate", ties, 0));
    char word[1000] = {0};
    memset(word, 'z', sizeof word - 1);
    CU_ASSERT_PTR_NULL(weir_nearest(word, ties, 2));
}

static void quotes(void)
{
    char buffer[WEIR_QUOTE_SIZE];
    CU_ASSERT_STRING_EQUAL(weir_quote("abc", buffer), "\"abc\"");
    CU_ASSERT_STRING_EQUAL(weir_quote("a\n\033[31m", buffer), "\"a??[31m\"");
    CU_ASSERT_STRING_EQUAL(weir_quote("caf\xc3\xa9 caf\xe9 \xc2\x85", buffer), "\"caf\xc3\xa9 caf? ?\"");
    char word[300] = {0};
    memset(word, 'z', sizeof word - 1);
    weir_quote(word, buffer);
    CU_ASSERT(strlen(buffer) < WEIR_QUOTE_SIZE);
    CU_ASSERT_STRING_EQUAL(buffer + strlen(buffer) - 5, "z...\"");
    /* Every length, and characters of two bytes, fit and stay whole. */
    for (size_t length = 0; length < 100; length++) {
        for (size_t i = 0; i < length; i++)
            memcpy(word + 2 * i, "\xc3\xa9", 2);
        word[2 * length] = '\0';
        weir_quote(word, buffer);
        size_t got = strlen(buffer);
        CU_ASSERT(got < WEIR_QUOTE_SIZE);
        size_t letters = strstr(buffer, "...") ? got - 5 : got - 2;
        CU_ASSERT_EQUAL(letters % 2, 0);
    }
}

static void hashes(void)
{
    /* Published test vectors of FNV-1a, 64 bits. */
    CU_ASSERT_EQUAL(weir_hash_string(WEIR_HASH_START, ""), 0xcbf29ce484222325ULL);
    CU_ASSERT_EQUAL(weir_hash_string(WEIR_HASH_START, "a"), 0xaf63dc4c8601ec8cULL);
    CU_ASSERT_EQUAL(weir_hash_string(WEIR_HASH_START, "foobar"), 0x85944171f73967e8ULL);
    CU_ASSERT_EQUAL(weir_hash(weir_hash(WEIR_HASH_START, "foo", 3), "bar", 3), 0x85944171f73967e8ULL);
}

static void quoted(void)
{
    struct weir_text text = {0};
    weir_text_add_quoted(&text, "a\"b\\c\n\x01\x7f\xc3\xa4/");
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "\"a\\\"b\\\\c\\u000a\\u0001\\u007f\xc3\xa4/\"");
    weir_text_fini(&text);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"grows", grows},
        {"reads files", reads_files},
        {"paths beside", paths_beside},
        {"near words", near_words},
        {"quotes", quotes},
        {"strings of JSON", quoted},
        {"hashes", hashes},
        {NULL, NULL},
    };
    return weir_test_main("base/text", cases, argc, argv);
}
