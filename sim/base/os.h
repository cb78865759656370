/* What weir asks of the operating system where results are at stake: a table of calls, so that a test can make each of
 * them fail (tests/support/failing_os.c). The calls are those of the same name, with their errno. */
#ifndef WEIR_BASE_OS_H
#define WEIR_BASE_OS_H

#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>

struct weir_os {
    int (*open)(const char *path, int flags, mode_t mode);
    int (*close)(int descriptor);
    ssize_t (*read)(int descriptor, void *bytes, size_t count);
    ssize_t (*write)(int descriptor, const void *bytes, size_t count);
    ssize_t (*pread)(int descriptor, void *bytes, size_t count, off_t offset);
    ssize_t (*pwrite)(int descriptor, const void *bytes, size_t count, off_t offset);
    int (*ftruncate)(int descriptor, off_t length);
    int (*fsync)(int descriptor);
    int (*fdatasync)(int descriptor);
    int (*rename)(const char *from, const char *to);
    int (*exchange)(const char *a, const char *b); /* each gets the other's name; not on all file systems */
    int (*mkdir)(const char *path, mode_t mode);
    int (*unlink)(const char *path);
    int (*lock)(int descriptor, int command, struct flock *lock); /* fcntl, of locks */
    pid_t (*fork)(void);
    int (*pipe2)(int ends[2], int flags);
    int (*memfd_create)(const char *name, unsigned flags);
};

/* The system's own, unless a test has put another one here before the first call. */
extern const struct weir_os *weir_os;

/* A file that is written by weir_os, opened with these flags and O_WRONLY | O_CLOEXEC; NULL and errno if that fails.
 * To be closed by fclose, or by weir_os_finish. fileno() knows no descriptor of it. */
FILE *weir_os_create(const char *path, int flags);

/* Flushes, forces to disk and closes such a file, whatever happens. Returns 0, or the errno of the first call that
 * failed since it was opened. */
int weir_os_finish(FILE *file);

#endif
