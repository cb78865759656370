#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-fuzz-XXXXXX";
static pid_t maker; /* the process that made the folder; children of the fuzzer leave it alone */

static void run(const char *format)
{
    char command[256];
    snprintf(command, sizeof command, format, folder);
    if (system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(2);
    }
}

static void remove_folder(void)
{
    if (getpid() == maker)
        run("rm -rf '%s'");
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    static char path[128];
    if (!maker) {
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(2);
        }
        maker = getpid();
        atexit(remove_folder);
        run("cp -r tests/input/valid tests/input/invalid '%s'");
    }
    snprintf(path, sizeof path, "%s/invalid/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        exit(2);
    }
    return path;
}
