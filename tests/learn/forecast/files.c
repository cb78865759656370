/* Files of forecasters that are not as they were written. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/work.h"
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
    write_file(path, "weir-forecaster 3 5\n", 20);
    refused(path, "its format is version 3, and this weir reads version 2; save it anew");
    write_file(path, "time,value\n0,1\n", 15);
    refused(path, "model.weir: it is no forecaster that weir has saved");
    refused("/nowhere/model", "/nowhere/model: cannot be read: No such file");
    free(bytes);
}

/* Rightly sealed, but by another weir: each word of what a kind keeps is nonsense in turn. It is refused, or goes on.
 */
static void nonsense(void)
{
    static const char *const kinds[] = {
        "last", "seasonal", "moving-average", "holt-winters", "linear:window=4", "arima", "prophet:changes=3"};
    static const size_t words[] = {0, 1, 61, (size_t)1 << 40, SIZE_MAX - 1, SIZE_MAX};
    const char *path = weir_test_file("model.weir", "");
    int refusals = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        double values[60], mean[5];
        struct forecaster *made;
        struct weir_text body = {0};
        for (int i = 0; i < 60; i++)
            values[i] = 5 + (i * 7) % 11;
        CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, kinds[k], &made), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_fit(made, values, 60), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_pack(made, &body), WEIR_OK);
        forecaster_free(made);
        size_t begin = (size_t)(strchr(body.data, '\n') + 1 - body.data) + sizeof made->memory;
        for (size_t at = begin; at + sizeof *words <= body.length; at += sizeof *words)
            for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
                char kept[sizeof *words];
                memcpy(kept, body.data + at, sizeof kept);
                memcpy(body.data + at, &words[w], sizeof kept);
                int code = forecaster_restore(&env, path, body.data, body.length, &made);
                memcpy(body.data + at, kept, sizeof kept);
                refusals += code != WEIR_OK;
                if (code == WEIR_OK) {
                    forecaster_predict(made, 5, mean, NULL);
                    forecaster_push(made, 3);
                    if (at < begin + 4 * sizeof *words) /* counts come first, and a fit takes time */
                        forecaster_fit(made, values, 60);
                }
                forecaster_free(made);
            }
        weir_text_fini(&body);
    }
    CU_ASSERT(refusals > 60);
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
    static const struct weir_case cases[] = {
        {"damaged", damaged}, {"nonsense", nonsense}, {"other step", other_step}, {0}};
    return weir_test_main("learn/forecast/files", cases, argc, argv);
}
