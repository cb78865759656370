/* Gives every file of the folders named on the command line to a fuzz target: what fuzzers found stays found. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/memory.h"
#include "tests/fuzz/fuzz.h"

static int replay(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return 0;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    uint8_t *data = weir_alloc((size_t)status.st_size, 1);
    size_t size = fread(data, 1, (size_t)status.st_size, file);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* the last one named is the one that crashed */
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

int main(int argc, char **argv)
{
    int count = 0;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int a = 1; a < argc; a++) {
        DIR *folder = opendir(argv[a]);
        for (struct dirent *entry; folder && (entry = readdir(folder));) {
            char *path = weir_format("%s/%s", argv[a], entry->d_name);
            count += replay(path);
            free(path);
        }
        if (folder)
            closedir(folder);
    }
    printf("%d inputs replayed\n", count);
    return count ? 0 : 1;
}
