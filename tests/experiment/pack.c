/* Packs: what was appended is read again; what was cut off or damaged anywhere does not count, and costs no other
 * record. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/pack.h"
#include "tests/support/test.h"

#define RECORDS 3

static char *folder;
static char *pack_path;

static void begin(void)
{
    folder = weir_format("%s/packs", weir_test_folder());
    pack_path = weir_format("%s/one.pack", folder);
    CU_ASSERT_EQUAL_FATAL(weir_folder_make(folder), WEIR_OK);
    unlink(pack_path);
}

static void end(void)
{
    unlink(pack_path);
    free(folder);
    free(pack_path);
}

/* A record in memory: result.json holds `text` so many times, windows.csv the key, decisions.csv nothing. */
static int make_record(unsigned long long key, const char *text, int times)
{
    struct weir_pack_draft draft;
    int memory = weir_pack_memory();
    CU_ASSERT_FATAL(memory >= 0);
    CU_ASSERT_EQUAL(weir_pack_draft_begin(&draft, memory), WEIR_OK);
    FILE *file = weir_pack_draft_open(&draft, WEIR_PACK_WINDOWS);
    fprintf(file, "%llu", key);
    CU_ASSERT_EQUAL(weir_pack_draft_close(&draft, file, WEIR_PACK_WINDOWS), WEIR_OK);
    file = weir_pack_draft_open(&draft, WEIR_PACK_JSON);
    for (int i = 0; i < times; i++)
        fputs(text, file);
    CU_ASSERT_EQUAL(weir_pack_draft_close(&draft, file, WEIR_PACK_JSON), WEIR_OK);
    CU_ASSERT_EQUAL(weir_pack_draft_end(&draft, key), WEIR_OK);
    return memory;
}

static void append(struct weir_pack *pack, unsigned long long key, const char *text, int times)
{
    int memory = make_record(key, text, times);
    CU_ASSERT_EQUAL(weir_pack_append(pack, memory, key), WEIR_OK);
    close(memory);
}

/* How many results the folder has; *cut is what belongs to none. */
static size_t count_results(uint64_t *cut)
{
    struct weir_pack_index index;
    CU_ASSERT_EQUAL(weir_pack_index_read(&index, folder, NULL, NULL), WEIR_OK);
    size_t count = index.entry_count;
    *cut = index.cut_bytes;
    weir_pack_index_fini(&index);
    return count;
}

static void what_was_appended_is_read(void)
{
    struct weir_pack pack;
    struct weir_pack_index index;
    char *text, *message;
    int code;
    begin();
    CU_ASSERT_EQUAL_FATAL(weir_pack_open(pack_path, &pack), WEIR_OK);
    append(&pack, 5, "hello ", 100000); /* more than any buffer */
    CU_ASSERT_EQUAL(weir_pack_append_failure(&pack, 6, WEIR_EENGINE, "caught fire"), WEIR_OK);
    CU_ASSERT_EQUAL(weir_pack_append_failure(&pack, 7, WEIR_ERUN, "first try"), WEIR_OK);
    append(&pack, 7, "second try", 1);
    CU_ASSERT_EQUAL(weir_pack_append_failure(&pack, 5, WEIR_ERUN, "comes too late"), WEIR_OK);
    CU_ASSERT_EQUAL(weir_pack_close(&pack), WEIR_OK);

    CU_ASSERT_EQUAL(weir_pack_index_read(&index, folder, NULL, NULL), WEIR_OK);
    CU_ASSERT(weir_pack_has(&index, 5) && !weir_pack_has(&index, 6) && weir_pack_has(&index, 7));
    CU_ASSERT_PTR_NULL(weir_pack_find(&index, 8));
    CU_ASSERT_EQUAL(weir_pack_read(&index, weir_pack_find(&index, 5), WEIR_PACK_JSON, &text), WEIR_OK);
    CU_ASSERT(text && strlen(text) == 600000 && strncmp(text + 599994, "hello ", 6) == 0);
    free(text);
    CU_ASSERT_EQUAL(weir_pack_read(&index, weir_pack_find(&index, 5), WEIR_PACK_WINDOWS, &text), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(text, "5");
    free(text);
    CU_ASSERT_EQUAL(weir_pack_read(&index, weir_pack_find(&index, 5), WEIR_PACK_DECISIONS, &text), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(text, "");
    free(text);
    CU_ASSERT_EQUAL(weir_pack_read(&index, weir_pack_find(&index, 7), WEIR_PACK_JSON, &text), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(text, "second try");
    free(text);
    CU_ASSERT_EQUAL(weir_pack_read_failure(&index, weir_pack_find(&index, 6), &code, &message), WEIR_OK);
    CU_ASSERT_EQUAL(code, WEIR_EENGINE);
    CU_ASSERT_STRING_EQUAL(message, "caught fire");
    free(message);
    weir_pack_index_fini(&index);
    end();
}

/* A pack of three, cut off after every byte: whole records count, no others; and appending goes on behind them. */
static void cut_off_anywhere(void)
{
    struct weir_pack pack;
    uint64_t ends[RECORDS + 1] = {0}, cut;
    begin();
    CU_ASSERT_EQUAL_FATAL(weir_pack_open(pack_path, &pack), WEIR_OK);
    for (int i = 0; i < RECORDS; i++) {
        append(&pack, (unsigned long long)i + 1, "x", i + 1);
        ends[i + 1] = pack.end;
    }
    weir_pack_close(&pack);
    int whole = RECORDS;
    for (uint64_t size = ends[RECORDS]; size-- > 0;) {
        CU_ASSERT_EQUAL_FATAL(truncate(pack_path, (off_t)size), 0);
        while (whole && ends[whole] > size)
            whole--;
        CU_ASSERT_EQUAL(count_results(&cut), (size_t)whole);
        CU_ASSERT_EQUAL(cut, size - ends[whole]);
        if (size % 16 == 3) {
            CU_ASSERT_EQUAL_FATAL(weir_pack_open(pack_path, &pack), WEIR_OK);
            CU_ASSERT_EQUAL(pack.end, ends[whole]);
            append(&pack, 99, "y", 1);
            weir_pack_close(&pack);
            CU_ASSERT_EQUAL(count_results(&cut), (size_t)whole + 1);
            CU_ASSERT_EQUAL(cut, 0);
        }
    }
    end();
}

/* Any one byte wrong: that record is lost, the others stay. */
static void damaged_anywhere(void)
{
    struct weir_pack pack;
    uint64_t cut, size;
    begin();
    CU_ASSERT_EQUAL_FATAL(weir_pack_open(pack_path, &pack), WEIR_OK);
    for (int i = 0; i < RECORDS; i++)
        append(&pack, (unsigned long long)i + 1, "x", i + 1);
    size = pack.end;
    weir_pack_close(&pack);
    int file = open(pack_path, O_RDWR);
    for (uint64_t at = 0; at < size; at++) {
        unsigned char byte = 0, wrong;
        CU_ASSERT_EQUAL(pread(file, &byte, 1, (off_t)at), 1);
        wrong = byte ^ 0x10;
        CU_ASSERT_EQUAL(pwrite(file, &wrong, 1, (off_t)at), 1);
        CU_ASSERT_EQUAL(count_results(&cut), RECORDS - 1);
        CU_ASSERT(cut > 48 && cut < size);
        CU_ASSERT_EQUAL(pwrite(file, &byte, 1, (off_t)at), 1);
    }
    close(file);
    end();
}

static void wrong_records_are_not_appended(void)
{
    struct weir_pack pack, other;
    uint64_t cut;
    begin();
    CU_ASSERT_EQUAL_FATAL(weir_pack_open(pack_path, &pack), WEIR_OK);
    append(&pack, 1, "x", 1);
    int empty = weir_pack_memory(), record = make_record(2, "x", 1);
    CU_ASSERT_EQUAL(weir_pack_append(&pack, empty, 2), WEIR_EENGINE);
    CHECK_MESSAGE("the run ended well, but left no whole result");
    CU_ASSERT_EQUAL(weir_pack_append(&pack, record, 3), WEIR_EENGINE); /* the key of another run */
    CHECK_MESSAGE("left no whole result");
    CU_ASSERT_EQUAL(ftruncate(record, 60), 0);
    CU_ASSERT_EQUAL(weir_pack_append(&pack, record, 2), WEIR_EENGINE);
    CHECK_MESSAGE("left no whole result");
    CU_ASSERT_EQUAL(weir_pack_open(pack_path, &other), WEIR_EINPUT);
    CHECK_MESSAGE("another weir is writing here");
    weir_pack_close(&other);
    close(empty);
    close(record);
    weir_pack_close(&pack);
    CU_ASSERT_EQUAL(count_results(&cut), 1);
    CU_ASSERT_EQUAL(cut, 0);
    CU_ASSERT_EQUAL(weir_pack_open("/proc/nowhere.pack", &other), WEIR_EINPUT);
    CHECK_MESSAGE("/proc/nowhere.pack: cannot write");
    weir_pack_close(&other);
    end();
}

/* The system's calls, of which those that write at an offset find the disk full when half is written. */
static const struct weir_os *system_os;
static ssize_t write_half(int descriptor, const void *bytes, size_t count, off_t offset)
{
    CU_ASSERT(system_os->pwrite(descriptor, bytes, count / 2, offset) > 0);
    errno = ENOSPC;
    return -1;
}

static void a_full_disk_leaves_the_pack_as_it_was(void)
{
    struct weir_pack pack;
    struct stat status;
    begin();
    CU_ASSERT_EQUAL(weir_pack_open(pack_path, &pack), WEIR_OK);
    append(&pack, 1, "whole", 1);
    uint64_t end_before = pack.end;
    int record = make_record(2, "not written", 100);
    system_os = weir_os;
    struct weir_os full = *weir_os;
    full.pwrite = write_half;
    weir_os = &full;
    CU_ASSERT_EQUAL(weir_pack_append(&pack, record, 2), WEIR_EINPUT);
    CHECK_MESSAGE("cannot write: No space left on device; the runs before are safe");
    CU_ASSERT(stat(pack_path, &status) == 0 && (uint64_t)status.st_size == end_before);
    CU_ASSERT_EQUAL(weir_pack_append_failure(&pack, 3, WEIR_ERUN, "neither"), WEIR_EINPUT);
    CU_ASSERT(stat(pack_path, &status) == 0 && (uint64_t)status.st_size == end_before);
    weir_os = system_os;
    CU_ASSERT_EQUAL(weir_pack_append(&pack, record, 2), WEIR_OK);
    CU_ASSERT_EQUAL(weir_pack_close(&pack), WEIR_OK);
    uint64_t cut;
    CU_ASSERT_EQUAL(count_results(&cut), 2);
    CU_ASSERT_EQUAL(cut, 0);
    close(record);
    end();
}

static void keys_are_mapped(void)
{
    struct weir_key_map map = {0};
    int wrong = 0;
    CU_ASSERT_EQUAL(weir_key_map_get(&map, 0), -1);
    for (int i = 0; i < 100000; i++)
        weir_key_map_set(&map, (unsigned long long)i << (i % 40), i);
    for (int i = 0; i < 100000; i++) { /* some keys are set twice: the last one counts */
        int64_t number = weir_key_map_get(&map, (unsigned long long)i << (i % 40));
        wrong += number < i || ((unsigned long long)number << (number % 40)) != ((unsigned long long)i << (i % 40));
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(weir_key_map_get(&map, 0xdeadbeefdeadbeefULL), -1);
    weir_key_map_fini(&map);
}

static const struct weir_case cases[] = {
    {"what_was_appended_is_read", what_was_appended_is_read},
    {"cut_off_anywhere", cut_off_anywhere},
    {"damaged_anywhere", damaged_anywhere},
    {"wrong_records_are_not_appended", wrong_records_are_not_appended},
    {"a_full_disk_leaves_the_pack_as_it_was", a_full_disk_leaves_the_pack_as_it_was},
    {"keys_are_mapped", keys_are_mapped},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment/pack", cases, argc, argv);
}
