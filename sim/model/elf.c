#include "sim/model/elf.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

/* An object and its tables, each with its first byte beyond; offsets in the file. */
struct object {
    const unsigned char *bytes;
    size_t size;
    Elf64_Ehdr head;
    uint64_t symbols, strings, strings_end, hash, gnu_hash; /* 0: none */
};

/* Copies what lies at an offset; false if it is not all inside. */
static bool get(const struct object *object, uint64_t offset, void *into, size_t size)
{
    if (offset > object->size || size > object->size - offset)
        return false;
    memcpy(into, object->bytes + offset, size);
    return true;
}

/* The program header of this number. */
static bool segment(const struct object *object, int number, Elf64_Phdr *into)
{
    uint64_t offset = (uint64_t)number * sizeof *into;
    return object->head.e_phoff <= object->size && get(object, object->head.e_phoff + offset, into, sizeof *into);
}

/* Where in the file an address of the loaded object lies; 0 if nowhere. *end: where its segment ends. */
static uint64_t offset_of(const struct object *object, uint64_t address, uint64_t *end)
{
    Elf64_Phdr part;
    for (int p = 0; p < object->head.e_phnum && segment(object, p, &part); p++) {
        if (part.p_type != PT_LOAD || address < part.p_vaddr || address - part.p_vaddr >= part.p_filesz)
            continue;
        if (part.p_offset > object->size || part.p_filesz > object->size - part.p_offset)
            continue;
        *end = part.p_offset + part.p_filesz;
        return part.p_offset + (address - part.p_vaddr);
    }
    return 0;
}

static bool find_tables(struct object *object)
{
    Elf64_Phdr dynamic;
    Elf64_Dyn entry;
    uint64_t end, length = 0;
    int p = 0;
    while (p < object->head.e_phnum && segment(object, p, &dynamic) && dynamic.p_type != PT_DYNAMIC)
        p++;
    if (p == object->head.e_phnum || !segment(object, p, &dynamic) || dynamic.p_offset > object->size)
        return false;
    for (uint64_t at = 0; at < dynamic.p_filesz; at += sizeof entry) {
        if (!get(object, dynamic.p_offset + at, &entry, sizeof entry) || entry.d_tag == DT_NULL)
            break;
        if (entry.d_tag == DT_SYMTAB)
            object->symbols = offset_of(object, entry.d_un.d_ptr, &end);
        else if (entry.d_tag == DT_HASH)
            object->hash = offset_of(object, entry.d_un.d_ptr, &end);
        else if (entry.d_tag == DT_GNU_HASH)
            object->gnu_hash = offset_of(object, entry.d_un.d_ptr, &end);
        else if (entry.d_tag == DT_STRTAB)
            object->strings = offset_of(object, entry.d_un.d_ptr, &object->strings_end);
        else if (entry.d_tag == DT_STRSZ)
            length = entry.d_un.d_val;
    }
    if (object->strings_end - object->strings > length)
        object->strings_end = object->strings + length;
    return object->symbols && object->strings;
}

/* Whether the symbol of this number is defined and has the name. */
static bool is_it(const struct object *object, uint32_t number, const char *name, Elf64_Sym *symbol)
{
    size_t length = strlen(name) + 1;
    if (!get(object, object->symbols + (uint64_t)number * sizeof *symbol, symbol, sizeof *symbol))
        return false;
    return symbol->st_shndx != SHN_UNDEF && symbol->st_name <= object->strings_end - object->strings &&
           length <= object->strings_end - object->strings - symbol->st_name &&
           memcmp(object->bytes + object->strings + symbol->st_name, name, length) == 0;
}

/* DT_GNU_HASH: buckets hold the first symbol of each, chains the hashes from there on; the last has its lowest bit. */
static bool find_by_gnu_hash(const struct object *object, const char *name, Elf64_Sym *symbol)
{
    struct {
        uint32_t buckets, first, blooms, shift;
    } head;
    uint32_t hash = 5381, number, seen;
    for (const char *c = name; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    if (!get(object, object->gnu_hash, &head, sizeof head) || head.buckets == 0)
        return false;
    uint64_t buckets = object->gnu_hash + sizeof head + (uint64_t)head.blooms * sizeof(uint64_t);
    uint64_t chains = buckets + (uint64_t)head.buckets * sizeof hash;
    if (!get(object, buckets + hash % head.buckets * sizeof number, &number, sizeof number) || number < head.first)
        return false;
    for (;; number++) {
        if (!get(object, chains + (uint64_t)(number - head.first) * sizeof seen, &seen, sizeof seen))
            return false;
        if ((seen | 1) == (hash | 1) && is_it(object, number, name, symbol))
            return true;
        if (seen & 1 || number == UINT32_MAX)
            return false;
    }
}

/* DT_HASH: its second word is the number of symbols. */
static bool find_by_hash(const struct object *object, const char *name, Elf64_Sym *symbol)
{
    uint32_t head[2];
    if (!get(object, object->hash, head, sizeof head))
        return false;
    for (uint32_t number = 0; number < head[1] && (uint64_t)number * sizeof *symbol < object->size; number++)
        if (is_it(object, number, name, symbol))
            return true;
    return false;
}

bool weir_elf_exports(const unsigned char *bytes, size_t size, const char *name, size_t *at)
{
    struct object object = {.bytes = bytes, .size = size};
    Elf64_Sym symbol;
    uint64_t end;
    if (!get(&object, 0, &object.head, sizeof object.head) || object.head.e_phentsize != sizeof(Elf64_Phdr) ||
        !find_tables(&object))
        return false;
    bool found = object.gnu_hash ? find_by_gnu_hash(&object, name, &symbol)
                                 : object.hash && find_by_hash(&object, name, &symbol);
    if (!found)
        return false;
    *at = offset_of(&object, symbol.st_value, &end);
    *at = *at ? *at : SIZE_MAX;
    return true;
}
