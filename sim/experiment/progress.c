#include "sim/experiment/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH  24
#define REDRAW_S   0.1
#define LINE_S     10
#define TOLD       20 /* failures of many tasks that are told one by one */
#define CLEAR_LINE "\r\033[K"

double weir_clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void weir_progress_begin(struct weir_progress *progress, const char *title, int count, bool quiet)
{
    const char *terminal = getenv("TERM");
    *progress = (struct weir_progress){.title = title ? title : "", .count = count, .quiet = quiet};
    progress->bar = !quiet && isatty(STDERR_FILENO) && !(terminal && strcmp(terminal, "dumb") == 0);
    progress->begun_s = weir_clock_s();
}

void weir_progress_ended(struct weir_progress *progress, const char *name, double wall_s, const char *message)
{
    if (message)
        progress->failed++;
    else
        progress->done++;
    if (progress->quiet || progress->count == 1 || ((progress->bar || progress->many) && !message))
        return;
    if (progress->many && progress->failed > TOLD)
        return;
    if (progress->bar)
        fputs(CLEAR_LINE, stderr);
    int ended = progress->done + progress->failed;
    if (message)
        fprintf(stderr, "[%d/%d] %s: failed after %.1f s: %s\n", ended, progress->count, name, wall_s, message);
    else
        fprintf(stderr, "[%d/%d] %s: done in %.1f s\n", ended, progress->count, name, wall_s);
    if (progress->many && progress->failed == TOLD)
        fputs("further failures are counted only\n", stderr);
    if (progress->bar)
        progress->drawn_s = 0;
}

/* "3 of 9 done, 2 running, 1 failed, 4.5 runs/s, 0:02 left" */
static void tell_counts(const struct weir_progress *progress, int running, double fraction)
{
    fprintf(stderr, "%d of %d done, %d running", progress->done, progress->count, running);
    if (progress->failed)
        fprintf(stderr, ", %d failed", progress->failed);
    double elapsed_s = weir_clock_s() - progress->begun_s;
    if (progress->many && elapsed_s > 1)
        fprintf(stderr, ", %.3g runs/s", (progress->done + progress->failed) / elapsed_s);
    if (fraction > (progress->many ? 0 : 0.01) && elapsed_s > 1) {
        int left_s = (int)(elapsed_s * (1 - fraction) / fraction + 0.5);
        fprintf(stderr, ", %d:%02d left", left_s / 60, left_s % 60);
    }
}

void weir_progress_draw(struct weir_progress *progress, int running, double fraction)
{
    double now_s = weir_clock_s();
    bool lines = progress->many && !progress->bar && !progress->quiet;
    if (lines && now_s - progress->begun_s >= LINE_S && now_s - progress->drawn_s >= LINE_S) {
        progress->drawn_s = now_s;
        fprintf(stderr, "%s: ", progress->title);
        tell_counts(progress, running, fraction);
        fputc('\n', stderr);
    }
    if (!progress->bar || now_s - progress->drawn_s < REDRAW_S)
        return;
    progress->drawn_s = now_s;
    char bar[BAR_WIDTH + 1];
    int filled = (int)(fraction * BAR_WIDTH + 0.5);
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < filled ? '#' : '-';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, CLEAR_LINE "%s [%s] %3.0f %%  ", progress->title, bar, 100 * fraction);
    tell_counts(progress, running, fraction);
    fflush(stderr);
}

void weir_progress_end(struct weir_progress *progress)
{
    if (progress->bar)
        fputs(CLEAR_LINE, stderr);
}
