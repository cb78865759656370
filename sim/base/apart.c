#define _GNU_SOURCE /* pipe2 */
#include "sim/base/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"

/* Shorter than PIPE_BUF: it is written whole or not at all. */
struct outcome {
    int code;
    char message[2048];
};

static _Noreturn void live(int (*work)(void *context), void *context, int line)
{
    struct outcome outcome = {0};
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    weir_error_clear();
    outcome.code = work(context);
    if (outcome.code != WEIR_OK)
        snprintf(outcome.message, sizeof outcome.message, "%s", weir_error_message());
    ssize_t written = write(line, &outcome, sizeof outcome);
    _exit(written == (ssize_t)sizeof outcome ? 0 : 1);
}

int weir_apart(int (*work)(void *context), void *context, double timeout_s, int code)
{
    int line[2], status = 0;
    struct outcome outcome;
    if (pipe2(line, O_CLOEXEC) != 0)
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        live(work, context, line[1]);
    int reason = errno;
    close(line[1]);
    if (pid < 0) {
        close(line[0]);
        return weir_error(WEIR_ERUN, "cannot start a process: %s", strerror(reason));
    }
    struct pollfd polled = {line[0], POLLIN, 0};
    int ready = poll(&polled, 1, (int)ceil(timeout_s * 1e3));
    ssize_t got = ready > 0 ? read(line[0], &outcome, sizeof outcome) : 0;
    close(line[0]);
    if (got != (ssize_t)sizeof outcome && ready <= 0)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (got == (ssize_t)sizeof outcome)
        return outcome.code == WEIR_OK ? WEIR_OK : weir_error(outcome.code, "%s", outcome.message);
    if (ready <= 0)
        return weir_error(code, "does not come to an end within %g s", timeout_s);
    if (WIFSIGNALED(status))
        return weir_error(code, "ends the process by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    return weir_error(code, "ends the process with code %d", WEXITSTATUS(status));
}
