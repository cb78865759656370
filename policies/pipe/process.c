#define _GNU_SOURCE /* pipe2 */
#include "policies/pipe/process.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

static double clock_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void close_end(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* ---- starting ---- */

int weir_process_start(struct weir_process *process, const char *command, const char *folder)
{
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}; /* its stdin, stdout, stderr; read end first */
    int code = WEIR_OK;
    for (int i = 0; i < 3 && code == WEIR_OK; i++)
        if (pipe2(pipes[i], O_CLOEXEC) != 0)
            code = weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(errno));
    if (code != WEIR_OK)
        goto out;
    *process = (struct weir_process){0};
    code = weir_guard_start(&process->guard, command, folder, pipes[0][0], pipes[1][1], pipes[2][1]);
    if (code != WEIR_OK)
        goto out;
    process->running = true;
    process->to = pipes[0][1];
    process->from = pipes[1][0];
    process->errors = pipes[2][0];
    pipes[0][1] = pipes[1][0] = pipes[2][0] = -1;
    fcntl(process->to, F_SETFL, O_NONBLOCK);
    fcntl(process->from, F_SETFL, O_NONBLOCK);
    fcntl(process->errors, F_SETFL, O_NONBLOCK);
out:
    for (int i = 0; i < 3; i++)
        for (int e = 0; e < 2; e++)
            close_end(&pipes[i][e]);
    return code;
}

int weir_process_attach(struct weir_process *process, int descriptor)
{
    int type = 0, to = -1;
    socklen_t size = sizeof type;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
        return weir_error(WEIR_ERUN, "\"descriptor\": %d is no socket that weir was started with", descriptor);
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0 || fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0 ||
        (to = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)) < 0)
        return weir_error(WEIR_ERUN, "\"descriptor\": %s", strerror(errno));
    *process = (struct weir_process){.running = true, .attached = true, .to = to, .from = descriptor, .errors = -1};
    return WEIR_OK;
}

/* ---- reading and writing ---- */

/* Writes what there is room for, without SIGPIPE; returns how much, or -1 if nobody reads any more. */
static ssize_t write_some(int descriptor, const char *text, size_t length)
{
    sigset_t broken, before, pending;
    struct timespec now = {0};
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    ssize_t written = write(descriptor, text, length);
    int reason = errno;
    if (written < 0 && reason == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&broken, NULL, &now) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (written < 0)
        return reason == EAGAIN || reason == EINTR ? 0 : -1;
    return written;
}

static void read_errors(struct weir_process *process)
{
    char bytes[4096];
    ssize_t got = 0;
    while (process->errors >= 0 && (got = read(process->errors, bytes, sizeof bytes)) > 0) {
        weir_pipe_complaint_add(&process->complaint, bytes, (size_t)got);
        for (ssize_t done = 0; done < got;) {
            ssize_t written = write(STDERR_FILENO, bytes + done, (size_t)(got - done));
            if (written <= 0)
                break;
            done += written;
        }
    }
    if (got == 0)
        close_end(&process->errors);
}

static void read_answer(struct weir_process *process)
{
    char bytes[1 << 16];
    ssize_t got = 0;
    while (process->from >= 0 && !weir_pipe_answer_too_long(&process->answer) &&
           (got = read(process->from, bytes, sizeof bytes)) > 0)
        weir_pipe_answer_add(&process->answer, bytes, (size_t)got);
    if (process->from >= 0 && got == 0 && !weir_pipe_answer_too_long(&process->answer))
        close_end(&process->from);
}

/* Waits for its end. */
static bool wait_end(struct weir_process *process, double patience_s, int *status)
{
    double until_s = clock_s() + patience_s;
    for (long pause_ns = 100000;; pause_ns = pause_ns < 20000000 ? pause_ns * 2 : pause_ns) {
        if (weir_guard_ended(&process->guard, status))
            return true;
        if (clock_s() >= until_s)
            return false;
        read_errors(process);
        read_answer(process);
        nanosleep(&(struct timespec){.tv_nsec = pause_ns}, NULL);
    }
}

/* ---- asking ---- */

char *weir_process_said(struct weir_process *process, const char *command)
{
    read_errors(process);
    return weir_pipe_complaint(&process->complaint, command);
}

/* The program's output is at its end: what became of it. */
static int ended(struct weir_process *process)
{
    int status = 0;
    char quote[WEIR_QUOTE_SIZE];
    char *part = process->answer.text.length ? weir_format("in the middle of its answer (%s)",
                                                           weir_quote(weir_text_string(&process->answer.text), quote))
                                             : weir_copy("before it answered");
    process->ended = process->attached || wait_end(process, 1, &status);
    if (process->attached)
        weir_error(WEIR_ERUN, "the socket was closed %s", part);
    else if (!process->ended)
        weir_error(WEIR_ERUN, "the program closed its output %s", part);
    else if (WIFSIGNALED(status))
        weir_error(WEIR_ERUN, "the program was ended by signal %d (%s) %s", WTERMSIG(status),
                   strsignal(WTERMSIG(status)), part);
    else
        weir_error(WEIR_ERUN, "the program ended with code %d %s", WEXITSTATUS(status), part);
    free(part);
    return WEIR_ERUN;
}

static int too_late(const struct weir_process *process, double timeout_s)
{
    char quote[WEIR_QUOTE_SIZE];
    if (process->answer.text.length)
        return weir_error(WEIR_ERUN, "the program gave a part of an answer (%s) but no end of line within %g s",
                          weir_quote(weir_text_string(&process->answer.text), quote), timeout_s);
    return weir_error(WEIR_ERUN,
                      "the program gave no answer within %g s; answer every event with one line and flush it, or raise "
                      "\"timeout\"",
                      timeout_s);
}

/* Waits until something can be read or written, at most until then; false: it is too late. */
static bool wait_more(const struct weir_process *process, bool writing, double until_s)
{
    double left_s = until_s - clock_s();
    if (left_s <= 0)
        return false;
    struct pollfd polled[3] = {
        {process->from, POLLIN, 0}, {process->errors, POLLIN, 0}, {writing ? process->to : -1, POLLOUT, 0}};
    poll(polled, 3, left_s < 3600 ? (int)ceil(left_s * 1e3) : 3600000);
    return true;
}

int weir_process_ask(struct weir_process *process, const char *text, size_t length, double timeout_s,
                     const char **answer)
{
    *answer = NULL;
    weir_pipe_answer_begin(&process->answer);
    read_answer(process);
    if (process->answer.text.length)
        return weir_pipe_unasked(weir_text_string(&process->answer.text),
                                 "wrote to its output without having been asked");
    double until_s = clock_s() + timeout_s;
    size_t sent = 0;
    for (;;) {
        if (sent < length && process->to >= 0) {
            ssize_t written = write_some(process->to, text + sent, length - sent);
            if (written < 0) /* it may still answer; if not, its end is seen below */
                close_end(&process->to);
            else
                sent += (size_t)written;
        }
        read_errors(process);
        read_answer(process);
        const char *line;
        int code = weir_pipe_answer_take(&process->answer, &line);
        if (code)
            return code;
        if (line && sent < length && process->to >= 0)
            return weir_pipe_unasked(line, "answered before it had read the event");
        *answer = line;
        if (line)
            return WEIR_OK;
        if (process->from < 0)
            return ended(process);
        if (!wait_more(process, sent < length && process->to >= 0, until_s))
            return too_late(process, timeout_s);
    }
}

/* ---- stopping ---- */

/* Lets it go on reading and writing until it ends. */
static void wait_quiet(struct weir_process *process, const char *text, double patience_s, int *status)
{
    double until_s = clock_s() + patience_s;
    size_t length = strlen(text), sent = 0;
    weir_pipe_answer_begin(&process->answer);
    while (sent < length && process->to >= 0) {
        ssize_t written = write_some(process->to, text + sent, length - sent);
        if (written < 0)
            break;
        sent += (size_t)written;
        read_errors(process);
        read_answer(process);
        if (sent < length && !wait_more(process, true, until_s))
            break;
    }
    close_end(&process->to);
    if (!process->attached)
        wait_end(process, until_s - clock_s(), status);
}

int weir_process_stop(struct weir_process *process, const char *text, double patience_s)
{
    int status = 0, lines = 0;
    if (!process->running)
        return 0;
    if (!process->ended && text)
        wait_quiet(process, text, patience_s, &status);
    if (!process->attached)
        weir_guard_stop(&process->guard);
    read_errors(process);
    read_answer(process);
    for (size_t i = 0; text && i < process->answer.text.length; i++)
        lines += process->answer.text.data[i] == '\n';
    close_end(&process->to);
    close_end(&process->from);
    close_end(&process->errors);
    weir_pipe_answer_fini(&process->answer);
    weir_pipe_complaint_fini(&process->complaint);
    *process = (struct weir_process){0};
    return lines;
}
