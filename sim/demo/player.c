#define _GNU_SOURCE /* pipe2 */
#include "sim/demo/player.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/demo/watch.h"

/* The life of the engine's process; does not return. */
static void live(const struct weir_demo_session *session, pid_t parent, int reports, int answers, int words)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(1);
    /* Ctrl-C, Ctrl-Z and a new size of the window are the parent's. */
    static const int ignored[] = {SIGINT, SIGTSTP, SIGWINCH, SIGPIPE};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
    dup2(words, STDOUT_FILENO);
    dup2(words, STDERR_FILENO);
    weir_demo_watch(session, reports, answers);
    fflush(NULL);
    _exit(0);
}

/* A descriptor beyond stdin, stdout and stderr, which may have been closed. */
static int beyond(int descriptor)
{
    if (descriptor > STDERR_FILENO)
        return descriptor;
    int other = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(descriptor);
    return other;
}

static int make_pipes(int pipes[3][2])
{
    for (int p = 0; p < 3; p++) {
        if (pipe2(pipes[p], O_CLOEXEC) == 0) {
            pipes[p][0] = beyond(pipes[p][0]);
            pipes[p][1] = beyond(pipes[p][1]);
            continue;
        }
        int reason = errno;
        while (p-- > 0) {
            close(pipes[p][0]);
            close(pipes[p][1]);
        }
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(reason));
    }
    return WEIR_OK;
}

int weir_demo_player_start(struct weir_demo_player *player, const struct weir_demo_session *session)
{
    enum { REPORTS, ANSWERS, WORDS };
    int pipes[3][2];
    *player = (struct weir_demo_player){.frame.window = -1};
    if (make_pipes(pipes) != WEIR_OK)
        return WEIR_ERUN;
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(pipes[REPORTS][0]);
        close(pipes[ANSWERS][1]);
        close(pipes[WORDS][0]);
        live(session, parent, pipes[REPORTS][1], pipes[ANSWERS][0], pipes[WORDS][1]);
    }
    int reason = errno;
    close(pipes[REPORTS][1]);
    close(pipes[ANSWERS][0]);
    close(pipes[WORDS][1]);
    player->pid = pid > 0 ? pid : 0;
    player->reports = pipes[REPORTS][0];
    player->answers = pipes[ANSWERS][1];
    player->words = pipes[WORDS][0];
    fcntl(player->words, F_SETFL, O_NONBLOCK);
    if (pid > 0)
        return WEIR_OK;
    weir_demo_player_stop(player);
    return weir_error(WEIR_ERUN, "cannot start a process: %s", strerror(reason));
}

static void hear_words(struct weir_demo_player *player)
{
    char bytes[1024];
    ssize_t got;
    while (player->words >= 0 && (got = read(player->words, bytes, sizeof bytes)) > 0)
        weir_last_words_add(&player->last, bytes, (size_t)got);
    if (player->words >= 0 && got == 0) {
        close(player->words);
        player->words = -1;
    }
}

/* The process is gone without having told an end. */
static void note_death(struct weir_demo_player *player)
{
    char line[400];
    int status = 0;
    pid_t pid = player->pid;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    player->pid = 0;
    hear_words(player);
    const char *words = weir_last_words_line(&player->last, line, sizeof line);
    const char *join = *words ? "; its last words: " : " without a word";
    player->end.code = WEIR_EENGINE;
    if (WIFSIGNALED(status))
        snprintf(player->end.message, sizeof player->end.message, "the process was ended by signal %d (%s)%s%s",
                 WTERMSIG(status), strsignal(WTERMSIG(status)), join, words);
    else
        snprintf(player->end.message, sizeof player->end.message, "the process ended with code %d and no result%s%s",
                 WEXITSTATUS(status), join, words);
}

enum weir_demo_heard weir_demo_player_hear(struct weir_demo_player *player, int at_most_ms, int keys)
{
    struct pollfd polled[] = {{.fd = player->pid ? player->reports : -1, .events = POLLIN},
                              {.fd = player->words, .events = POLLIN},
                              {.fd = keys, .events = POLLIN}};
    if (poll(polled, 3, at_most_ms) <= 0)
        return WEIR_DEMO_NOTHING;
    if (polled[2].revents)
        return WEIR_DEMO_KEY;
    if (polled[1].revents)
        hear_words(player);
    if (!polled[0].revents)
        return WEIR_DEMO_NOTHING;
    switch (weir_demo_read(player->reports, &player->frame, &player->end)) {
    case 1:
        return WEIR_DEMO_FRAME;
    case 0:
        note_death(player);
        return WEIR_DEMO_END;
    default:
        return WEIR_DEMO_END;
    }
}

void weir_demo_player_answer(struct weir_demo_player *player, const struct weir_demo_answer *answer)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before; /* it may be gone, and that is heard next */
    sigaction(SIGPIPE, &ignore, &before);
    weir_demo_write_answer(player->answers, answer);
    sigaction(SIGPIPE, &before, NULL);
}

void weir_demo_player_stop(struct weir_demo_player *player)
{
    if (player->pid) {
        kill(player->pid, SIGKILL);
        while (waitpid(player->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close(player->reports);
    close(player->answers);
    if (player->words >= 0)
        close(player->words);
    weir_last_words_fini(&player->last);
    weir_demo_frame_fini(&player->frame);
    player->pid = 0;
}
