/* Files of forecasters that are not as they were written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

static const struct forecaster_env env = {.step_s = 60, .season_s = 600, .catalog = forecaster_catalog};

/* The bytes of a saved forecaster; owned. */
static char *saved(const char *path, size_t *length)
{
    double values[60];
    struct forecaster *made;
    for (int i = 0; i < 60; i++)
        values[i] = 5 + (i * 7) % 11;
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, "linear:window=4", &made), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_save(made, path), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster linear: it must be fitted to a series first");
    CU_ASSERT_EQUAL(forecaster_fit(made, values, 60), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_save(made, "/nowhere/model"), WEIR_EINPUT);
    CHECK_MESSAGE("/nowhere/model: cannot be written: No such file");
    CU_ASSERT_EQUAL(forecaster_save(made, path), WEIR_OK);
    forecaster_free(made);
    FILE *file = fopen(path, "rb");
    char *bytes = weir_alloc(100000, 1);
    *length = fread(bytes, 1, 100000, file);
    fclose(file);
    return bytes;
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_EQUAL(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static void refused(const char *path, const char *message)
{
    struct forecaster *made;
    CU_ASSERT_EQUAL(forecaster_load(&env, path, &made), WEIR_EINPUT);
    CU_ASSERT_PTR_NULL(made);
    CHECK_MESSAGE(message);
}

static void damaged(void)
{
    const char *path = weir_test_file("model.weir", "");
    size_t length;
    char *bytes = saved(path, &length);
    struct forecaster *made;
    CU_ASSERT_EQUAL(forecaster_load(&env, path, &made), WEIR_OK);
    forecaster_free(made);

    /* Cut short anywhere, or one bit turned here and there: refused, with a word that names the file. */
    for (size_t cut = 0; cut < length; cut += 1 + cut / 7) {
        write_file(path, bytes, cut);
        refused(path, "model.weir: ");
    }
    for (size_t at = 0; at < length; at += at < 100 ? 1 : 13) {
        bytes[at] ^= 4;
        write_file(path, bytes, length);
        refused(path, "model.weir: ");
        bytes[at] ^= 4;
    }
    write_file(path, bytes, length - 1);
    refused(path, "it was cut short or added to: save it anew");
    bytes[length - 1] ^= 1;
    write_file(path, bytes, length);
    refused(path, "its checksum is wrong: it was changed; save it anew");
    write_file(path, "weir-forecaster 2 5\n", 20);
    refused(path, "its format is version 2, and this weir reads version 1; save it anew");
    write_file(path, "time,value\n0,1\n", 15);
    refused(path, "model.weir: it is no forecaster that weir has saved");
    refused("/nowhere/model", "/nowhere/model: cannot be read: No such file");
    free(bytes);
}

static void other_step(void)
{
    const char *path = weir_test_file("model.weir", "");
    size_t length;
    struct forecaster *made;
    free(saved(path, &length));
    struct forecaster_env other = env;
    other.step_s = 300;
    CU_ASSERT_EQUAL(forecaster_load(&other, path, &made), WEIR_EINPUT);
    CHECK_MESSAGE("model.weir: it was fitted to values 60 s apart, and here they are 300 s apart");
    static const struct forecaster_kind *const empty[] = {NULL};
    other = env;
    other.catalog = empty;
    CU_ASSERT_EQUAL(forecaster_load(&other, path, &made), WEIR_EINPUT);
    CHECK_MESSAGE("there is no forecaster \"linear\"");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"damaged", damaged}, {"other step", other_step}, {0}};
    return weir_test_main("learn/forecast/files", cases, argc, argv);
}
