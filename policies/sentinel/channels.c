/* Channels from a table, and the classes of their features. */
#include "policies/sentinel/channels.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/cluster/kmeans.h"
#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"
#include "sim/base/text.h"

enum { JOBS, CONTENT, SCREEN, BITRATE, SESSION, COLUMNS, NUMBERS = COLUMNS - BITRATE, MOST_WORDS = 256 };
static const char *const column_names[COLUMNS] = {"jobs", "content", "screen", "bitrate_bits_per_s", "session_s"};

/* Words of a column, numbered as they first come. */
struct words {
    char **word;
    int count;
    size_t capacity;
};

struct row {
    int word[COLUMNS];      /* number in the words of its column, of JOBS, CONTENT and SCREEN */
    double number[NUMBERS]; /* logarithms */
};

struct channels {
    char *path;
    struct words words[SCREEN + 1]; /* of JOBS: the patterns */
    struct row *rows;
    int count;
    size_t capacity;
    struct kmeans classes;
    int *class; /* [patterns] */
};

static int number_of(struct words *words, const char *word)
{
    for (int w = 0; w < words->count; w++)
        if (strcmp(words->word[w], word) == 0)
            return w;
    words->word = weir_grow(words->word, (size_t)words->count + 1, &words->capacity, sizeof *words->word);
    words->word[words->count] = weir_copy(word);
    return words->count++;
}

static int find_columns(const struct weir_csv_lines *lines, int column[COLUMNS])
{
    for (int k = 0; k < COLUMNS; k++) {
        column[k] = -1;
        for (size_t c = 0; c < lines->cell_count; c++)
            if (strcmp(lines->cells[c], column_names[k]) == 0)
                column[k] = (int)c;
        if (column[k] < 0)
            return weir_csv_error(lines,
                                  "has no column %s; channels need jobs, content, screen, bitrate_bits_per_s "
                                  "and session_s",
                                  column_names[k]);
    }
    return WEIR_OK;
}

static int read_row(struct channels *channels, const struct weir_csv_lines *lines, const int column[COLUMNS])
{
    struct row row;
    for (int k = 0; k < COLUMNS; k++) {
        char *cell = column[k] < (int)lines->cell_count ? lines->cells[column[k]] : NULL;
        double value;
        if (!cell || !*cell)
            return weir_csv_error(lines, "has no %s", column_names[k]);
        if (k <= SCREEN) {
            row.word[k] = number_of(&channels->words[k], cell);
            if (k != JOBS && row.word[k] >= MOST_WORDS)
                return weir_csv_error(lines, "is the %dth different %s; there may be %d", MOST_WORDS + 1,
                                      column_names[k], MOST_WORDS);
            continue;
        }
        if (!weir_csv_number(lines, cell, &value) || !(value > 0))
            return weir_csv_error(lines, "%s is \"%s\"; a number above 0 is expected", column_names[k], cell);
        row.number[k - BITRATE] = weir_log(value);
    }
    channels->rows =
        weir_grow(channels->rows, (size_t)channels->count + 1, &channels->capacity, sizeof *channels->rows);
    channels->rows[channels->count++] = row;
    return WEIR_OK;
}

static int read_table(struct channels *channels)
{
    struct weir_csv_lines lines;
    int column[COLUMNS], code = weir_csv_open(&lines, channels->path);
    bool more = false;
    if (code)
        return code;
    code = weir_csv_next(&lines, &more);
    if (!code && more)
        code = find_columns(&lines, column);
    while (!code && more) {
        code = weir_csv_next(&lines, &more);
        if (!code && more)
            code = read_row(channels, &lines, column);
    }
    weir_csv_close(&lines);
    if (!code && channels->count == 0)
        code = weir_error(WEIR_EINPUT, "%s: holds no channel", channels->path);
    return code;
}

/* Features of all rows, [count][width]: ones and zeros of the words, then the numbers brought to 0..1. */
static double *features_of_rows(const struct channels *channels, int width)
{
    double *x = weir_alloc((size_t)channels->count * (size_t)width, sizeof *x);
    int contents = channels->words[CONTENT].count, screens = channels->words[SCREEN].count;
    for (int k = 0; k < channels->count; k++) {
        x[k * width + channels->rows[k].word[CONTENT]] = 1;
        x[k * width + contents + channels->rows[k].word[SCREEN]] = 1;
    }
    for (int n = 0; n < NUMBERS; n++) {
        double low = INFINITY, high = -INFINITY;
        for (int k = 0; k < channels->count; k++) {
            low = fmin(low, channels->rows[k].number[n]);
            high = fmax(high, channels->rows[k].number[n]);
        }
        for (int k = 0; k < channels->count && high > low; k++)
            x[k * width + contents + screens + n] = (channels->rows[k].number[n] - low) / (high - low);
    }
    return x;
}

/* The class of each pattern: that of the mean of its channels. */
static void classify(struct channels *channels, const double *x, int width)
{
    int patterns = channels->words[JOBS].count;
    double *mean = weir_alloc((size_t)width, sizeof *mean);
    channels->class = weir_alloc((size_t)patterns, sizeof *channels->class);
    for (int p = 0; p < patterns; p++) {
        int of = 0;
        memset(mean, 0, (size_t)width * sizeof *mean);
        for (int k = 0; k < channels->count; k++)
            if (channels->rows[k].word[JOBS] == p) {
                of++;
                for (int f = 0; f < width; f++)
                    mean[f] += (x[k * width + f] - mean[f]) / of;
            }
        channels->class[p] = kmeans_nearest(&channels->classes, mean, NULL);
    }
    free(mean);
}

int channels_load(const char *path, int wanted, uint64_t seed, struct channels **made)
{
    struct channels *channels = weir_alloc(1, sizeof *channels);
    channels->path = weir_copy(path);
    *made = NULL;
    int code = read_table(channels);
    if (code == WEIR_OK) {
        int width = channels->words[CONTENT].count + channels->words[SCREEN].count + NUMBERS;
        double *x = features_of_rows(channels, width);
        struct kmeans_settings settings = {.clusters = wanted, .restarts = 10, .iterations = 300, .seed = seed};
        code = kmeans_fit(x, channels->count, width, &settings, &channels->classes, NULL);
        if (code == WEIR_OK)
            classify(channels, x, width);
        free(x);
    }
    if (code == WEIR_OK)
        *made = channels;
    else
        channels_free(channels);
    return code;
}

int channels_class_of(const struct channels *channels, const char *job, int *class)
{
    for (int p = 0; p < channels->words[JOBS].count; p++)
        if (fnmatch(channels->words[JOBS].word[p], job, 0) == 0) {
            *class = channels->class[p];
            return WEIR_OK;
        }
    return weir_error(WEIR_EINPUT, "%s: no row's \"jobs\" is \"%s\" or matches it; add a row of its channels",
                      channels->path, job);
}

int channels_count(const struct channels *channels)
{
    return channels->classes.clusters;
}

void channels_free(struct channels *channels)
{
    if (!channels)
        return;
    for (int k = 0; k <= SCREEN; k++) {
        for (int w = 0; w < channels->words[k].count; w++)
            free(channels->words[k].word[w]);
        free(channels->words[k].word);
    }
    free(channels->rows);
    free(channels->class);
    free(channels->path);
    kmeans_fini(&channels->classes);
    free(channels);
}
