/* reseal FOLDER...: results that a test has changed, made to look as if weir had written them so: result.json and
 * checksums.json get the checksums of the files that are there, and their seals. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record.h"
#include "sim/experiment/seal.h"

static int reseal(const char *folder, const char *document, const char *const *names)
{
    struct weir_text text = {0};
    char *path = weir_format("%s/%s", folder, document);
    int code = WEIR_OK;
    cJSON *root = NULL;
    if (!weir_file_exists(path))
        goto out;
    code = weir_text_read_file(&text, path);
    root = code == WEIR_OK ? cJSON_Parse(weir_text_string(&text)) : NULL;
    if (!root) {
        code = code ? code : weir_error(WEIR_EINPUT, "%s: is no JSON", path);
        goto out;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(root, "files");
    cJSON_DeleteItemFromObjectCaseSensitive(root, "seal");
    if ((code = weir_seal_files(root, folder, names)) == WEIR_OK) {
        char *sealed = weir_seal_print(root);
        code = weir_file_replace(path, sealed);
        free(sealed);
    }
out:
    cJSON_Delete(root);
    weir_text_fini(&text);
    free(path);
    return code;
}

int main(int argc, char **argv)
{
    static const char *const tables[] = {"summary.csv", "runs.csv", "aggregate.csv", "pairs.csv", "failures.csv", NULL};
    for (int i = 1; i < argc; i++)
        if (reseal(argv[i], "result.json", weir_record_files) != WEIR_OK ||
            reseal(argv[i], WEIR_CHECKSUMS, tables) != WEIR_OK) {
            fprintf(stderr, "reseal: %s\n", weir_error_message());
            return 1;
        }
    return 0;
}
