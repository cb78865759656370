/* Entries of a model file. Its start and its checksum are put right first, since hardly any input would get past them.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "policies/learn/nn/file.h"
#include "sim/base/error.h"
#include "tests/fuzz/fuzz.h"

static void add(struct weir_text *text, unsigned long long number, size_t size)
{
    weir_text_add_bytes(text, &number, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_text bytes = {0}, again = {0};
    struct nn_file file = {0}, raw = {0};
    size_t entries = size ? data[0] % 8 : 0, rest = size ? size - 1 : 0;
    weir_text_add(&bytes, "WEIRMDL\n");
    add(&bytes, NN_FILE_VERSION, 4);
    add(&bytes, 24 + rest + 4, 8);
    add(&bytes, entries, 4);
    weir_text_add_bytes(&bytes, data + (size > 0), rest);
    add(&bytes, crc32(0, (const unsigned char *)bytes.data, (unsigned)bytes.length), 4);
    if (nn_file_unpack(&file, "fuzz", bytes.data, bytes.length) == WEIR_OK) {
        nn_file_pack(&file, &again);
        if (again.length != bytes.length || memcmp(again.data, bytes.data, bytes.length) != 0)
            __builtin_trap(); /* what was read is all that there was */
    }
    (void)nn_file_unpack(&raw, "fuzz", (const char *)data, size);
    weir_error_clear();
    nn_file_fini(&file);
    nn_file_fini(&raw);
    weir_text_fini(&bytes);
    weir_text_fini(&again);
    return 0;
}
