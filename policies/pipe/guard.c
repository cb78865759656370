#define _GNU_SOURCE /* pipe2, close_range, ppoll */
#include "policies/pipe/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/os.h"

#define PATIENCE_MS 10000 /* for what does not die of SIGKILL */

/* ---- in the guard: only calls that are safe between fork and exec ---- */

/* The program. */
static _Noreturn void become(const char *command, const char *folder, int in, int out, int errors)
{
    sigset_t none;
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    if (*folder && chdir(folder) != 0)
        _exit(126);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* Sends SIGKILL to the children that there are now. */
static void kill_children(void)
{
    char bytes[4096];
    long pid = 0;
    ssize_t got = 0;
    int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    while (file >= 0 && (got = read(file, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                pid = 10 * pid + bytes[i] - '0';
            } else if (pid > 0) {
                kill((pid_t)pid, SIGKILL);
                pid = 0;
            }
        }
    if (file >= 0)
        close(file);
}

/* Reaps who has ended; tells the program's end, once. False: there are no children any more. */
static bool reap(pid_t *program, int status_line)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid < 0 && errno == EINTR)) {
        if (pid != *program)
            continue;
        *program = -1;
        if (write(status_line, &status, sizeof status) != (ssize_t)sizeof status)
            continue; /* nobody reads it any more */
    }
    return pid == 0;
}

static void end_all(pid_t program, int status_line)
{
    if (program > 0) /* its group is still its own */
        kill(-program, SIGKILL);
    for (int waited = 0; waited < PATIENCE_MS && reap(&program, status_line); waited++) {
        kill_children(); /* theirs are ours from now on */
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

static void hear(int signal)
{
    (void)signal;
}

/* The life of the guard. */
static _Noreturn void live(const char *command, const char *folder, int in, int out, int errors, int line,
                           int status_line)
{
    sigset_t child, before;
    struct sigaction action = {.sa_handler = hear};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setpgid(0, 0); /* Ctrl-C is weir's affair */
    sigaction(SIGCHLD, &action, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    sigemptyset(&before);
    pid_t program = fork();
    if (program == 0)
        become(command, folder, in, out, errors);
    int reason = program < 0 ? errno : 0;
    if (write(status_line, &reason, sizeof reason) != (ssize_t)sizeof reason || reason)
        _exit(1);
    setpgid(program, program); /* here, too: whoever comes first */
    /* What weir has open is not held open here. */
    if (line != 3 && status_line != 3)
        line = dup2(line, 3);
    for (int descriptor = 0; descriptor < 1024; descriptor++)
        if (descriptor != line && descriptor != status_line)
            close(descriptor);
    for (;;) {
        struct pollfd polled = {line, POLLIN, 0};
        reap(&program, status_line);
        if (ppoll(&polled, 1, NULL, &before) > 0)
            break;
    }
    end_all(program, status_line);
    _exit(0);
}

/* ---- in weir ---- */

static bool read_int(int descriptor, int *value)
{
    ssize_t got;
    do
        got = read(descriptor, value, sizeof *value);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        errno = ECHILD;
    return got == (ssize_t)sizeof *value;
}

int weir_guard_start(struct weir_guard *guard, const char *command, const char *folder, int in, int out, int errors)
{
    int line[2], status[2], reason = 0;
    *guard = (struct weir_guard){.line = -1, .status = -1};
    if (weir_os->pipe2(line, O_CLOEXEC) != 0)
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(errno));
    if (weir_os->pipe2(status, O_CLOEXEC) != 0) {
        reason = errno;
        close(line[0]);
        close(line[1]);
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(reason));
    }
    pid_t pid = weir_os->fork();
    if (pid == 0) {
        close(line[1]);
        close(status[0]);
        live(command, folder, in, out, errors, line[0], status[1]);
    }
    reason = pid < 0 ? errno : 0;
    close(line[0]);
    close(status[1]);
    *guard = (struct weir_guard){.pid = pid > 0 ? pid : 0, .line = line[1], .status = status[0]};
    if (!reason && (!read_int(status[0], &reason) && !reason))
        reason = errno;
    if (!reason) {
        fcntl(guard->status, F_SETFL, O_NONBLOCK);
        return WEIR_OK;
    }
    weir_guard_stop(guard);
    return weir_error(WEIR_ERUN, "cannot start a process: %s", strerror(reason));
}

bool weir_guard_ended(struct weir_guard *guard, int *status)
{
    if (read_int(guard->status, status))
        return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return false;
    *status = SIGKILL; /* the guard is gone, and the program with it */
    return true;
}

void weir_guard_stop(struct weir_guard *guard)
{
    if (guard->line >= 0)
        close(guard->line);
    while (guard->pid > 0 && waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (guard->status >= 0)
        close(guard->status);
    *guard = (struct weir_guard){.line = -1, .status = -1};
}
