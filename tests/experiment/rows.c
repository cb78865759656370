/* Rows of CSV files against printf and weir_csv_field, and what is compressed against gzip. */
#include "sim/experiment/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "tests/support/test.h"

static const char *const names[] = {"",     "camera-1", "a,b", "say \"no\"", "=1+2",
                                    "-5ms", "-5",       "'=x", "two\nlines", "Zürich"};
#define NAMES (sizeof names / sizeof *names)

/* Numbers as windows have them: many the same, many whole, some of all kinds. */
static double draw(struct weir_stream *stream)
{
    unsigned long long any = weir_stream_below(stream, 1ULL << 32);
    switch (any % 6) {
    case 0:
        return 0;
    case 1:
        return -0.0;
    case 2:
        return (double)(any >> 8 & 1023);
    case 3:
        return NAN;
    case 4:
        return weir_stream_exponential(stream, 1e-3);
    default:
        return ((double)any - 2e9) * pow(10, (double)(any % 40) - 20);
    }
}

/* The same rows by both, of about 5 MB, so that buffers are filled many times. */
static void write_rows(FILE *ours, bool gzip, FILE *plain)
{
    struct weir_stream stream = weir_stream_open(1, "rows");
    struct weir_rows *rows = weir_rows_new(ours, gzip);
    char *large = weir_alloc(200001, 1);
    memset(large, 'x', 200000);
    for (long i = 0; i < 100000; i++) {
        long window = i / 50;
        double time_s = 10 * (double)window, value = draw(&stream);
        const char *name = i == 77777 ? large : names[weir_stream_below(&stream, NAMES)];
        weir_rows_number(rows, time_s);
        weir_rows_text(rows, ",");
        weir_rows_field(rows, name);
        weir_rows_text(rows, ",");
        weir_rows_number(rows, value);
        weir_rows_text(rows, "\n");
        if (!plain)
            continue;
        fprintf(plain, "%.10g,", time_s);
        weir_csv_field(plain, name);
        fputc(',', plain);
        if (isfinite(value))
            fprintf(plain, "%.10g", value);
        fputc('\n', plain);
    }
    weir_rows_end(rows);
    free(large);
}

static void rows_are_those_of_printf(void)
{
    char *ours, *theirs;
    size_t size, wanted;
    FILE *to = open_memstream(&ours, &size), *plain = open_memstream(&theirs, &wanted);
    write_rows(to, false, plain);
    fclose(to);
    fclose(plain);
    CU_ASSERT(wanted > 1500000);
    CU_ASSERT_EQUAL(size, wanted);
    CU_ASSERT(size == wanted && memcmp(ours, theirs, size) == 0);
    free(ours);
    free(theirs);
}

static void gzip_unpacks_them(void)
{
    const char *path = weir_test_file("rows.csv.gz", "");
    FILE *to = fopen(path, "w");
    char *theirs;
    size_t wanted;
    FILE *plain = open_memstream(&theirs, &wanted);
    write_rows(to, true, plain);
    fclose(plain);
    CU_ASSERT(ftell(to) < (long)wanted / 2);
    fclose(to);
    char *command = weir_format("gzip -dc '%s'", path), *unpacked = weir_alloc(wanted + 2, 1);
    FILE *from = popen(command, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(from);
    CU_ASSERT_EQUAL(fread(unpacked, 1, wanted + 1, from), wanted);
    CU_ASSERT_EQUAL(pclose(from), 0);
    CU_ASSERT(memcmp(unpacked, theirs, wanted) == 0);
    free(unpacked);
    free(command);
    free(theirs);
}

static void a_full_disk_is_seen(void)
{
    FILE *full = fopen("/dev/full", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    write_rows(full, true, NULL);
    CU_ASSERT(fflush(full) != 0 || ferror(full));
    fclose(full);
}

static const struct weir_case cases[] = {
    {"rows are those of printf", rows_are_those_of_printf},
    {"gzip unpacks them", gzip_unpacks_them},
    {"a full disk is seen", a_full_disk_is_seen},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment rows", cases, argc, argv);
}
