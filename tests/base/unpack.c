#include "sim/base/unpack.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
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
    CU_ASSERT_EQUAL(weir_unpack_file(&text, "/dev/zero"), WEIR_EINPUT);
    CHECK_MESSAGE("/dev/zero: is a device or a socket, not a file");
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
    CHECK_MESSAGE("cut.gz: the gzip file is cut short; fetch or make it again");
    path = weir_test_file("zero", "");
    file = fopen(path, "wb");
    fwrite("ab\0c", 1, 4, file);
    fclose(file);
    CU_ASSERT_EQUAL(weir_unpack_file(&text, path), WEIR_EINPUT);
    CHECK_MESSAGE("has a zero byte at offset 2, so it is not a text file");
    weir_text_fini(&text);
}

/* Packs a text in one gzip stream of zlib's level, behind what is in `bytes`. */
static void pack(struct weir_text *bytes, const char *content, size_t length, int level)
{
    unsigned char *out = weir_alloc(length + 1000, 1);
    z_stream zip = {.next_in = (unsigned char *)(uintptr_t)content,
                    .avail_in = (uInt)length,
                    .next_out = out,
                    .avail_out = (uInt)length + 1000};
    CU_ASSERT_EQUAL(deflateInit2(&zip, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    CU_ASSERT_EQUAL(deflate(&zip, Z_FINISH), Z_STREAM_END);
    weir_text_add_bytes(bytes, (char *)out, length + 1000 - zip.avail_out);
    deflateEnd(&zip);
    free(out);
}

static const char *write_bytes(const char *name, const char *bytes, size_t count)
{
    const char *path = weir_test_file(name, "");
    FILE *file = fopen(path, "wb");
    CU_ASSERT_EQUAL_FATAL(fwrite(bytes, 1, count, file), count);
    CU_ASSERT_EQUAL(fclose(file), 0);
    return path;
}

#define ROWS "time,value\n0,1.5\n60,2.5\n120,3.5\n180,1\n"

/* Cut at every length, a gzip file of one stream and one of two is refused, by both readers; whole, and where the
 * second stream would begin, it is read. */
static void cut_at_every_length(void)
{
    struct weir_text bytes = {0}, text = {0};
    struct weir_series series;
    size_t whole[2];
    pack(&bytes, ROWS, strlen(ROWS), 9);
    whole[0] = bytes.length;
    pack(&bytes, "240,2\n300,5\n", 12, 0);
    whole[1] = bytes.length;
    for (size_t length = 0; length <= bytes.length; length++) {
        const char *path = write_bytes("cut.csv.gz", bytes.data, length);
        int wanted = length == whole[0] || length == whole[1] ? WEIR_OK : WEIR_EINPUT;
        CU_ASSERT_EQUAL(weir_unpack_file(&text, path), wanted);
        if (wanted)
            CHECK_MESSAGE("cut.csv.gz: the gzip file is cut short; fetch or make it again");
        else
            CU_ASSERT_STRING_EQUAL(text.data, length == whole[0] ? ROWS : ROWS "240,2\n300,5\n");
        CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &series), wanted);
        if (wanted)
            CHECK_MESSAGE("cut.csv.gz: the gzip file is cut short after line ");
        else
            CU_ASSERT_EQUAL(series.count, length == whole[0] ? 4u : 6u);
        if (!wanted)
            weir_series_fini(&series);
    }
    weir_text_fini(&bytes);
    weir_text_fini(&text);
}

/* Every bit of the data and of the trailer counts; of the header some do not (the date, the system). */
static void every_bit_counts(void)
{
    struct weir_text bytes = {0}, text = {0};
    pack(&bytes, ROWS, strlen(ROWS), 9);
    pack(&bytes, "240,2\n", 6, 9);
    for (size_t bit = 10 * 8; bit < bytes.length * 8; bit++) {
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
        int code = weir_unpack_file(&text, write_bytes("bit.gz", bytes.data, bytes.length));
        CU_ASSERT(code == WEIR_EINPUT || strcmp(text.data, ROWS "240,2\n") == 0);
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    /* The CRC and the length of the last stream: its last 8 bytes. */
    for (size_t bit = (bytes.length - 8) * 8; bit < bytes.length * 8; bit++) {
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
        CU_ASSERT_EQUAL(weir_unpack_file(&text, write_bytes("bit.gz", bytes.data, bytes.length)), WEIR_EINPUT);
        CHECK_MESSAGE(bit / 8 < bytes.length - 4 ? "(incorrect data check)" : "(incorrect length check)");
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    weir_text_fini(&bytes);
    weir_text_fini(&text);
}

static void what_follows_the_end(void)
{
    struct weir_text bytes = {0}, text = {0};
    pack(&bytes, "one\n", 4, 9);
    weir_text_add_bytes(&bytes, (char[512]){0}, 512); /* as tapes fill blocks up */
    CU_ASSERT_EQUAL(weir_unpack_file(&text, write_bytes("zeros.gz", bytes.data, bytes.length)), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(text.data, "one\n");
    weir_text_add(&bytes, "x");
    CU_ASSERT_EQUAL(weir_unpack_file(&text, write_bytes("more.gz", bytes.data, bytes.length)), WEIR_EINPUT);
    CHECK_MESSAGE("more.gz: the gzip file is damaged (something that is not gzip follows its end)");
    CU_ASSERT_EQUAL(weir_unpack_file(&text, weir_test_file("byte", "\x1f is no text")), WEIR_EINPUT);
    CHECK_MESSAGE("byte: the gzip file is damaged (incorrect header check)");
    weir_text_fini(&bytes);
    weir_text_fini(&text);
}

/* Streams that end at, before and behind the ends of the blocks in which files are read and written. */
static void large_files(void)
{
    static const size_t sizes[] = {65535, 65536, 65537, 131072, 1000000};
    struct weir_text bytes = {0}, text = {0}, content = {0};
    unsigned state = 1;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t start = content.length;
        for (size_t i = 0; i < sizes[s]; i++) {
            state = state * 1664525u + 1013904223u;
            weir_text_add_bytes(&content, &"0123456789abcdef"[state >> 28], 1);
        }
        pack(&bytes, content.data + start, sizes[s], s % 2 ? 0 : 6); /* 0: as it is, so longer than a block */
        CU_ASSERT_EQUAL(weir_unpack_file(&text, write_bytes("large.gz", bytes.data, bytes.length)), WEIR_OK);
        CU_ASSERT(text.length == content.length && memcmp(text.data, content.data, content.length) == 0);
        CU_ASSERT_EQUAL(weir_unpack_file(&text, write_bytes("large.gz", bytes.data, bytes.length - 1)), WEIR_EINPUT);
        CU_ASSERT_EQUAL(weir_unpack_file(&text, write_bytes("large", content.data, content.length)), WEIR_OK);
        CU_ASSERT(text.length == content.length && memcmp(text.data, content.data, content.length) == 0);
    }
    weir_text_fini(&bytes);
    weir_text_fini(&text);
    weir_text_fini(&content);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"plain_and_packed", plain_and_packed},
                                             {"mistakes_are_told", mistakes_are_told},
                                             {"cut_at_every_length", cut_at_every_length},
                                             {"every_bit_counts", every_bit_counts},
                                             {"what_follows_the_end", what_follows_the_end},
                                             {"large_files", large_files},
                                             {0}};
    return weir_test_main("base/unpack", cases, argc, argv);
}
