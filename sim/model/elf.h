/* What a shared object exports, as the dynamic linker would find it: by its dynamic segment, which is there without
 * section headers, too. Nothing of the object runs. */
#ifndef WEIR_MODEL_ELF_H
#define WEIR_MODEL_ELF_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a shared object of 64 bits and this machine's order of bytes, `size` bytes that need not be aligned, exports
 * a defined symbol of this name by its hash table. *at is where its value begins in the file; SIZE_MAX: not in the
 * file. Whatever the bytes are, nothing beyond them is read. O(symbols) at worst. */
bool weir_elf_exports(const unsigned char *bytes, size_t size, const char *name, size_t *at);

#endif
