#include "sim/base/unpack.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "tests/support/test.h"

/* A gzip file with the text in weir_test_folder(). */
static const char *packed(const char *name, const char *content)
{
    const char *path = weir_test_file(name, "");
    gzFile file = gzopen(path, "wb");
    CU_ASSERT_EQUAL(gzwrite(file, content, (unsigned)strlen(content)), (int)strlen(content));
    gzclose(file);
    return path;
}

static void plain_and_packed(void)
{
    struct weir_text text = {0};
    CU_ASSERT_EQUAL(weir_unpack_file(&text, weir_test_file("plain", "one\ntwo\n")), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "one\ntwo\n");
    CU_ASSERT_EQUAL(weir_unpack_file(&text, packed("packed.gz", "three\n")), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "three\n");
    CU_ASSERT_EQUAL(weir_unpack_file(&text, weir_test_file("empty", "")), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "");
    weir_text_fini(&text);
}

static void mistakes_are_told(void)
{
    struct weir_text text = {0};
    CU_ASSERT_EQUAL(weir_unpack_file(&text, "no-such-file"), WEIR_EINPUT);
    CHECK_MESSAGE("no-such-file: no such file; check the path");
    CU_ASSERT_EQUAL(weir_unpack_file(&text, weir_test_folder()), WEIR_EINPUT);
    CHECK_MESSAGE("is a folder, not a file");
    /* The last 6 bytes of the checks are missing. */
    const char *path = packed("cut.gz", "a text that is packed");
    char bytes[200];
    FILE *file = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    file = fopen(path, "wb");
    fwrite(bytes, 1, size - 6, file);
    fclose(file);
    CU_ASSERT_EQUAL(weir_unpack_file(&text, path), WEIR_EINPUT);
    CHECK_MESSAGE("the gzip file is cut short or damaged");
    path = weir_test_file("zero", "");
    file = fopen(path, "wb");
    fwrite("ab\0c", 1, 4, file);
    fclose(file);
    CU_ASSERT_EQUAL(weir_unpack_file(&text, path), WEIR_EINPUT);
    CHECK_MESSAGE("has a zero byte at offset 2, so it is not a text file");
    weir_text_fini(&text);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"plain_and_packed", plain_and_packed}, {"mistakes_are_told", mistakes_are_told}, {0}};
    return weir_test_main("base/unpack", cases, argc, argv);
}
