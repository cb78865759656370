/* The files of the demos, as bytes in the program, so that weir needs nothing beside itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/demo/demo.h"
#include "sim/experiment/files.h"

/* The content of a file between two symbols of the assembler's. */
#define EMBED(symbol, file)                                                                                            \
    __asm__(".section .rodata\n"                                                                                       \
            ".global weir_demo_" #symbol "\n"                                                                          \
            ".global weir_demo_" #symbol "_end\n"                                                                      \
            "weir_demo_" #symbol ":\n"                                                                                 \
            ".incbin \"" WEIR_DEMO_FOLDER "/" file "\"\n"                                                              \
            "weir_demo_" #symbol "_end:\n"                                                                             \
            ".byte 0\n"                                                                                                \
            ".previous\n");                                                                                            \
    extern const char weir_demo_##symbol[], weir_demo_##symbol##_end[]
#define FILE_OF(symbol, name)                                                                                          \
    {                                                                                                                  \
        name, weir_demo_##symbol, weir_demo_##symbol##_end                                                             \
    }

/* A demo is its scenario and the platform beside it. */
#define DEMO(name)                                                                                                     \
    EMBED(name##_json, #name ".json");                                                                                 \
    EMBED(name##_xml, #name ".xml");                                                                                   \
    static const struct weir_demo_file name##_files[] = {                                                              \
        FILE_OF(name##_json, #name ".json"), FILE_OF(name##_xml, #name ".xml"), {0}}

DEMO(backpressure);
DEMO(migration);
DEMO(autoscaling);
DEMO(offloading);
EMBED(anomaly_json, "anomaly.json");
EMBED(anomaly_xml, "anomaly.xml");
EMBED(watch_py, "watch.py");
EMBED(mobility_json, "mobility.json");
EMBED(mobility_xml, "mobility.xml");
EMBED(mobility_csv, "mobility.csv");
static const struct weir_demo_file mobility_files[] = {FILE_OF(mobility_json, "mobility.json"),
                                                       FILE_OF(mobility_xml, "mobility.xml"),
                                                       FILE_OF(mobility_csv, "mobility.csv"),
                                                       {0}};
static const struct weir_demo_file anomaly_files[] = {
    FILE_OF(anomaly_json, "anomaly.json"), FILE_OF(anomaly_xml, "anomaly.xml"), FILE_OF(watch_py, "watch.py"), {0}};

const struct weir_demo_info weir_demos[] = {
    {"backpressure", "a pipeline with one operator that is too slow", "wan", backpressure_files},
    {"migration", "an operator with state that moves to the cloud and back", "wan", migration_files},
    {"autoscaling", "short days with a peak each, and three policies that add instances", NULL, autoscaling_files},
    {"offloading", "two users of a small network of computers: who computes what where", NULL, offloading_files},
    {"anomaly", "one of three servers is not well, which its reports show before its users feel it", NULL,
     anomaly_files},
    {"mobility", "a bus that drives through four cells, and an operator that stays or follows", "far", mobility_files},
    {0},
};

const struct weir_demo_info *weir_demo_find(const char *name)
{
    for (const struct weir_demo_info *demo = weir_demos; demo->name; demo++)
        if (strcmp(demo->name, name) == 0)
            return demo;
    return NULL;
}

/* Whether the file is there with other content. */
static bool is_another(const char *path, const char *content)
{
    struct weir_text text = {0};
    bool another = false;
    if (weir_file_exists(path))
        another = weir_text_read_file(&text, path) != WEIR_OK || strcmp(weir_text_string(&text), content) != 0;
    weir_error_clear();
    weir_text_fini(&text);
    return another;
}

int weir_demo_write(const struct weir_demo_info *demo, const char *folder, bool force, char **path)
{
    int code = weir_folder_make(folder);
    for (const struct weir_demo_file *file = demo->files; file->name && code == WEIR_OK; file++) {
        char *to = weir_format("%s/%s", folder, file->name);
        if (!force && is_another(to, file->from))
            code = weir_error(WEIR_EINPUT, "%s: is there already and has been changed; --force replaces it", to);
        free(to);
    }
    for (const struct weir_demo_file *file = demo->files; file->name && code == WEIR_OK; file++) {
        char *to = weir_format("%s/%s", folder, file->name);
        code = weir_file_replace(to, file->from); /* text, with a 0 behind its end */
        free(to);
    }
    if (path)
        *path = code == WEIR_OK ? weir_format("%s/%s", folder, demo->files[0].name) : NULL;
    return code;
}
