/* A program at the pipe that does what its argument says: the policies that nobody should write. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is(const char *mode, const char *name)
{
    return strcmp(mode, name) == 0;
}

static void say(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        _exit(9);
}

static void fill(size_t count)
{
    char bytes[4096];
    memset(bytes, ' ', sizeof bytes);
    for (size_t i = 0; i < count; i += sizeof bytes)
        if (write(STDOUT_FILENO, bytes, sizeof bytes) < 0)
            _exit(9);
}

/* Answers that are always the same, by name. */
static const struct {
    const char *mode, *answer;
} answers[] = {
    {"fine", "{}\n"},
    {"empty-plan", "{\"plan\": []}\r\n"},
    {"rubbish", "I think that we should scale\n"},
    {"nothing", "\n"},
    {"list", "[]\n"},
    {"twice", "{}\n{}\n"},
    {"half-next", "{}\n{\"pl"},
    {"nan", "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"instances\": [{\"host\": \"edge\", \"weight\": NaN}]}]}\n"},
    {"infinity",
     "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"instances\": [{\"host\": \"edge\", \"weight\": 1e999}]}]}\n"},
    {"minus-infinity",
     "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"instances\": [{\"host\": \"edge\", \"weight\": -Infinity}]}]}\n"},
    {"to-cloud", "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"move\": \"cloud\"}]}\n"},
    {"unknown-host", "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"move\": \"edge9\"}]}\n"},
    {"unknown-op", "{\"plan\": [{\"job\": \"s\", \"op\": \"zz\", \"scale\": 2}]}\n"},
    {"unknown-job", "{\"plan\": [{\"job\": \"street\", \"op\": \"a\", \"scale\": 2}]}\n"},
    {"unknown-key", "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"scael\": 2}]}\n"},
    {"unknown-word", "{\"plans\": []}\n"},
    {"two-wishes", "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"scale\": 2, \"move\": \"edge\"}]}\n"},
    {"scale-below-zero", "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"scale\": -1}]}\n"},
    {"no-host", "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"instances\": [{\"weight\": 1}]}]}\n"},
    {"negative",
     "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"instances\": [{\"host\": \"edge\", \"weight\": -1}]}]}\n"},
    {"too-many",
     "{\"plan\": [{\"job\": \"s\", \"op\": \"a\", \"instances\": [{\"host\": \"edge\"}, {\"host\": \"edge\"}, "
     "{\"host\": \"edge\"}]}]}\n"},
    {NULL, NULL},
};

static void answer(const char *mode, int event, const char *line)
{
    if (strncmp(line, "{\"event\":\"job_departs\"", 22) == 0) {
        say("{}\n");
        return;
    }
    for (int i = 0; answers[i].mode; i++)
        if (is(mode, answers[i].mode)) {
            say(answers[i].answer);
            return;
        }
    if (is(mode, "hangs") || (is(mode, "hangs-later") && event == 3))
        for (;;)
            pause();
    if (is(mode, "twice-slowly")) {
        say("{}\n");
        usleep(20000);
    }
    if (is(mode, "late"))
        sleep(1000);
    if (is(mode, "half"))
        exit((say("{\"plan\": [{\"jo"), 0));
    if (is(mode, "half-hangs")) {
        say("{\"plan\": [{\"jo");
        pause();
    }
    if (is(mode, "dies") && event == 2) {
        fprintf(stderr, "Traceback (most recent call last):\n  line 7\nNameError: name 'buzy' is not defined\n");
        exit(3);
    }
    if (is(mode, "killed"))
        raise(SIGKILL);
    if (is(mode, "zero"))
        exit(write(STDOUT_FILENO, "{\0}\n", 4) != 4);
    if (is(mode, "long"))
        fill((size_t)17 << 20);
    if (is(mode, "closes")) {
        close(STDOUT_FILENO);
        pause();
    }
    if (is(mode, "noisy"))
        for (int i = 0; i < 3000; i++)
            fprintf(stderr, "%d: a line of a hundred characters or so, to fill whatever pipe there may be with words\n",
                    i);
    if (strncmp(mode, "daemon", 6) == 0 && fork() == 0) { /* sessions of their own, whose parents live and are gone */
        setsid();
        if (fork() == 0) {
            setsid();
            if (fork() > 0)
                _exit(0);
        }
        for (;;)
            pause();
    }
    if (is(mode, "daemon-hangs"))
        for (;;)
            pause();
    if (is(mode, "leaves-child") && fork() == 0) {
        for (;;)
            pause();
    }
    say("{}\n");
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "fine";
    char *line = NULL;
    size_t size = 0;
    if (is(mode, "dies-at-once"))
        return 2;
    if (is(mode, "hangs-at-once"))
        for (;;)
            pause();
    if (is(mode, "unasked")) {
        say("ready\n");
        sleep(1);
    }
    if (is(mode, "stubborn")) {
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
    }
    for (int event = 0; getline(&line, &size, stdin) > 0; event++) {
        if (is(mode, "deaf") && event == 1) {
            close(STDIN_FILENO);
            say("{}\n");
            pause();
        }
        if (strncmp(line, "{\"event\":\"", 10) == 0 && strncmp(line + 10, "end\"", 4) != 0)
            answer(mode, event, line);
        else if (is(mode, "answers-end") && event)
            say("{}\n");
        else if (is(mode, "lags") && event)
            say("{}\n{}\n");
    }
    if (is(mode, "stubborn"))
        for (;;)
            pause();
    free(line);
    return 0;
}
