#include "policies/learn/nn/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/params.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

static char *path_of(const char *name)
{
    return weir_format("%s/%s", weir_test_folder(), name);
}

static void fill(struct nn_file *file)
{
    const double doubles[] = {1.5, -2, 1e300, 0.1, 5, 6};
    const nn_real reals[] = {0.5, 0.25};
    nn_file_put_text(file, "kind", "gru");
    nn_file_put_doubles(file, "table", 2, 3, doubles);
    nn_file_put_reals(file, "layer.weight", 1, 2, reals);
    nn_file_put_text(file, "empty", "");
}

static void round_trip(void)
{
    struct nn_file file = {0}, read = {0};
    char *path = path_of("model.weir");
    fill(&file);
    CU_ASSERT_EQUAL(nn_file_save(&file, path), 0);
    CU_ASSERT_EQUAL_FATAL(nn_file_load(&read, path), 0);
    CU_ASSERT_EQUAL(read.count, 4);
    const char *text;
    double doubles[6];
    nn_real reals[2];
    CU_ASSERT_EQUAL(nn_file_get_text(&read, "kind", &text), 0);
    CU_ASSERT_STRING_EQUAL(text, "gru");
    CU_ASSERT_EQUAL(nn_file_get_text(&read, "empty", &text), 0);
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_EQUAL(nn_file_get_doubles(&read, "table", 2, 3, doubles), 0);
    CU_ASSERT(doubles[0] == 1.5 && doubles[2] == 1e300 && doubles[3] == 0.1 && doubles[5] == 6);
    CU_ASSERT_EQUAL(nn_file_get_reals(&read, "layer.weight", 1, 2, reals), 0);
    CU_ASSERT(reals[0] == 0.5f && reals[1] == 0.25f);
    CU_ASSERT_EQUAL(nn_file_get_doubles(&read, "layer.weight", 1, 2, doubles), 0);
    CU_ASSERT(doubles[1] == 0.25);

    CU_ASSERT_EQUAL(nn_file_get_text(&read, "table", &text), WEIR_EINPUT);
    CHECK_MESSAGE("there is no text \"table\" in the model file");
    CU_ASSERT_EQUAL(nn_file_get_doubles(&read, "tables", 2, 3, doubles), WEIR_EINPUT);
    CHECK_MESSAGE("there is no array \"tables\" in the model file");
    CU_ASSERT_EQUAL(nn_file_get_doubles(&read, "table", 3, 2, doubles), WEIR_EINPUT);
    CHECK_MESSAGE("array \"table\" of the model file is 2 x 3, and the model's is 3 x 2");
    nn_file_fini(&read);
    nn_file_fini(&file);
    free(path);
}

static void parameters(void)
{
    struct weir_stream stream = weir_stream_open(1, "file");
    struct nn_params saved = {0}, loaded = {0};
    nn_params_add(&saved, "a", 3, 4, 1, &stream);
    nn_params_add(&saved, "b", 1, 5, 1, &stream);
    nn_params_add(&loaded, "a", 3, 4, 1, &stream);
    nn_params_add(&loaded, "b", 1, 5, 1, &stream);
    struct nn_file file = {0};
    nn_params_put(&saved, &file);
    CU_ASSERT_EQUAL(nn_params_get(&loaded, &file), 0);
    CU_ASSERT_EQUAL(memcmp(saved.values, loaded.values, saved.size * sizeof *saved.values), 0);
    nn_params_add(&loaded, "c", 1, 1, 1, &stream);
    CU_ASSERT_EQUAL(nn_params_get(&loaded, &file), WEIR_EINPUT);
    CHECK_MESSAGE("there is no array \"c\"");
    nn_file_fini(&file);
    nn_params_fini(&saved);
    nn_params_fini(&loaded);
}

/* Each byte flipped and each length: an error that says what it is, and never a file that is read. */
static void damaged(void)
{
    struct nn_file file = {0};
    struct weir_text bytes = {0};
    fill(&file);
    nn_file_pack(&file, &bytes);
    for (size_t i = 0; i < bytes.length; i++) {
        struct nn_file read = {0};
        bytes.data[i] ^= (char)(1 << i % 8);
        CU_ASSERT_EQUAL(nn_file_unpack(&read, "model.weir", bytes.data, bytes.length), WEIR_EINPUT);
        CHECK_MESSAGE(i < 8    ? "model.weir: is not a model file"
                      : i < 12 ? "and this weir reads version 1; save the model again"
                      : i < 20 ? "model.weir: "
                               : "model.weir: was changed after it was saved: its checksum does not fit");
        CU_ASSERT_EQUAL(read.count, 0);
        bytes.data[i] ^= (char)(1 << i % 8);
    }
    for (size_t length = 0; length < bytes.length; length++) {
        struct nn_file read = {0};
        CU_ASSERT_EQUAL(nn_file_unpack(&read, "model.weir", bytes.data, length), WEIR_EINPUT);
        CHECK_MESSAGE(length < 8 ? "model.weir: is not a model file" : "model.weir: is cut short");
    }
    weir_text_add(&bytes, "more");
    struct nn_file read = {0};
    CU_ASSERT_EQUAL(nn_file_unpack(&read, "model.weir", bytes.data, bytes.length), WEIR_EINPUT);
    CHECK_MESSAGE("was changed");
    weir_text_fini(&bytes);
    nn_file_fini(&file);
}

/* Files whose checksum fits, and whose entries are odd. */
static void forged(void)
{
    struct nn_file file = {0}, read = {0};
    struct weir_text bytes = {0};
    const double value = 1;
    nn_file_put_doubles(&file, "x", 1, 1, &value);
    file.entries[0].columns = 0;
    nn_file_pack(&file, &bytes);
    CU_ASSERT_EQUAL(nn_file_unpack(&read, "odd", bytes.data, bytes.length), 0); /* an empty array may be */
    CU_ASSERT_EQUAL(read.count, 1);
    nn_file_fini(&read);
    weir_text_fini(&bytes);
    file.entries[0].kind = (enum nn_file_kind)7;
    nn_file_pack(&file, &bytes);
    CU_ASSERT_EQUAL(nn_file_unpack(&read, "odd", bytes.data, bytes.length), WEIR_EINPUT);
    CHECK_MESSAGE("odd: its entries do not fit its size");
    weir_text_fini(&bytes);
    nn_file_fini(&file);
}

static void paths(void)
{
    struct nn_file file = {0};
    CU_ASSERT_EQUAL(nn_file_load(&file, "no/such/model.weir"), WEIR_EINPUT);
    CHECK_MESSAGE("no/such/model.weir: cannot be read: No such file");
    CU_ASSERT_EQUAL(nn_file_load(&file, weir_test_folder()), WEIR_EINPUT);
    CHECK_MESSAGE("cannot be read: Is a directory");
    CU_ASSERT_EQUAL(nn_file_load(&file, "README.md"), WEIR_EINPUT);
    CHECK_MESSAGE("README.md: is not a model file");
    CU_ASSERT_EQUAL(nn_file_save(&file, "no/such/model.weir"), WEIR_EINPUT);
    CHECK_MESSAGE("no/such/model.weir: cannot be written: No such file");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"round trip", round_trip}, {"parameters", parameters},
                                             {"damaged", damaged},       {"forged", forged},
                                             {"paths", paths},           {0}};
    return weir_test_main("learn/nn/file", cases, argc, argv);
}
