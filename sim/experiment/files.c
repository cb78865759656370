#include "sim/experiment/files.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"

int weir_folder_make(const char *path)
{
    int code = WEIR_OK;
    char *part = weir_copy(path);
    for (char *end = part; code == WEIR_OK && *end; end++) {
        bool last = end[1] == '\0';
        if (!last && end[1] != '/')
            continue;
        char kept = end[1];
        end[1] = '\0';
        if (weir_os->mkdir(part, 0777) != 0 && errno != EEXIST)
            code = weir_error(WEIR_EINPUT, "%s: cannot make this folder: %s", part, strerror(errno));
        end[1] = kept;
    }
    struct stat status;
    if (code == WEIR_OK && (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)))
        code = weir_error(WEIR_EINPUT, "%s: is not a folder; give another one with -o", path);
    free(part);
    return code;
}

int weir_folder_sync(const char *path)
{
    int folder = weir_os->open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    /* Some file systems cannot sync folders (EINVAL); there is nothing to be done about it. */
    bool bad = folder < 0 || (weir_os->fsync(folder) != 0 && errno != EINVAL);
    int reason = errno;
    if (folder >= 0)
        weir_os->close(folder);
    return bad ? weir_error(WEIR_EINPUT, "%s: cannot sync this folder: %s", path, strerror(reason)) : WEIR_OK;
}

bool weir_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool weir_file_same(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

unsigned long long weir_file_hash(const char *path, unsigned long long hash)
{
    char bytes[1 << 14];
    size_t got;
    FILE *file = fopen(path, "re");
    if (!file)
        return weir_hash_string(hash, path);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        hash = weir_hash(hash, bytes, got);
    fclose(file);
    return hash;
}

int weir_file_finish(FILE *file, const char *path)
{
    int reason = weir_os_finish(file);
    return reason ? weir_error(WEIR_EINPUT, "%s: cannot write: %s", path, strerror(reason)) : WEIR_OK;
}

FILE *weir_file_begin(const char *path)
{
    char *partial = weir_format("%s.partial", path);
    FILE *file = weir_os_create(partial, O_CREAT | O_TRUNC);
    if (!file)
        weir_error(WEIR_EINPUT, "%s: cannot write: %s", partial, strerror(errno));
    free(partial);
    return file;
}

int weir_file_commit(FILE *file, const char *path)
{
    char *partial = weir_format("%s.partial", path);
    int code = weir_file_finish(file, partial);
    if (code == WEIR_OK && weir_os->rename(partial, path) != 0)
        code = weir_error(WEIR_EINPUT, "%s: cannot rename to this name: %s", path, strerror(errno));
    if (code != WEIR_OK)
        weir_os->unlink(partial);
    free(partial);
    return code;
}

int weir_file_replace(const char *path, const char *content)
{
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    fputs(content, file);
    return weir_file_commit(file, path);
}

char *weir_file_name(const char *text)
{
    struct weir_text name = {0};
    for (const char *c = text; *c; c++) {
        bool plain = isascii((unsigned char)*c) && (isalnum((unsigned char)*c) || strchr("._+-=,()", *c));
        if (plain && !(c == text && *c == '.'))
            weir_text_add_bytes(&name, c, 1);
        else
            weir_text_addf(&name, "%%%02X", (unsigned char)*c);
    }
    char *copy = weir_copy(weir_text_string(&name));
    weir_text_fini(&name);
    return copy;
}

/* What a spreadsheet takes for the beginning of a formula. */
static bool begins_formula(const char *text)
{
    return *text && strchr("=+-@\t\r\n", *text);
}

static bool is_number(const char *text)
{
    char *end;
    return strspn(text, "0123456789.eE+-") == strlen(text) && (strtod(text, &end), end > text && !*end);
}

bool weir_csv_is_formula(const char *text)
{
    const char *rest = text + strspn(text, "'");
    return begins_formula(rest) && (rest > text || !is_number(rest));
}

const char *weir_csv_unguard(const char *field)
{
    return *field == '\'' && begins_formula(field + strspn(field, "'")) ? field + 1 : field;
}

void weir_csv_field(FILE *file, const char *text)
{
    bool guarded = weir_csv_is_formula(text), quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        fputc('"', file);
    if (guarded)
        fputc('\'', file);
    for (const char *c = text; quoted && *c; c++) {
        if (*c == '"')
            fputc('"', file);
        fputc(*c, file);
    }
    fputs(quoted ? "\"" : text, file);
}

int weir_lock_take(int descriptor, int command, struct flock *lock, const char *path)
{
    if (weir_os->lock(descriptor, command, lock) == 0)
        return WEIR_OK;
    if (errno == EACCES || errno == EAGAIN)
        return weir_error(WEIR_EINPUT, "%s: another weir is writing here; wait for it, or give another folder with -o",
                          path);
    if (errno != ENOLCK && errno != ENOSYS && errno != EINVAL && errno != EOPNOTSUPP)
        return weir_error(WEIR_EINPUT, "%s: cannot be locked: %s", path, strerror(errno));
    fprintf(stderr, "remark: %s: cannot be locked (%s), so nothing keeps two weirs from writing here at once\n", path,
            strerror(errno));
    return WEIR_OK;
}

/* A lock on the file `name`, which says that somebody writes to `path`. */
static int take_lock(const char *name, const char *path, short type)
{
    int lock = weir_os->open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock < 0)
        return weir_error(WEIR_EINPUT, "%s: cannot write: %s", name, strerror(errno));
    /* Record locks are not inherited by children: the lock ends with this process even if a child outlives it. */
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
    int code = weir_lock_take(lock, F_SETLK, &whole, path);
    if (code == WEIR_OK)
        return lock;
    weir_os->close(lock);
    return code;
}

static int take_inside(const char *path, short type)
{
    char *name = weir_format("%s/.lock", path);
    int lock = take_lock(name, path, type);
    free(name);
    return lock;
}

int weir_folder_lock(const char *path)
{
    return take_inside(path, F_WRLCK);
}

int weir_folder_share(const char *path)
{
    return take_inside(path, F_RDLCK);
}

void weir_folder_unlock(int lock)
{
    if (lock >= 0)
        weir_os->close(lock);
}

int weir_folder_lock_beside(const char *path)
{
    char *name = weir_format("%s.lock", path), *slash = strrchr(name, '/');
    int lock = WEIR_OK;
    if (slash && slash > name) {
        *slash = '\0';
        lock = weir_folder_make(name);
        *slash = '/';
    }
    /* Who had the lock may have removed the file since it was opened here. */
    for (bool again = true; again && lock >= 0;) {
        struct stat opened, there;
        if ((lock = take_lock(name, path, F_WRLCK)) < 0)
            break;
        again = fstat(lock, &opened) != 0 || stat(name, &there) != 0 || opened.st_ino != there.st_ino;
        if (again)
            weir_os->close(lock);
    }
    free(name);
    return lock;
}

void weir_folder_unlock_beside(int lock, const char *path)
{
    if (lock < 0)
        return;
    char *name = weir_format("%s.lock", path);
    weir_os->unlink(name);
    weir_os->close(lock);
    free(name);
}
