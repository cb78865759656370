/* A shipped scenario with its files, copied for a user to edit. Which files a JSON file names is not known by its keys,
 * but by looking: a word of a string that is the name of a file beside it. So programs after "exec" come along, too. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/shipped.h"

struct file {
    char *from;            /* absolute, without links */
    char *name;            /* in the user's folder */
    bool is_changed;       /* `text` is to be written; else the bytes of `from` */
    struct weir_text text; /* with the names of the copies */
};

struct copies {
    struct file *files;
    int count;
};

static bool has_name(const struct copies *copies, const char *name)
{
    for (int i = 0; i < copies->count; i++)
        if (strcmp(copies->files[i].name, name) == 0)
            return true;
    return false;
}

/* A name that no other copy has: the file's own, or with that of its folder before it. Owned. */
static char *choose_name(const struct copies *copies, const char *from)
{
    const char *slash = strrchr(from, '/'), *parent = slash;
    char *name = weir_copy(slash + 1);
    while (has_name(copies, name)) {
        const char *end = parent;
        while (parent > from && *--parent != '/')
            continue;
        const char *start = parent + (*parent == '/');
        char *longer = weir_format("%.*s-%s", (int)(end > start ? end - start : 0), start, name);
        free(name);
        name = longer;
    }
    return name;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The file that a word means as seen from another, if it is one; owned. Absolute names stay what they are. */
static char *file_of(const char *from, const char *word)
{
    struct stat status;
    if (!*word || *word == '/')
        return NULL;
    char *path = weir_path_beside(from, word);
    char *real = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? realpath(path, NULL) : NULL;
    free(path);
    return real;
}

static int take(struct copies *copies, const char *from, int *at);

/* Adds the string from `text` on, `length` bytes without quotes, its words replaced where they are files. */
static int add_string(struct copies *copies, int at, const char *text, size_t length)
{
    int code = WEIR_OK;
    for (size_t i = 0; i < length && code == WEIR_OK;) {
        size_t end = i;
        while (end < length && text[end] != ' ')
            end++;
        char *word = weir_format("%.*s", (int)(end - i), text + i);
        char *file = file_of(copies->files[at].from, word);
        int other;
        if (file && (code = take(copies, file, &other)) == WEIR_OK)
            weir_text_add(&copies->files[at].text, copies->files[other].name);
        else if (!file)
            weir_text_add(&copies->files[at].text, word);
        free(file);
        free(word);
        for (i = end; i < length && text[i] == ' '; i++)
            weir_text_add(&copies->files[at].text, " ");
    }
    return code;
}

/* Takes a JSON or XML file's text over, and the files that it names: in XML by attributes that end in "file". */
static int rewrite(struct copies *copies, int at, const char *text)
{
    bool xml = ends_with(copies->files[at].from, ".xml");
    int code = WEIR_OK;
    const char *start = text;
    while (code == WEIR_OK && *text) {
        const char *quote = text + strcspn(text, xml ? "\"'" : "\"");
        bool wanted = !xml || (quote - start >= 5 && strncmp(quote - 5, "file=", 5) == 0);
        weir_text_add_bytes(&copies->files[at].text, text, (size_t)(quote - text) + (*quote != '\0'));
        if (!*quote)
            break;
        const char *end = quote + 1;
        while (*end && *end != *quote)
            end += !xml && *end == '\\' && end[1] ? 2 : 1;
        if (wanted)
            code = add_string(copies, at, quote + 1, (size_t)(end - quote) - 1);
        else
            weir_text_add_bytes(&copies->files[at].text, quote + 1, (size_t)(end - quote) - 1);
        weir_text_add_bytes(&copies->files[at].text, end, *end != '\0');
        text = end + (*end != '\0');
    }
    return code;
}

/* Puts a file, given by its absolute path, among the copies, if it is not there, and all that it names; *at is where.
 */
static int take(struct copies *copies, const char *from, int *at)
{
    for (*at = 0; *at < copies->count; ++*at)
        if (strcmp(copies->files[*at].from, from) == 0)
            return WEIR_OK;
    char *name = choose_name(copies, from);
    copies->files = weir_resize(copies->files, (size_t)copies->count + 1, sizeof *copies->files);
    copies->files[copies->count++] = (struct file){.from = weir_copy(from), .name = name};
    if (!ends_with(from, ".json") && !ends_with(from, ".xml"))
        return WEIR_OK;
    struct weir_text text = {0};
    int code = weir_text_read_file(&text, from);
    copies->files[*at].is_changed = true;
    if (code == WEIR_OK)
        code = rewrite(copies, *at, weir_text_string(&text));
    weir_text_fini(&text);
    return code;
}

static int copy_bytes(const char *from, FILE *to)
{
    char buffer[1 << 16];
    size_t count;
    FILE *source = fopen(from, "re");
    if (!source)
        return weir_error(WEIR_EINPUT, "%s: cannot be opened: %s", from, strerror(errno));
    while ((count = fread(buffer, 1, sizeof buffer, source)) > 0)
        fwrite(buffer, 1, count, to);
    int code = ferror(source) ? weir_error(WEIR_EINPUT, "%s: cannot be read", from) : WEIR_OK;
    fclose(source);
    return code;
}

/* Writes a copy, which must be new. */
static int write_file(const struct file *file, const char *path)
{
    FILE *to = weir_os_create(path, O_CREAT | O_EXCL);
    if (!to)
        return weir_error(WEIR_EINPUT, "%s: cannot be written: %s", path, strerror(errno));
    int code = WEIR_OK;
    if (file->is_changed)
        fwrite(weir_text_string(&file->text), 1, file->text.length, to);
    else
        code = copy_bytes(file->from, to);
    int finished = weir_file_finish(to, path);
    if (code == WEIR_OK)
        code = finished;
    if (code != WEIR_OK)
        weir_os->unlink(path);
    return code;
}

static int write_all(const struct copies *copies, const char *name, const char *folder, char **paths)
{
    struct stat status;
    int written = 0, code = weir_folder_make(folder);
    for (int i = 0; i < copies->count; i++) {
        paths[i] = weir_format("%s/%s", folder, copies->files[i].name);
        if (code == WEIR_OK && lstat(paths[i], &status) == 0)
            code = weir_error(WEIR_EINPUT,
                              "%s: is there already and would be overwritten; nothing is copied: give another folder, "
                              "as in weir copy %s FOLDER",
                              paths[i], name);
    }
    for (; written < copies->count && code == WEIR_OK; written++)
        code = write_file(&copies->files[written], paths[written]);
    for (int i = 0; i < written - 1 && code != WEIR_OK; i++)
        weir_os->unlink(paths[i]);
    return code;
}

int weir_shipped_copy(const char *name, const char *folder, char ***paths)
{
    struct copies copies = {0};
    char *path, **made = NULL;
    int at;
    *paths = NULL;
    int code = weir_shipped_find(WEIR_SHIPPED_SCENARIO | WEIR_SHIPPED_STUDY, name, &path);
    if (code == WEIR_OK)
        code = take(&copies, path, &at);
    if (code == WEIR_OK) {
        made = weir_alloc((size_t)copies.count + 1, sizeof *made);
        code = write_all(&copies, name, folder, made);
    }
    if (code == WEIR_OK)
        *paths = made;
    else
        weir_shipped_free_paths(made);
    for (int i = 0; i < copies.count; i++) {
        free(copies.files[i].from);
        free(copies.files[i].name);
        weir_text_fini(&copies.files[i].text);
    }
    free(copies.files);
    free(path);
    return code;
}

void weir_shipped_free_paths(char **paths)
{
    for (char **path = paths; path && *path; path++)
        free(*path);
    free(paths);
}
