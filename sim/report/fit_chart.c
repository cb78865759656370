#include "sim/report/fit_chart.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "sim/base/real.h"

enum { WIDTH = 900, LEFT = 70, RIGHT = 12, TOP = 8, HEIGHT = 170, STRIP = 50, GAP = 12, POINTS = 900, TICKS = 4 };

/* From values to places: low at one end, high at the other. */
struct scale {
    double low, high, from, to;
    bool is_log;
};

static double place(const struct scale *scale, double value)
{
    double share = scale->is_log ? weir_log(value / scale->low) / weir_log(scale->high / scale->low)
                                 : (value - scale->low) / (scale->high - scale->low);
    return scale->from + share * (scale->to - scale->from);
}

void weir_fit_escape(struct weir_text *text, const char *string)
{
    for (; *string; string++) {
        if (strchr("<>&\"'", *string))
            weir_text_addf(text, "&#%d;", *string);
        else
            weir_text_add_bytes(text, string, 1);
    }
}

/* 1, 2 or 5 x 10^k, so that `ticks` of them are about a length. */
static double round_step(double length, int ticks)
{
    double raw = length / ticks, power = weir_pow(10, floor(weir_log10(raw))), lead = raw / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

static void tick(struct weir_text *text, const struct scale *y, double value)
{
    double at = place(y, value);
    weir_text_addf(text,
                   "<path class=\"rule\" d=\"M%d,%.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>",
                   LEFT, at, WIDTH - RIGHT, LEFT - 6, at + 4, value);
}

static void value_axis(struct weir_text *text, const struct scale *y, int ticks)
{
    if (y->is_log) {
        for (double value = weir_pow(10, ceil(weir_log10(y->low) - 1e-9)); value <= y->high * (1 + 1e-9); value *= 10)
            tick(text, y, value);
        return;
    }
    double step = round_step(y->high - y->low, ticks);
    for (double k = ceil(y->low / step - 1e-9); k * step <= y->high * (1 + 1e-9) + 1e-300; k++)
        tick(text, y, k * step);
}

static void time_axis(struct weir_text *text, const struct scale *x, double bottom)
{
    static const struct {
        double seconds;
        const char *name;
    } units[] = {{1, "s"}, {60, "min"}, {3600, "h"}, {86400, "d"}};
    int unit = 3;
    while (unit > 0 && x->high < 3 * units[unit].seconds)
        unit--;
    double step = round_step(x->high / units[unit].seconds, 8);
    for (double k = 0; k * step * units[unit].seconds <= x->high; k++)
        weir_text_addf(text, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.6g %s</text>",
                       place(x, k * step * units[unit].seconds), bottom + 14, k * step, units[unit].name);
}

/* The mean of `stride` values from i on; NaN if there is none. */
static double mean_of(const double *values, int count, int i, int stride)
{
    double sum = 0;
    int seen = 0;
    for (int k = i; k < i + stride && k < count; k++) {
        if (isfinite(values[k])) {
            sum += values[k];
            seen++;
        }
    }
    return seen ? sum / seen : NAN;
}

static void extend(double *low, double *high, double value)
{
    if (isfinite(value)) {
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

static void line(struct weir_text *text, const char *class, const double *a, const double *minus, int count, int stride,
                 double step_s, const struct scale *x, const struct scale *y)
{
    bool down = false;
    weir_text_addf(text, "<path class=\"%s\" d=\"", class);
    for (int i = 0; i < count; i += stride) {
        double value = mean_of(a, count, i, stride) - (minus ? mean_of(minus, count, i, stride) : 0);
        if (y->is_log)
            value = fmax(value, y->low);
        if (isfinite(value))
            weir_text_addf(text, "%s%.1f,%.1f", down ? "L" : "M", place(x, (i + stride / 2.0) * step_s),
                           place(y, value));
        down = isfinite(value);
    }
    weir_text_add(text, "\"/>");
}

static void dots(struct weir_text *text, const double *a, int count, int stride, double step_s, const struct scale *x,
                 const struct scale *y)
{
    for (int i = 0; i < count; i += stride) {
        double value = mean_of(a, count, i, stride);
        if (isfinite(value))
            weir_text_addf(text, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.6\"/>", place(x, (i + stride / 2.0) * step_s),
                           place(y, y->is_log ? fmax(value, y->low) : value));
    }
}

void weir_fit_overlay(struct weir_text *text, const char *title, const double *measured, const double *simulated,
                      int count, double step_s)
{
    int stride = (count + POINTS - 1) / POINTS;
    double low = INFINITY, high = -INFINITY, least = INFINITY, off_low = 0, off_high = 0;
    for (int i = 0; i < count; i++) {
        extend(&low, &high, measured[i]);
        extend(&low, &high, simulated[i]);
        extend(&off_low, &off_high, simulated[i] - measured[i]);
        if (measured[i] > 0)
            least = fmin(least, measured[i]);
    }
    bool is_log = isfinite(least) && low >= 0 && high > 30 * least && low > 0;
    if (!is_log)
        low = fmin(low, 0);
    if (!(high > low))
        high = low + 1;
    if (!(off_high > off_low))
        off_high = off_low + 1;
    const struct scale x = {0, count * step_s, LEFT, WIDTH - RIGHT, false}, y = {low, high, TOP + HEIGHT, TOP, is_log},
                       off = {off_low, off_high, TOP + HEIGHT + GAP + STRIP, TOP + HEIGHT + GAP, false};
    weir_text_addf(text, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH,
                   TOP + HEIGHT + GAP + STRIP + 20);
    weir_fit_escape(text, title);
    weir_text_add(text, "\">");
    value_axis(text, &y, TICKS);
    value_axis(text, &off, 2);
    dots(text, measured, count, stride, step_s, &x, &y);
    line(text, "line", simulated, NULL, count, stride, step_s, &x, &y);
    line(text, "off", simulated, measured, count, stride, step_s, &x, &off);
    time_axis(text, &x, TOP + HEIGHT + GAP + STRIP);
    weir_text_add(text, "</svg>");
}

void weir_fit_losses(struct weir_text *text, const double *rows, int count, int width)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < count; i++)
        if (rows[(i + 1) * width - 1] > 0)
            extend(&low, &high, rows[(i + 1) * width - 1]);
    if (!(high > low))
        return;
    const struct scale x = {0, count, LEFT, WIDTH - RIGHT, false}, y = {low, high, TOP + HEIGHT, TOP, true};
    weir_text_addf(text, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"loss\">", WIDTH,
                   TOP + HEIGHT + 20);
    value_axis(text, &y, TICKS);
    double least = INFINITY;
    struct weir_text path = {0};
    for (int i = 0; i < count; i++) {
        double loss = rows[(i + 1) * width - 1];
        if (!(loss > 0))
            continue;
        least = fmin(least, loss);
        weir_text_addf(text, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", place(&x, i + 0.5), place(&y, loss));
        weir_text_addf(&path, "%s%.1f,%.1f", path.length ? "L" : "M", place(&x, i + 0.5), place(&y, least));
    }
    weir_text_addf(text, "<path class=\"line\" d=\"%s\"/></svg>", weir_text_string(&path));
    weir_text_fini(&path);
}
