/* Two policies side by side: the same load, the same windows, the same scales. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/demo/screen_put.h"
#include "sim/demo/story.h"

/* Columns of an operator's name, of where it is, of its queue. */
#define NAME  9
#define QUEUE 9

/* "1 edge, 2 cloud" for "1 on edge, 2 on cloud" */
static void say_short(const char *where, char *text, size_t size)
{
    size_t length = 0;
    for (; *where && length + 1 < size; where++) {
        if (strncmp(where, " on ", 4) == 0)
            where += 3;
        text[length++] = *where;
    }
    text[length] = '\0';
}

static int draw_op(const struct weir_demo_screen *screen, struct weir_demo_area area, int row, const char *name,
                   const struct weir_demo_op *op)
{
    enum weir_demo_state state = weir_demo_state(op);
    char place[sizeof op->where];
    int at = area.column, where = area.width - NAME - QUEUE - 11;
    double share = state == WEIR_DEMO_BACKPRESSURED ? op->backpressured : state == WEIR_DEMO_BUSY ? op->busy : op->idle;
    screen_put(row, at, NAME - 1, A_BOLD, name);
    say_short(op->where, place, sizeof place);
    screen_put(row, at + NAME, where - 1, A_NORMAL, place);
    at += NAME + where;
    int end = screen_level(screen, row, at, 3, op->occupancy, op->occupancy > 0.9 ? RED : GREEN);
    screen_putf(row, end + 1, 4, A_NORMAL, "%.0f%%", 100 * op->occupancy);
    int colour = state == WEIR_DEMO_BACKPRESSURED ? RED : state == WEIR_DEMO_BUSY ? GREEN : PLAIN;
    screen_putf(row, at + QUEUE, 10, screen_look(screen, op->changing ? YELLOW : colour), "%s",
                op->changing ? "changing" : "");
    if (!op->changing)
        screen_putf(row, at + QUEUE, 10, screen_look(screen, colour), "%s %.0f%%",
                    state == WEIR_DEMO_BACKPRESSURED ? "held" : weir_demo_state_names[state], 100 * share);
    return row + 1;
}

static int draw_ops(const struct weir_demo_screen *screen, const struct weir_demo_side *side,
                    struct weir_demo_area area, int row, int rows)
{
    const struct weir_demo_session *session = side->session;
    const struct weir_workload *workload = session->scenario->workload;
    const struct weir_demo_frame *frame = weir_demo_side_frame(side, screen->back);
    bool all = weir_demo_all_jobs(side, rows);
    int end = row + rows;
    for (int j = all ? 0 : session->job; j < (all ? workload->job_count : session->job + 1); j++)
        for (int o = 0; o < workload->jobs[j].operator_count && row < end; o++) {
            char name[2 * NAME];
            snprintf(name, sizeof name, all && workload->job_count > 1 ? "%.3s/%.12s" : "%.0s%.20s",
                     workload->jobs[j].name, workload->jobs[j].operators[o].name);
            if (j < frame->job_count)
                row = draw_op(screen, area, row, name, &frame->ops[frame->jobs[j].op_first + o]);
            else
                screen_put(row++, area.column, NAME - 1, A_DIM, name);
        }
    return row;
}

static void draw_side(const struct weir_demo_screen *screen, int s, int row, int last)
{
    const struct weir_demo_side *side = &screen->sides[s];
    const struct weir_demo_session *session = side->session;
    const struct weir_demo_frame *frame = weir_demo_side_frame(side, screen->back);
    static const enum weir_demo_figure order[] = {WEIR_DEMO_LATENCY, WEIR_DEMO_BACKLOG, WEIR_DEMO_INSTANCES};
    enum { ORDER = sizeof order / sizeof *order };
    int half = COLS / 2, job = session->job, own = session->scenario->workload->jobs[job].operator_count;
    struct weir_demo_area area = {s ? half + 1 : 1, half - 2};
    char line[WEIR_DEMO_LINE], mean[WEIR_DEMO_SHORT];
    screen_put(row, area.column, area.width, A_REVERSE | A_BOLD, session->stacks[session->stack].label);
    int spare = last - row - 1 - 2 * ORDER - 2;
    row = draw_ops(screen, side, area, row + 1, spare > own ? spare : own);
    if (frame->window < 0 || job >= frame->job_count) {
        screen_put(row, area.column, area.width, A_DIM, frame->window < 0 ? "the run begins" : "the job has not come");
        return;
    }
    const struct weir_demo_job *one = &frame->jobs[job];
    int high = (last - row - 2 - ORDER) / ORDER;
    high = high < 1 ? 1 : high > 8 ? 8 : high;
    for (int o = 0; o < ORDER && row + high < last; o++) {
        double most = 0; /* of both sides: curves can be compared */
        for (int k = 0; k < screen->side_count; k++)
            most = fmax(most, weir_demo_most(screen, &screen->sides[k], job, order[o], area.width));
        if (order[o] == WEIR_DEMO_LATENCY)
            snprintf(line, sizeof line, "latency %s, out %.1f/s",
                     weir_demo_time(one->delivered_rate > 0 ? one->latency_mean_s : NAN, mean), one->delivered_rate);
        else if (order[o] == WEIR_DEMO_BACKLOG)
            snprintf(line, sizeof line, "backlog %.0f, in %.1f/s", one->backlog, one->ingress_rate);
        else
            snprintf(line, sizeof line, "%g instances", weir_demo_figure(frame, job, WEIR_DEMO_INSTANCES));
        screen_put(row++, area.column, area.width, A_NORMAL, line);
        weir_demo_draw_curve(screen, side, job, order[o], area, row, high, most);
        row += high;
    }
    weir_demo_say_last(screen, side, line);
    weir_demo_put_wrapped(area, row, last, A_BOLD, line);
}

void weir_demo_draw_pair(const struct weir_demo_screen *screen, int row, int last)
{
    for (int r = row; r <= last; r++)
        screen_put(r, COLS / 2 - 1, 1, A_DIM, "|");
    for (int s = 0; s < screen->side_count; s++)
        draw_side(screen, s, row, last);
}
