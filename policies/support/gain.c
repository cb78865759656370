#include "policies/support/gain.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

/* Less than this share of what an instance served before is nothing; less than this share of what was served is less.
 */
#define NOTHING 0.1
#define LESS    0.97
/* More than this share of what was served shows that something else has changed. */
#define MORE 1.1

void weir_gain_raised(struct weir_gain *gain, int from, int to, double before_per_s)
{
    bool goes_on = gain->watched == WEIR_GAIN_OPEN && gain->to == from;
    gain->watched = WEIR_GAIN_RAISED;
    gain->to = to;
    if (goes_on)
        return;
    gain->from = from;
    gain->before_per_s = before_per_s;
}

static void remember(struct weir_gain *gain, const struct weir_gain_window *window, int ceiling)
{
    gain->span_s = gain->span_s > 0 ? 2 * gain->span_s : window->remember_s;
    gain->until_s = window->now_s + gain->span_s;
    gain->ceiling = ceiling;
    gain->level_per_s = window->served_per_s;
}

/* The instances that what is served is worth. */
static int worth_of(const struct weir_gain *gain, const struct weir_gain_window *window)
{
    int worth = window->useful;
    if (gain->before_per_s > 0) {
        double each = gain->before_per_s / gain->from, gained = (window->served_per_s - gain->before_per_s) / each;
        int by_gain = gain->from + (gained < NOTHING ? 0 : (int)ceil(gained));
        if (gained < NOTHING * (gain->to - gain->from) && by_gain < worth)
            worth = by_gain;
    }
    return worth > gain->from ? worth : gain->from;
}

static int judge_raised(struct weir_gain *gain, const struct weir_gain_window *window, char *why, size_t size)
{
    gain->watched = WEIR_GAIN_NONE;
    if (window->instances != gain->to)
        return window->instances;
    if (!window->short_of) {
        gain->span_s = 0; /* it was right */
        return window->instances;
    }
    if (window->hidden) {
        gain->watched = WEIR_GAIN_OPEN;
        return window->instances;
    }
    int worth = worth_of(gain, window);
    int nothing = worth == gain->from;
    if (gain->to > worth + window->spare) {
        remember(gain, window, worth);
        gain->watched = WEIR_GAIN_LOWERED;
        snprintf(why, size,
                 "%d instances served %.4g/s, %d had served %.4g/s, and more waits: no more than %d for %.4g s",
                 gain->to, window->served_per_s, gain->from, gain->before_per_s, worth, gain->span_s);
        return worth;
    }
    if (nothing)
        remember(gain, window, gain->to);
    return window->instances;
}

static int judge_lowered(struct weir_gain *gain, const struct weir_gain_window *window, char *why, size_t size)
{
    gain->watched = WEIR_GAIN_NONE;
    if (window->instances != gain->ceiling || !window->short_of || window->served_per_s >= LESS * gain->level_per_s)
        return window->instances;
    snprintf(why, size, "%d instances served %.4g/s, %d serve %.4g/s: they were worth it", gain->to, gain->level_per_s,
             window->instances, window->served_per_s);
    gain->ceiling = gain->to;
    return gain->to;
}

int weir_gain_judge(struct weir_gain *gain, const struct weir_gain_window *window, char *why, size_t size)
{
    why[0] = '\0';
    if (gain->ceiling > 0 && (window->now_s >= gain->until_s || window->served_per_s > MORE * gain->level_per_s))
        gain->ceiling = 0;
    if (gain->watched == WEIR_GAIN_RAISED || gain->watched == WEIR_GAIN_OPEN)
        return judge_raised(gain, window, why, size);
    if (gain->watched == WEIR_GAIN_LOWERED)
        return judge_lowered(gain, window, why, size);
    return window->instances;
}

int weir_gain_limit(const struct weir_gain *gain, double now_s)
{
    return gain->ceiling > 0 && now_s < gain->until_s ? gain->ceiling : INT_MAX;
}

void weir_gain_forget(struct weir_gain *gain)
{
    gain->ceiling = 0;
    gain->span_s = 0;
}
