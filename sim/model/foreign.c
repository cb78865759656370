#include "sim/model/foreign.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/api/policy.h"
#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/elf.h"

#define EXEC "exec"

static bool is_program(const struct weir_policy_use *use)
{
    return strcmp(use->name, EXEC) == 0;
}

bool weir_foreign_is(const struct weir_policy_use *use)
{
    return is_program(use) || weir_policy_is_path(use->name);
}

/* A string parameter of a use; "" if there is none. */
static const char *string_of(const struct weir_policy_use *use, const char *key)
{
    struct weir_json child;
    const char *text = "";
    if (!use->params)
        return text;
    struct weir_json root = weir_json_root(use->params);
    if (weir_json_get(&root, key, &child) && weir_json_is_string(&child))
        weir_json_string(&child, &text);
    return text;
}

static const char *code_of(const struct weir_policy_use *use)
{
    return is_program(use) ? string_of(use, EXEC) : use->name;
}

/* Whether the same code stands in the stacks before the use. */
static bool stands_before(const struct weir_stack *stacks, const struct weir_policy_use *use)
{
    for (const struct weir_stack *stack = stacks;; stack++)
        for (int u = 0; u < stack->use_count; u++) {
            if (&stack->uses[u] == use)
                return false;
            if (weir_foreign_is(&stack->uses[u]) && strcmp(code_of(&stack->uses[u]), code_of(use)) == 0)
                return true;
        }
}

char *weir_foreign_list(const struct weir_stack *stacks, int count)
{
    struct weir_text list = {0};
    for (int s = 0; s < count; s++)
        for (int u = 0; u < stacks[s].use_count; u++) {
            const struct weir_policy_use *use = &stacks[s].uses[u];
            if (weir_foreign_is(use) && !stands_before(stacks, use))
                weir_text_addf(&list, "%s%s", list.length ? ", " : "", code_of(use));
        }
    char *text = list.length ? weir_copy(list.data) : NULL;
    weir_text_fini(&list);
    return text;
}

/* --- shared objects --- */

/* A file in memory. */
struct image {
    const char *path;
    unsigned char *bytes;
    size_t size;
};

static int read_image(const char *path, struct image *image)
{
    enum { MOST = 1 << 30 };
    struct stat info;
    *image = (struct image){.path = path};
    if (stat(path, &info) != 0)
        return weir_error(WEIR_EINPUT, "%s: cannot load this policy: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return weir_error(WEIR_EINPUT, "%s: is no file; name a shared object, such as \"./mine.so\"", path);
    FILE *file = fopen(path, "rb");
    if (!file || info.st_size > MOST) {
        if (file)
            fclose(file);
        return weir_error(WEIR_EINPUT, "%s: cannot be read", path);
    }
    image->bytes = weir_alloc((size_t)info.st_size + 1, 1);
    image->size = fread(image->bytes, 1, (size_t)info.st_size, file);
    fclose(file);
    return WEIR_OK;
}

/* Whether the object exports weir's symbol; *abi is the interface number that it begins with, if that can be told. */
static bool exports(const struct image *image, unsigned *abi)
{
    size_t at;
    if (!weir_elf_exports(image->bytes, image->size, WEIR_POLICY_SYMBOL, &at))
        return false;
    if (at < image->size && sizeof *abi <= image->size - at)
        memcpy(abi, image->bytes + at, sizeof *abi);
    return true;
}

static int look_at_object(const char *path)
{
    struct image image, own;
    Elf64_Ehdr head, ours = {0};
    unsigned abi = WEIR_POLICY_ABI;
    int code = read_image(path, &image);
    if (code)
        return code;
    if (read_image("/proc/self/exe", &own) == WEIR_OK && own.size >= sizeof ours)
        memcpy(&ours, own.bytes, sizeof ours);
    free(own.bytes);
    weir_error_clear();
    if (image.size >= sizeof head)
        memcpy(&head, image.bytes, sizeof head);
    if (image.size < sizeof head || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_type != ET_DYN)
        code = weir_error(WEIR_EINPUT,
                          "%s: is no shared object that this weir can load; build one with cc -shared -fPIC", path);
    else if (memcmp(head.e_ident + EI_CLASS, ours.e_ident + EI_CLASS, 2) != 0 || head.e_machine != ours.e_machine)
        code = weir_error(WEIR_EINPUT,
                          "%s: is no shared object that this weir can load: it is for another machine; build it here",
                          path);
    else if (!exports(&image, &abi))
        code = weir_error(WEIR_EINPUT,
                          "%s: does not export \"%s\"; define `const struct weir_policy %s = {...}` in it, not static",
                          path, WEIR_POLICY_SYMBOL, WEIR_POLICY_SYMBOL);
    else if (abi != WEIR_POLICY_ABI)
        code = weir_error(WEIR_EINPUT,
                          "%s: was built for policy interface %u, and this weir has interface %u; build it again", path,
                          abi, WEIR_POLICY_ABI);
    free(image.bytes);
    return code;
}

/* --- programs --- */

/* The next word of a command without anything that a shell would see more in; false if there is none, or it has. */
static bool next_word(const char **command, char word[256])
{
    *command += strspn(*command, " \t");
    size_t length = strcspn(*command, " \t\n");
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)(*command)[i]) && !strchr("_./+-:@%,", (*command)[i]))
            return false;
    if (length == 0 || length >= 256)
        return false;
    memcpy(word, *command, length);
    word[length] = '\0';
    *command += length;
    return true;
}

static bool is_builtin(const char *word)
{
    static const char *const words[] = {"cd",   "exec",  "set",    "export", ".",       "source", "eval", "test",
                                        "true", "false", "echo",   "if",     "for",     "while",  "case", "until",
                                        "read", "trap",  "ulimit", "umask",  "command", ":",      NULL};
    for (const char *const *w = words; *w; w++)
        if (strcmp(word, *w) == 0)
            return true;
    return false;
}

/* Whether the shell would find the program. */
static bool is_there(const char *word, const char *folder)
{
    if (strchr(word, '/')) {
        char *path = *word == '/' || !*folder ? weir_copy(word) : weir_format("%s/%s", folder, word);
        bool found = access(path, X_OK) == 0;
        free(path);
        return found;
    }
    const char *list = getenv("PATH");
    for (const char *at = list ? list : "/usr/bin:/bin"; *at;) {
        size_t length = strcspn(at, ":");
        char *path = weir_format("%.*s/%s", (int)length, at, word);
        bool found = access(path, X_OK) == 0;
        free(path);
        if (found)
            return true;
        at += length + (at[length] == ':');
    }
    return false;
}

/* A word that can only be a file: "mine.py". */
static bool is_script(const char *word)
{
    static const char *const ends[] = {".py", ".sh", ".pl", ".rb", ".R", ".js", ".lua", ".jl", ".php", NULL};
    const char *dot = strrchr(word, '.');
    for (const char *const *end = ends; dot && *end; end++)
        if (strcmp(dot, *end) == 0)
            return *word != '-';
    return false;
}

static int look_at_program(const struct weir_policy_use *use)
{
    const char *command = string_of(use, EXEC), *folder = string_of(use, "folder");
    char word[256];
    if (!next_word(&command, word) || is_builtin(word))
        return WEIR_OK; /* a shell knows better */
    if (!is_there(word, folder))
        return weir_error(WEIR_EINPUT, "exec: there is no program \"%s\"%s%s; install it, or check the command", word,
                          strchr(word, '/') && *folder ? " in " : "", strchr(word, '/') ? folder : "");
    while (next_word(&command, word)) {
        if (!is_script(word))
            continue;
        char *path = *word == '/' || !*folder ? weir_copy(word) : weir_format("%s/%s", folder, word);
        int code = access(path, R_OK) == 0
                       ? WEIR_OK
                       : weir_error(WEIR_EINPUT, "exec: there is no file %s; check the command", path);
        free(path);
        return code;
    }
    return WEIR_OK;
}

int weir_foreign_look(const struct weir_policy_use *use)
{
    if (is_program(use))
        return look_at_program(use);
    return weir_policy_is_path(use->name) ? look_at_object(use->name) : WEIR_OK;
}
