/* What a shared object exports, against the dynamic linker itself, and on objects that are damaged. */
#define _GNU_SOURCE /* dladdr */
#include "sim/model/elf.h"

#include <dlfcn.h>
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

static unsigned char *bytes;
static size_t size;
static void *library;

/* zlib as it is on disk, and as the dynamic linker has loaded it. */
static void begin(void)
{
    Dl_info info;
    CU_ASSERT_FATAL(dladdr((void *)(uintptr_t)&zlibVersion, &info) != 0);
    FILE *file = fopen(info.dli_fname, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fseek(file, 0, SEEK_END), 0);
    size = (size_t)ftell(file);
    rewind(file);
    bytes = weir_alloc(size, 1);
    CU_ASSERT_EQUAL(fread(bytes, 1, size, file), size);
    fclose(file);
    library = dlopen(info.dli_fname, RTLD_LAZY);
    CU_ASSERT_PTR_NOT_NULL_FATAL(library);
}

static void end(void)
{
    dlclose(library);
    free(bytes);
}

/* As many tools leave it: section headers are for linkers and debuggers. */
static void drop_section_headers(void)
{
    Elf64_Ehdr head;
    memcpy(&head, bytes, sizeof head);
    head.e_shoff = head.e_shnum = head.e_shstrndx = 0;
    memcpy(bytes, &head, sizeof head);
}

/* Each name is found where the dynamic linker finds it: the bytes of a function are those of the file. `malloc` is one
 * that zlib needs and does not have. */
static void as_the_linker(void)
{
    static const char *const names[] = {"deflate",   "inflate",     "gzopen",   "crc32",
                                        "adler32_z", "zlibVersion", "gzread",   "compressBound",
                                        "malloc",    "deflat",      "deflate2", "weir_policy_plugin",
                                        ""};
    begin();
    for (int without = 0; without < 2; without++) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            Dl_info info = {0};
            const void *there = dlsym(library, names[i]);
            bool is = there && dladdr(there, &info) && strstr(info.dli_fname, "libz");
            size_t at = 0;
            CU_ASSERT_EQUAL(weir_elf_exports(bytes, size, names[i], &at), is);
            if (is)
                CU_ASSERT(at < size && memcmp(bytes + at, there, 4) == 0);
        }
        drop_section_headers();
    }
    end();
}

/* Whatever is cut off or changed, nothing beyond the end is read (which the sanitisers see), and it comes to an end. */
static void damaged(void)
{
    size_t at;
    begin();
    struct weir_stream draw = weir_stream_open(1, "damage");
    CU_ASSERT_FALSE(weir_elf_exports(bytes, 0, "crc32", &at));
    for (int k = 0; k < 200; k++) {
        size_t left = k < 100 ? (size_t)k : (size_t)(weir_stream_uniform(&draw) * (double)size);
        unsigned char *copy = weir_alloc(left + 1, 1);
        memcpy(copy, bytes, left);
        copy = realloc(copy, left ? left : 1);
        bool found = weir_elf_exports(copy, left, "crc32", &at);
        CU_ASSERT_FALSE(found && left < sizeof(Elf64_Ehdr));
        CU_ASSERT(!found || at < left || at == SIZE_MAX);
        free(copy);
    }
    for (int k = 0; k < 3000; k++) { /* tables and headers stand at the begin */
        size_t where = (size_t)(weir_stream_uniform(&draw) * 8192);
        unsigned char was = bytes[where];
        bytes[where] = (unsigned char)(256 * weir_stream_uniform(&draw));
        bool found = weir_elf_exports(bytes, size, "crc32", &at);
        CU_ASSERT(!found || at < size || at == SIZE_MAX);
        bytes[where] = was;
    }
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"as_the_linker", as_the_linker}, {"damaged", damaged}, {0}};
    return weir_test_main("model/elf", cases, argc, argv);
}
