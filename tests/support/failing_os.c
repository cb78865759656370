/* An operating system whose calls fail when told: linked into a program, it takes the place of weir_os before main. The
 * calls of the program and of all processes that it forks are numbered together, from 1 on.
 *   WEIR_OS_LOG=FILE   each call adds a line to it: number, name
 *   WEIR_OS_FAIL=N     the call with this number fails, without effect, by WEIR_OS_ERRNO (a number)
 *   WEIR_OS_SHORT=N    the call with this number, a read or a write, does half of what it is asked for
 *   WEIR_OS_AGAIN=N    the first read or write from that number on is interrupted by a signal (EINTR): processes that
 * work at the same time are not numbered alike each time, so that N may be another call than it was */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/os.h"

static const struct weir_os *system_os;
static atomic_long *calls, *interrupted; /* shared by all processes */
static long fail_at, short_at, again_at;
static int fail_errno, log_file = -1;

enum outcome { GOES_ON, FAILS, IS_SHORT };

static enum outcome begin(const char *name)
{
    long number = atomic_fetch_add(calls, 1) + 1;
    if (log_file >= 0) {
        char line[64];
        int length = snprintf(line, sizeof line, "%ld %s\n", number, name);
        if (write(log_file, line, (size_t)length) != length)
            abort();
    }
    if (number == fail_at) {
        errno = fail_errno;
        return FAILS;
    }
    bool may_be = strstr(name, "read") || strstr(name, "write");
    if (again_at && number >= again_at && may_be && atomic_fetch_add(interrupted, 1) == 0) {
        errno = EINTR;
        return FAILS;
    }
    return number == short_at ? IS_SHORT : GOES_ON;
}

static size_t some(enum outcome outcome, size_t count)
{
    return outcome == IS_SHORT && count > 1 ? count / 2 : count;
}

static int its_open(const char *path, int flags, mode_t mode)
{
    return begin("open") == FAILS ? -1 : system_os->open(path, flags, mode);
}
static int its_close(int descriptor)
{
    enum outcome outcome = begin("close");
    int reason = errno, closed = system_os->close(descriptor); /* a close that fails has closed */
    errno = outcome == FAILS ? reason : errno;
    return outcome == FAILS ? -1 : closed;
}
static ssize_t its_read(int descriptor, void *bytes, size_t count)
{
    enum outcome outcome = begin("read");
    return outcome == FAILS ? -1 : system_os->read(descriptor, bytes, some(outcome, count));
}
static ssize_t its_write(int descriptor, const void *bytes, size_t count)
{
    enum outcome outcome = begin("write");
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode) && outcome == IS_SHORT)
        outcome = GOES_ON; /* what is shorter than PIPE_BUF goes into a pipe as a whole */
    return outcome == FAILS ? -1 : system_os->write(descriptor, bytes, some(outcome, count));
}
static ssize_t its_pread(int descriptor, void *bytes, size_t count, off_t offset)
{
    enum outcome outcome = begin("pread");
    return outcome == FAILS ? -1 : system_os->pread(descriptor, bytes, some(outcome, count), offset);
}
/* What fails has written half: that is how disks are full. */
static ssize_t its_pwrite(int descriptor, const void *bytes, size_t count, off_t offset)
{
    enum outcome outcome = begin("pwrite");
    int reason = errno;
    if (outcome == FAILS && reason != EINTR && count > 1 && system_os->pwrite(descriptor, bytes, count / 2, offset) < 0)
        abort();
    errno = reason;
    return outcome == FAILS ? -1 : system_os->pwrite(descriptor, bytes, some(outcome, count), offset);
}
static int its_ftruncate(int descriptor, off_t length)
{
    return begin("ftruncate") == FAILS ? -1 : system_os->ftruncate(descriptor, length);
}
static int its_fsync(int descriptor)
{
    return begin("fsync") == FAILS ? -1 : system_os->fsync(descriptor);
}
static int its_fdatasync(int descriptor)
{
    return begin("fdatasync") == FAILS ? -1 : system_os->fdatasync(descriptor);
}
static int its_rename(const char *from, const char *to)
{
    return begin("rename") == FAILS ? -1 : system_os->rename(from, to);
}
static int its_exchange(const char *a, const char *b)
{
    return begin("exchange") == FAILS ? -1 : system_os->exchange(a, b);
}
static int its_mkdir(const char *path, mode_t mode)
{
    return begin("mkdir") == FAILS ? -1 : system_os->mkdir(path, mode);
}
static int its_unlink(const char *path)
{
    return begin("unlink") == FAILS ? -1 : system_os->unlink(path);
}
static int its_lock(int descriptor, int command, struct flock *lock)
{
    return begin("lock") == FAILS ? -1 : system_os->lock(descriptor, command, lock);
}
static pid_t its_fork(void)
{
    return begin("fork") == FAILS ? -1 : system_os->fork();
}
static int its_pipe2(int ends[2], int flags)
{
    return begin("pipe2") == FAILS ? -1 : system_os->pipe2(ends, flags);
}
static int its_memfd_create(const char *name, unsigned flags)
{
    return begin("memfd_create") == FAILS ? -1 : system_os->memfd_create(name, flags);
}

static const struct weir_os failing = {
    .open = its_open,
    .close = its_close,
    .read = its_read,
    .write = its_write,
    .pread = its_pread,
    .pwrite = its_pwrite,
    .ftruncate = its_ftruncate,
    .fsync = its_fsync,
    .fdatasync = its_fdatasync,
    .rename = its_rename,
    .exchange = its_exchange,
    .mkdir = its_mkdir,
    .unlink = its_unlink,
    .lock = its_lock,
    .fork = its_fork,
    .pipe2 = its_pipe2,
    .memfd_create = its_memfd_create,
};

static long number_of(const char *name)
{
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void take_over(void)
{
    const char *log = getenv("WEIR_OS_LOG");
    fail_at = number_of("WEIR_OS_FAIL");
    short_at = number_of("WEIR_OS_SHORT");
    again_at = number_of("WEIR_OS_AGAIN");
    fail_errno = (int)number_of("WEIR_OS_ERRNO");
    calls = mmap(NULL, 2 * sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (calls == MAP_FAILED)
        abort();
    interrupted = calls + 1;
    if (log)
        log_file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    system_os = weir_os;
    weir_os = &failing;
}
