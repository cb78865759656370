/* Kind ccp: what its files amount to, against what was asked for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/generate/make.h"

/* The content of one file of the folder. To be freed. */
static char *file_of(const char *text, const char *wanted)
{
    char *name, *content;
    while (weir_generate_next(&text, &name, &content)) {
        bool found = strcmp(name, wanted) == 0;
        free(name);
        if (found)
            return content;
        free(content);
    }
    return NULL;
}

static const char *next_line(const char *line)
{
    const char *end = line ? strchr(line, '\n') : NULL;
    return end && end[1] ? end + 1 : NULL;
}

/* Field `n` of a row, as a number. */
static double field(const char *line, int n)
{
    for (; n > 0 && line; n--)
        line = strchr(line, ',') + 1;
    return strtod(line, NULL);
}

static void files(void)
{
    static const char *const wanted[] = {"platform.xml",    "workload.json",     "rates-game.csv", "rates-show.csv",
                                         "rates-music.csv", "rates-outdoor.csv", "rates-shop.csv", "rates-sports.csv",
                                         "scenario.json",   "servers.csv",       "categories.csv", "channels.csv",
                                         "revenue.json"};
    char *text = make("ccp", 1);
    const char *rest = text;
    char *name, *content;
    size_t count = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    while (weir_generate_next(&rest, &name, &content)) {
        CU_ASSERT_FATAL(count < sizeof wanted / sizeof *wanted);
        CU_ASSERT_STRING_EQUAL(name, wanted[count]);
        CU_ASSERT(strlen(content) > 50 && content[strlen(content) - 1] == '\n');
        free(name);
        free(content);
        count++;
    }
    CU_ASSERT_EQUAL(count, sizeof wanted / sizeof *wanted);
    CU_ASSERT_STRING_EQUAL(rest, "");
    free(text);
    rest = "no file";
    CU_ASSERT(!weir_generate_next(&rest, &name, &content) && !name && !content);
}

/* Two peaks a day, at 12:43 and 20:53; a weekend of 1.25 times the working days; a mean of 1. */
static void days(void)
{
    static const char *const names[] = {"rates-game.csv", "rates-outdoor.csv"};
    char *text = make("ccp --duration 70d", 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (int k = 0; k < 2; k++) {
        char *series = file_of(text, names[k]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(series);
        double day[144] = {0}, week[7] = {0}, sum = 0;
        int rows = 0, tops = 0;
        for (const char *line = next_line(series); line; line = next_line(line), rows++) {
            double time_s = field(line, 0), rate = field(line, 1);
            CHECK_NEAR(time_s, rows * 600., 0);
            day[rows % 144] += rate;
            week[rows / 144 % 7] += rate;
            sum += rate;
        }
        CU_ASSERT_EQUAL(rows, 70 * 144);
        CHECK_NEAR(sum / rows, 1, 1e-4);
        CHECK_NEAR((week[5] + week[6]) / 2 / ((week[0] + week[1] + week[2] + week[3] + week[4]) / 5), 1.25, 0.01);
        /* A top is the highest of the three hours about it. */
        for (int t = 0; t < 144; t++) {
            bool top = day[t] > sum / 144; /* noise makes tops at night */
            for (int d = -9; d <= 9; d++)
                top = top && day[(t + d + 144) % 144] <= day[t];
            tops += top;
            if (top)
                CU_ASSERT(abs(t - 76) <= 4 || abs(t - 125) <= 4); /* 0.53 and 0.87 of 144 */
        }
        CU_ASSERT_EQUAL(tops, 2);
        free(series);
    }
    free(text);
}

/* Of servers.csv: rows, the share whose use is under 20 %, the mean share of anomalous time. */
static void servers(void)
{
    static const struct {
        const char *line;
        int servers;
        double quiet, anomalous;
    } cases[] = {
        {"ccp", 50, 0.74, 0.049}, /* 12.5 of 50 are busy, rounded to 13 */
        {"ccp --size dataset --channels 10 --duration 1d", 476, 0.75, 0.049},
        {"ccp --servers 400 --regions 20 --categories 29 --quiet 0.5 --device 0.1", 400, 0.5, 0.1},
    };
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        char *text = make(cases[n].line, 1), *table = file_of(text, "servers.csv");
        int rows = 0, quiet = 0;
        double anomalous = 0;
        CU_ASSERT_PTR_NOT_NULL_FATAL(table);
        for (const char *line = next_line(table); line; line = next_line(line), rows++) {
            quiet += field(line, 5) < 0.2;
            anomalous += field(line, 4);
            CU_ASSERT(field(line, 3) >= 10e6 / 8 && field(line, 5) < 0.36);
        }
        CU_ASSERT_EQUAL(rows, cases[n].servers);
        CHECK_NEAR((double)quiet / rows, cases[n].quiet, 0.005);
        /* 10 % of the servers have 40 % of it: four deviations of the mean of so many. */
        double deviation = cases[n].anomalous * sqrt((0.6 * 1 + 0.3 * 9 + 0.1 * 100) / (2.5 * 2.5) - 1);
        CHECK_NEAR(anomalous / rows, cases[n].anomalous, 4 * deviation / sqrt(rows));
        free(table);
        free(text);
    }
}

/* The next fault of a link in scenario.json: its number (0: all links), times and loss. NULL: no more. */
static const char *next_loss(const char *at, int *link, double *from_s, double *for_s, double *loss)
{
    at = at ? strstr(at, "{\"links\": \"fibre") : NULL;
    if (!at)
        return NULL;
    at += strlen("{\"links\": \"fibre");
    *link = *at == '*' ? 0 : atoi(at);
    at = strchr(at, ',');
    CU_ASSERT_EQUAL_FATAL(sscanf(at, ", \"at\": \"%lfs\", \"for\": \"%lfs\", \"loss\": %lf", from_s, for_s, loss), 3);
    return at;
}

/* Links lose packets each at its own times. Over 40 days, of about 15 links: about a peak 70 % of them do, for three
 * hours and 5 % on the mean; about 0.3 a day do at another time. No hour of the day tells: in the middle of a peak some
 * link days are lossy and some are not. By the clock all are, and nothing else is. */
static void losses(void)
{
    enum { DAYS = 40, MOST = 100 };
    char *text = make("ccp --duration 40d", 5), *scenario = file_of(text, "scenario.json");
    int link, last = 0, peaks = 0, others = 0, links = 0, covers = 0;
    double from_s, for_s, loss, length_s = 0, lost = 0, off = 0, square = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    for (const char *at = scenario; (at = next_loss(at, &link, &from_s, &for_s, &loss));) {
        CU_ASSERT(link >= last && link <= MOST && loss >= 0.02 - 1e-9 && loss <= 0.08 + 1e-9);
        links += link != last;
        last = link;
        if (for_s < 0.4 * 10800 - 1) { /* briefly */
            others++;
            CU_ASSERT(for_s >= 900 - 1 && for_s <= 2700 + 1);
            continue;
        }
        double middle = fmod((from_s + for_s / 2) / 86400, 1), noon = 12 + 43 / 60., night = 20 + 53 / 60.;
        double hours = 24 * middle - (fabs(24 * middle - noon) < fabs(24 * middle - night) ? noon : night);
        peaks++;
        length_s += for_s;
        lost += loss;
        off += hours;
        square += hours * hours;
        covers += fabs(hours) < for_s / 7200; /* the middle of the peak lies in it */
    }
    CU_ASSERT(links == last && links > 8);
    double n = peaks, all = 2. * DAYS * links;
    CHECK_NEAR(n / all, 0.7, 4 * sqrt(0.21 / all));
    CHECK_NEAR(length_s / n, 10800, 4 * 10800 * 1.2 / sqrt(12 * n));
    CHECK_NEAR(lost / n, 0.05, 4 * 0.06 / sqrt(12 * n));
    CHECK_NEAR(off / n, 0, 4 * (2 / 3.) / sqrt(n) + 0.02);
    CHECK_NEAR(sqrt(square / n), 2 / 3., 4 * (2 / 3.) / sqrt(2 * n));
    CHECK_NEAR(others / (double)(DAYS * links), 0.3, 4 * sqrt(0.21 / (DAYS * links)));
    CU_ASSERT(covers > 0.5 * all && covers < 0.72 * all);
    free(scenario);
    free(text);
    text = make("ccp --duration 40d --losses hours", 5);
    scenario = file_of(text, "scenario.json");
    peaks = 0;
    for (const char *at = scenario; (at = next_loss(at, &link, &from_s, &for_s, &loss)); peaks++)
        CU_ASSERT(link == 0 && for_s == 10800 && loss == 0.05);
    CU_ASSERT_EQUAL(peaks, 2 * DAYS);
    free(scenario);
    free(text);
    text = make("ccp --loss 0", 5);
    CU_ASSERT_PTR_NULL(strstr(text, "\"links\": \"fibre"));
    free(text);
}

static void refused(void)
{
    refuse("ccp --servers 5 --regions 10", WEIR_EUSAGE, "--servers (5) is below --regions (10); each region needs one");
    refuse("ccp --run 20d", WEIR_EUSAGE, "is longer than --duration");
    refuse("ccp --size big", WEIR_EUSAGE, "--size: \"big\" is not known");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"files", files},   {"days", days},       {"servers", servers},
                                             {"losses", losses}, {"refused", refused}, {0}};
    return weir_test_main("generate ccp", cases, argc, argv);
}
