/* Curves of what went by, and the figures beside them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/demo/screen_put.h"
#include "sim/demo/story.h"

/* Colours of the figures, and what is full height at least. */
static const struct look {
    int colour;
    double least;
} looks[] = {
    [WEIR_DEMO_INGRESS] = {PLAIN, 1},
    [WEIR_DEMO_INSTANCES] = {GREEN, 1},
    [WEIR_DEMO_BACKLOG] = {RED, 10},
    [WEIR_DEMO_LATENCY] = {YELLOW, 0.001},
};
/* Columns for the words before a curve, and for its largest value behind it. */
#define LABEL 30
#define SCALE 16

/* The frames that a curve of that width shows: [first, end). */
static int first_shown(const struct weir_demo_screen *screen, const struct weir_demo_side *side, int width, int *end)
{
    *end = side->frame_count - screen->back > 1 ? side->frame_count - screen->back : side->frame_count ? 1 : 0;
    int first = *end > width ? *end - width : 0;
    while (first < *end && side->frames[first].window < 0)
        first++;
    return first;
}

double weir_demo_most(const struct weir_demo_screen *screen, const struct weir_demo_side *side, int job,
                      enum weir_demo_figure figure, int width)
{
    int end, first = first_shown(screen, side, width - SCALE, &end);
    double most = 0;
    for (int f = first; f < end; f++)
        most = fmax(most, weir_demo_figure(&side->frames[f], job, figure));
    return most;
}

/* "max 75.1/s" */
static void say_scale(enum weir_demo_figure figure, double most, char *text, size_t size)
{
    char time[WEIR_DEMO_SHORT];
    if (figure == WEIR_DEMO_LATENCY)
        snprintf(text, size, "max %s", weir_demo_time(most, time));
    else
        snprintf(text, size,
                 figure == WEIR_DEMO_INGRESS   ? "max %.4g/s"
                 : figure == WEIR_DEMO_BACKLOG ? "max %.0f items"
                                               : "max %g",
                 most);
}

void weir_demo_draw_curve(const struct weir_demo_screen *screen, const struct weir_demo_side *side, int job,
                          enum weir_demo_figure figure, struct weir_demo_area area, int row, int rows, double most)
{
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    char scale[40];
    int end, width = area.width - SCALE, first = first_shown(screen, side, width, &end), levels = 8 * rows;
    double full = fmax(most, looks[figure].least);
    for (int f = first; f < end; f++) {
        double value = weir_demo_figure(&side->frames[f], job, figure);
        if (isnan(value))
            continue;
        int level = 1 + (int)lround(fmin(fmax(value / full, 0), 1) * (levels - 1));
        for (int r = 0; r < rows; r++) {
            int above = level - 8 * (rows - 1 - r);
            if (above > 0)
                screen_put(row + r, area.column + f - first, 0, screen_look(screen, looks[figure].colour),
                           glyphs->spark[above > 8 ? 7 : above - 1]);
        }
    }
    say_scale(figure, most, scale, sizeof scale);
    screen_put(row, area.column + width + 1, SCALE - 2, A_DIM, scale);
    if (rows > 1)
        screen_put(row + rows - 1, area.column + width + 1, SCALE - 2, A_DIM, "0");
}

static double growth(const struct weir_demo_screen *screen, const struct weir_demo_side *side, int job)
{
    const struct weir_demo_frame *now = weir_demo_side_frame(side, screen->back),
                                 *before = weir_demo_side_frame(side, screen->back + 1);
    double past_s = now->time_s - before->time_s, was = weir_demo_figure(before, job, WEIR_DEMO_BACKLOG);
    return past_s > 0 ? (now->jobs[job].backlog - (isnan(was) ? 0 : was)) / past_s : 0;
}

static void put_label(const struct weir_demo_screen *screen, const struct weir_demo_side *side, int row, int job,
                      enum weir_demo_figure figure)
{
    const struct weir_demo_frame *frame = weir_demo_side_frame(side, screen->back);
    const struct weir_demo_job *one = &frame->jobs[job];
    char mean[WEIR_DEMO_SHORT], p95[WEIR_DEMO_SHORT];
    bool some = one->delivered_rate > 0, own = job == side->session->job;
    double instances = weir_demo_figure(frame, job, WEIR_DEMO_INSTANCES);
    if (figure == WEIR_DEMO_INGRESS)
        screen_putf(row, 1, LABEL - 1, A_NORMAL, "in %.1f/s, out %.1f/s", one->ingress_rate, one->delivered_rate);
    else if (figure == WEIR_DEMO_INSTANCES && one->dropped_rate > 0)
        screen_putf(row, 1, LABEL - 1, screen_look(screen, RED), "%g instances, drop %.1f/s", instances,
                    one->dropped_rate);
    else if (figure == WEIR_DEMO_INSTANCES)
        screen_putf(row, 1, LABEL - 1, A_NORMAL, "%g instance%s", instances, instances == 1 ? "" : "s");
    else if (figure == WEIR_DEMO_BACKLOG)
        screen_putf(row, 1, LABEL - 1, A_NORMAL, "backlog %.0f (%+.1f/s)", one->backlog, growth(screen, side, job));
    else if (own)
        screen_putf(row, 1, LABEL - 1, A_NORMAL, "latency %s, p95 %s",
                    weir_demo_time(some ? one->latency_mean_s : NAN, mean),
                    weir_demo_time(some ? one->latency_p95_s : NAN, p95));
    else
        screen_putf(row, 1, LABEL - 1, A_NORMAL, "  of %.14s %s", side->session->scenario->workload->jobs[job].name,
                    weir_demo_time(some ? one->latency_mean_s : NAN, mean));
}

int weir_demo_draw_figures(const struct weir_demo_screen *screen, int row, int rows, bool all_jobs)
{
    static const enum weir_demo_figure order[] = {WEIR_DEMO_INGRESS, WEIR_DEMO_INSTANCES, WEIR_DEMO_BACKLOG,
                                                  WEIR_DEMO_LATENCY};
    enum { ORDER = sizeof order / sizeof *order };
    const struct weir_demo_side *side = &screen->sides[0];
    const struct weir_demo_frame *frame = weir_demo_side_frame(side, screen->back);
    int own = side->session->job, count = 0, others = 0;
    struct {
        enum weir_demo_figure figure;
        int job;
    } shown[ORDER + 3];
    if (frame->window < 0 || own >= frame->job_count) {
        screen_put(row, 1, 0, A_DIM, frame->window < 0 ? "the run begins" : "the job has not come yet");
        return 1;
    }
    if (all_jobs)
        others = frame->job_count - 1 > 3 ? 3 : frame->job_count - 1;
    for (int o = 0; o < ORDER; o++)
        if (order[o] != WEIR_DEMO_INSTANCES || rows >= ORDER + others) {
            shown[count].figure = order[o];
            shown[count++].job = own;
        }
    for (int j = 0; j < frame->job_count && others > 0 && count < rows; j++)
        if (j != own) {
            shown[count].figure = WEIR_DEMO_LATENCY;
            shown[count++].job = j;
            others--;
        }
    int least = rows / count > 1 ? rows / count : 1, spare = rows - least * count, used = 0;
    struct weir_demo_area area = {LABEL, COLS - LABEL};
    for (int s = 0; s < count && used < rows; s++) {
        int high = least + (count - s <= spare); /* what is over goes to the last ones: backlog, latency */
        put_label(screen, side, row + used, shown[s].job, shown[s].figure);
        weir_demo_draw_curve(screen, side, shown[s].job, shown[s].figure, area, row + used, high,
                             weir_demo_most(screen, side, shown[s].job, shown[s].figure, area.width));
        used += high;
    }
    return used;
}
