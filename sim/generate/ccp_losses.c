/* When links between regions lose packets. */
#include <math.h>
#include <stdio.h>

#include "sim/base/random.h"
#include "sim/generate/ccp.h"

/* Of a link that is lossy about a peak: how far the middle of that lies from the peak's, standard deviation; how long
 * it lasts, of three hours; and how much it loses, of `loss`. Means are 1 x three hours and 1 x loss, and LOSSY of the
 * links are lossy about a peak, so that a link loses for LOSSY of the time that it would by the clock. */
#define LOSSY    0.7
#define SHIFT_S  2400.
#define SHORTEST 0.4
#define LONGEST  1.6
#define LEAST    0.4
#define MOST     1.6
/* At other times of a day some links are lossy for a while. */
#define ELSEWHEN   0.3
#define BRIEFEST_S 900.
#define BRIEFLY_S  2700.

static void write_one(const char *links, double at_s, double for_s, double loss, const char **comma, FILE *out)
{
    fprintf(out, "%s\n    {\"links\": \"%s\", \"at\": \"%.0fs\", \"for\": \"%.0fs\", \"loss\": %.4g}", *comma, links,
            at_s, for_s, fmin(fmax(loss, 1e-6), 0.5));
    *comma = ",";
}

/* All links in the three hours about each peak. */
static void by_the_clock(const struct weir_ccp *c, int days, FILE *out)
{
    const char *comma = "";
    for (int k = 0; k < WEIR_CCP_PEAKS * days; k++) {
        int day = k / WEIR_CCP_PEAKS;
        double middle_s = (day + weir_ccp_peaks[k % WEIR_CCP_PEAKS]) * 86400;
        write_one("fibre*", middle_s - WEIR_CCP_PEAK_HALF_S, 2 * WEIR_CCP_PEAK_HALF_S, c->options->loss, &comma, out);
    }
}

static double draw_between(struct weir_stream *stream, double low, double high)
{
    return low + (high - low) * weir_stream_uniform(stream);
}

/* A link at its own times, drawn by its name. */
static void drawn(const struct weir_ccp *c, unsigned long long seed, int link, int days, const char **comma, FILE *out)
{
    char name[64];
    snprintf(name, sizeof name, "generate/ccp/losses/fibre%d", link);
    struct weir_stream stream = weir_stream_open(seed, name);
    snprintf(name, sizeof name, "fibre%d", link);
    for (int day = 0; day < days; day++) {
        for (int p = 0; p < WEIR_CCP_PEAKS; p++) {
            bool lossy = weir_stream_uniform(&stream) < LOSSY;
            double middle_s = (day + weir_ccp_peaks[p]) * 86400 + weir_stream_normal(&stream, 0, SHIFT_S);
            double for_s = 2 * WEIR_CCP_PEAK_HALF_S * draw_between(&stream, SHORTEST, LONGEST);
            double loss = c->options->loss * draw_between(&stream, LEAST, MOST);
            if (lossy)
                write_one(name, fmax(middle_s - for_s / 2, 0), for_s, loss, comma, out);
        }
        bool lossy = weir_stream_uniform(&stream) < ELSEWHEN;
        double at_s = day * 86400 + draw_between(&stream, 0, 86400 - BRIEFLY_S);
        double for_s = draw_between(&stream, BRIEFEST_S, BRIEFLY_S);
        double loss = c->options->loss * draw_between(&stream, LEAST, MOST);
        if (lossy)
            write_one(name, at_s, for_s, loss, comma, out);
    }
}

void weir_ccp_write_losses(const struct weir_ccp *c, unsigned long long seed, int links, FILE *out)
{
    const char *comma = "";
    int days = (int)ceil(c->options->duration_s / 86400);
    if (links < 1 || !(c->options->loss > 0))
        return;
    if (c->options->losses == WEIR_CCP_HOURS) {
        by_the_clock(c, days, out);
        return;
    }
    for (int link = 1; link <= links; link++)
        drawn(c, seed, link, days, &comma, out);
}
