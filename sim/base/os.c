#define _GNU_SOURCE /* fopencookie, pipe2, memfd_create, renameat2 */
#include "sim/base/os.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

static int open_file(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

static int lock_file(int descriptor, int command, struct flock *lock)
{
    return fcntl(descriptor, command, lock);
}

static int exchange_names(const char *a, const char *b)
{
    return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

static const struct weir_os systems = {
    .open = open_file,
    .close = close,
    .read = read,
    .write = write,
    .pread = pread,
    .pwrite = pwrite,
    .ftruncate = ftruncate,
    .fsync = fsync,
    .fdatasync = fdatasync,
    .rename = rename,
    .exchange = exchange_names,
    .mkdir = mkdir,
    .unlink = unlink,
    .lock = lock_file,
    .fork = fork,
    .pipe2 = pipe2,
    .memfd_create = memfd_create,
};
const struct weir_os *weir_os = &systems;

/* A file in the making. The stream knows it by its cookie alone, so that those that are open stand in a list. */
struct made {
    FILE *stream;
    int descriptor, failure; /* errno of the first call that failed */
    struct made *next;
};
static _Thread_local struct made *first_made;

static ssize_t write_all(void *cookie, const char *bytes, size_t count)
{
    struct made *made = cookie;
    for (size_t done = 0; done < count;) {
        ssize_t written = weir_os->write(made->descriptor, bytes + done, count - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            made->failure = made->failure ? made->failure : written < 0 && errno ? errno : EIO;
            errno = made->failure;
            return (ssize_t)done;
        }
        done += (size_t)written;
    }
    return (ssize_t)count;
}

static int close_made(void *cookie)
{
    struct made *made = cookie, **at = &first_made;
    while (*at && *at != made)
        at = &(*at)->next;
    if (*at)
        *at = made->next;
    int failed = weir_os->close(made->descriptor);
    free(made);
    return failed;
}

FILE *weir_os_create(const char *path, int flags)
{
    int descriptor = weir_os->open(path, flags | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return NULL;
    struct made *made = weir_alloc(1, sizeof *made);
    made->descriptor = descriptor;
    made->stream = fopencookie(made, "w", (cookie_io_functions_t){.write = write_all, .close = close_made});
    if (!made->stream) {
        weir_os->close(descriptor);
        free(made);
        return NULL;
    }
    setvbuf(made->stream, NULL, _IOFBF, 1 << 16);
    made->next = first_made;
    first_made = made;
    return made->stream;
}

int weir_os_finish(FILE *file)
{
    struct made *made = first_made;
    while (made && made->stream != file)
        made = made->next;
    errno = 0;
    int failure = fflush(file) != 0 ? (errno ? errno : EIO) : 0;
    if (made) {
        failure = made->failure ? made->failure : failure;
        if (!failure && weir_os->fsync(made->descriptor) != 0 && errno != EINVAL) /* which a pipe or terminal says */
            failure = errno;
    }
    if (ferror(file) && !failure)
        failure = EIO;
    errno = 0;
    if (fclose(file) != 0 && !failure)
        failure = errno ? errno : EIO;
    return failure;
}
