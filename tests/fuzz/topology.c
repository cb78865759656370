/* Topologies: GraphML, JSON, or nodes as CSV with the links after a line "---". What is taken must make a platform that
 * is taken, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/generate/generate.h"
#include "sim/model/platform.h"
#include "tests/fuzz/fuzz.h"

static void try(const struct weir_generator_option *options, int count)
{
    const struct weir_generator *kind;
    struct weir_platform *platform = NULL;
    char *text = NULL;
    size_t length;
    if (weir_generator_find("topology", &kind) != WEIR_OK)
        __builtin_trap();
    if (weir_generate(kind, options, count, 1, &text, &length) == WEIR_OK) {
        if (weir_platform_read(fuzz_file("made.xml", (const uint8_t *)text, length), &platform) != WEIR_OK) {
            fprintf(stderr, "%s\n", weir_error_message());
            __builtin_trap();
        }
        weir_platform_free(platform);
        free(text);
    }
    weir_error_clear();
}

/* Room for paths: what fuzz_file returns lasts until its next call. */
static char *keep(const char *name, const uint8_t *data, size_t size)
{
    return weir_copy(fuzz_file(name, data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_generator_option options[] = {
        {"routing", "hops"}, {"hosts", "1"}, {"devices", "0"}, {NULL, NULL}, {NULL, NULL}};
    if (size > 0 && data[0] && strchr("<{?TgC", data[0])) { /* XML, JSON, SNDlib, BRITE, GML */
        char *path = keep("fuzz.graph", data, size);
        options[3] = (struct weir_generator_option){"graph", path};
        try(options, 4);
        free(path);
        return 0;
    }
    size_t first = 0;
    while (first < size && (size - first < 4 || memcmp(data + first, "---\n", 4) != 0))
        first++;
    char *nodes = keep("nodes.csv", data, first), *links = NULL;
    if (first < size)
        links = keep("links.csv", data + first + 4, size - first - 4);
    options[3] = (struct weir_generator_option){"nodes", nodes};
    options[4] = (struct weir_generator_option){"links", links};
    try(options, links ? 5 : 4);
    free(nodes);
    free(links);
    return 0;
}
