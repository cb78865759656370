/* weir detect: what detectors of anomalies say of samples, and how well. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/learn/detect/detector.h"
#include "sim/analysis/detect_report.h"
#include "sim/analysis/detect_split.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/cli/command.h"

enum {
    DETECTOR,
    LABEL,
    LABELS,
    TIME,
    FORMAT,
    NO_HEADER,
    SORT,
    BY,
    COLUMNS,
    TRAIN,
    SHARE,
    UNTIL,
    CLEAN,
    POOL,
    FLEET,
    WINDOW_TRUTH,
    SEED,
    OUTPUT,
    SAMPLES,
    JSON,
    QUIET
};
static const struct weir_flag flags[] = {
    [DETECTOR] = {"detector", 'd', "DETECTORS", "detectors, by comma: NAME, or NAME:KEY=VALUE:...; default: all"},
    [LABEL] = {"label", 0, "COLUMN",
               "the column of the truth: 1 for an anomaly, 0 else; or 1/-1, True/False, Normal/Attack"},
    [LABELS] = {"labels", 0, "FILE",
                "the truth in a file of its own: a line a sample, or intervals in columns start and end"},
    [TIME] = {"time", 0, "COLUMN",
              "the column of times, or DATE,CLOCK; else one that is called time, date, timestamp or so"},
    [FORMAT] = {"time-format", 0, "FORMAT", "how times are written, as strptime has it; or s, ms, us, ns for numbers"},
    [NO_HEADER] = {"no-header", 0, NULL, "the file has no line of column names: they are 1, 2 and so on"},
    [SORT] = {"sort", 0, NULL, "sort the samples of each series by time"},
    [BY] = {"by", 0, "COLUMN", "the column that names the series a sample is of, as a host"},
    [COLUMNS] = {"columns", 0, "LIST", "the dimensions, by comma; else all columns that are nothing else"},
    [TRAIN] = {"train", 0, "FILE", "learn from this file, and judge all of DATA"},
    [SHARE] = {"train-share", 0, "PART", "learn from this first part of each series; default 0.5"},
    [UNTIL] = {"train-until", 0, "TIME", "learn from what is before this time, as the file has it"},
    [CLEAN] = {"clean", 0, NULL, "leave out of learning what the labels call an anomaly"},
    [POOL] = {"pool", 0, NULL, "one detector for all series, each scaled to the range of its part to learn from"},
    [FLEET] = {"fleet", 0, NULL, "one detector for all series, as logarithms against each one's own healthy past"},
    [WINDOW_TRUTH] = {"window-truth", 0, "PART",
                      "call a window an anomaly if this part of its samples is; else its newest sample decides"},
    [SEED] = {"seed", 's', "N", "seed of detectors that draw; default 1"},
    [OUTPUT] = {"output", 'o', "FILE", "write the scores there, a line a sample"},
    [SAMPLES] = {"samples", 0, "FILE", "write all samples there, as a CSV that this command reads (--by series)"},
    [JSON] = {"json", 0, NULL, "print JSON"},
    [QUIET] = {"quiet", 'q', NULL, "no remarks"},
    {0},
};

/* A command line, read, and the data. */
struct request {
    struct detect_split split;
    struct detector_env env;
    const char *output, *samples;
    double window_truth; /* 0: the newest sample decides */
    bool json, quiet;
};

static int read_part(const char *flag, const char *text, double *part)
{
    const char *end = weir_number_scan(text, part);
    if (!end || *end || !(*part > 0 && *part < 1))
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is not a part between 0 and 1, as in 0.5", flag, text);
    return WEIR_OK;
}

static int read_flags(const struct weir_arguments *arguments, struct request *request)
{
    const char *part = weir_arguments_value(arguments, WINDOW_TRUTH);
    const char *share = weir_arguments_value(arguments, SHARE), *until = weir_arguments_value(arguments, UNTIL), *value;
    struct detect_split *split = &request->split;
    *request = (struct request){
        .output = weir_arguments_value(arguments, OUTPUT),
        .samples = weir_arguments_value(arguments, SAMPLES),
        .env = {.seed = 1},
        .json = weir_arguments_value(arguments, JSON) != NULL,
        .quiet = weir_arguments_value(arguments, QUIET) != NULL,
    };
    *split = (struct detect_split){
        .path = arguments->words[0],
        .train = weir_arguments_value(arguments, TRAIN),
        .layout = {.time = weir_arguments_value(arguments, TIME),
                   .label = weir_arguments_value(arguments, LABEL),
                   .labels = weir_arguments_value(arguments, LABELS),
                   .by = weir_arguments_value(arguments, BY),
                   .columns = weir_arguments_value(arguments, COLUMNS),
                   .time_format = weir_arguments_value(arguments, FORMAT),
                   .no_header = weir_arguments_value(arguments, NO_HEADER) != NULL,
                   .sort = weir_arguments_value(arguments, SORT) != NULL},
        .share = 0.5,
        .until = until,
        .clean = weir_arguments_value(arguments, CLEAN) != NULL,
        .pool = weir_arguments_value(arguments, POOL) != NULL,
        .fleet = weir_arguments_value(arguments, FLEET) != NULL,
    };
    if (split->pool && split->fleet)
        return weir_error(WEIR_EUSAGE, "--pool and --fleet are two ways to the same; give one of them");
    if ((split->train != NULL) + (share != NULL) + (until != NULL) > 1)
        return weir_error(WEIR_EUSAGE, "--train, --train-share and --train-until say the same; give one of them");
    int code = share ? read_part("train-share", share, &split->share) : WEIR_OK;
    if (code == WEIR_OK && part)
        code = read_part("window-truth", part, &request->window_truth);
    if (code != WEIR_OK)
        return code;
    value = weir_arguments_value(arguments, SEED);
    return value ? weir_read_seed("seed", value, &request->env.seed) : WEIR_OK;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Fits a detector to the series first..last and lets it judge each of them. */
static int judge(const struct request *request, struct detect_row *row, int first, int last)
{
    struct detector *detector = NULL;
    struct detector_past *pasts = NULL;
    size_t capacity = 0;
    const struct detect_split *split = &request->split;
    int count = 0, code = detector_make_text(&request->env, row->label, &detector);
    for (int s = first; s <= last; s++)
        detect_split_pasts(split, s, &pasts, &count, &capacity);
    double began_s = now_s();
    if (code == WEIR_OK)
        row->length = (size_t)detector_length(detector);
    if (code == WEIR_OK)
        code = detector_fit(detector, pasts, count);
    row->fit_s += now_s() - began_s;
    for (int s = first; s <= last && code == WEIR_OK; s++) {
        const struct detect_series *series = &request->split.data.series[s];
        size_t begin = s > 0 ? request->split.ends[s - 1] : 0;
        double window_s;
        code = detector_run(detector, series->rows, series->count, request->split.from[s], row->score + begin,
                            row->flagged + begin, &window_s);
        if (!isnan(window_s))
            row->window_s += window_s * (double)(request->split.ends[s] - begin);
    }
    if (code != WEIR_OK && request->split.data.count > 1 && first == last)
        code = weir_error_context("%s", request->split.data.series[first].name);
    if (code == WEIR_OK && first == 0 && last == request->split.data.count - 1)
        row->about = detector_describe(detector);
    detector_free(detector);
    free(pasts);
    return code;
}

/* The truth of what was judged, all series one after the other; NULL without labels. With a part, that of windows of
 * this length. Owned. */
static bool *gather_truth(const struct detect_split *split, double part, size_t length)
{
    if (!split->data.labelled)
        return NULL;
    bool *truth = weir_alloc(split->ends[split->data.count - 1], sizeof *truth);
    size_t point = 0;
    for (int s = 0; s < split->data.count; s++)
        for (size_t i = split->from[s]; point < split->ends[s]; i++) {
            size_t anomalies = 0;
            for (size_t j = part > 0 && i + 1 >= length ? i + 1 - length : i; j <= i; j++)
                anomalies += split->data.series[s].truth[j];
            truth[point++] = part > 0 ? (double)anomalies >= part * (double)length : anomalies > 0;
        }
    return truth;
}

/* All series by one kind of detector, and how well it did. */
static int try(const struct request *request, struct detect_row *row)
{
    const struct detect_split *split = &request->split;
    int last = split->data.count - 1, code = WEIR_OK;
    size_t points = split->ends[last];
    bool together = split->pool || split->fleet;
    row->score = weir_alloc(points, sizeof *row->score);
    row->flagged = weir_alloc(points, sizeof *row->flagged);
    for (int s = 0; s <= last && code == WEIR_OK; s += together ? last + 1 : 1)
        code = judge(request, row, s, together ? last : s);
    row->window_s /= (double)points;
    if (code == WEIR_OK) {
        bool *truth = gather_truth(split, request->window_truth, row->length);
        detect_measure(truth, row->flagged, row->score, split->ends, last + 1, &row->measures);
        free(truth);
    }
    return code;
}

/* Whether all detectors can be made at all: what is wrong with the command line is told before any of them works. */
static int check_rows(const struct request *request, const struct detect_report *report)
{
    int code = WEIR_OK;
    for (int i = 0; i < report->row_count && code == WEIR_OK; i++) {
        struct detector *detector;
        code = detector_make_text(&request->env, report->rows[i].label, &detector);
        detector_free(detector);
    }
    return code;
}

/* Tries all. One that fails has its reason on stderr, and the others go on. */
static int try_all(const struct request *request, struct detect_report *report)
{
    int failed = 0, code = WEIR_OK;
    for (int i = 0; i < report->row_count; i++) {
        int tried = try(request, &report->rows[i]);
        if (tried == WEIR_OK)
            continue;
        report->rows[i].failed = true;
        code = tried;
        if (++failed < report->row_count)
            fprintf(stderr, "weir: %s\n", weir_error_message());
    }
    if (failed > 0 && failed < report->row_count)
        return weir_error(WEIR_ERUN, "%d of %d detectors failed", failed, report->row_count);
    return code;
}

/* The rows: the detectors of the list, which is cut up, or all that there are. */
static int list_rows(const struct weir_cli *cli, char *list, struct detect_report *report)
{
    size_t capacity = 0;
    for (const struct detector_kind *const *k = cli->detectors; *k && !list; k++) {
        report->rows = weir_grow(report->rows, (size_t)report->row_count + 1, &capacity, sizeof *report->rows);
        report->rows[report->row_count++] = (struct detect_row){.label = (*k)->name};
    }
    for (char *name; (name = strsep(&list, ","));) {
        for (int i = 0; i < report->row_count; i++)
            if (strcmp(report->rows[i].label, name) == 0)
                return weir_error(WEIR_EUSAGE, "--detector: \"%s\" is there twice", name);
        report->rows = weir_grow(report->rows, (size_t)report->row_count + 1, &capacity, sizeof *report->rows);
        report->rows[report->row_count++] = (struct detect_row){.label = name};
    }
    return WEIR_OK;
}

/* Tells of dimensions that do not change in what is learnt from, and of gaps. */
static void remark(const struct request *request)
{
    const struct detect_split *split = &request->split;
    size_t still = 0, width = (size_t)split->data.width, gaps = split->data.gaps + split->past.gaps;
    const char *name = NULL;
    for (size_t n = 0; n < width; n++) {
        bool moves = false;
        for (int s = 0; s < split->data.count && !moves; s++) {
            const double *column = split->learn[s].series->rows + n;
            for (size_t i = 1; i < split->learn[s].count && !moves; i++)
                moves = column[i * width] != column[(i - 1) * width];
        }
        still += !moves;
        name = moves || name ? name : split->data.columns[n];
    }
    if (still > 0)
        fprintf(stderr,
                "weir: %zu of %zu columns do not change in what is learnt from (%s%s): what they do later is measured "
                "by their largest value\n",
                still, width, name, still > 1 ? " and others" : "");
    if (gaps > 0)
        fprintf(stderr, "weir: %zu values are missing; each detector does without them (docs/detect.md)\n", gaps);
}

static void print_head(const struct request *request, const struct detect_report *report)
{
    size_t judged = request->split.ends[request->split.data.count - 1];
    printf("%s: %d dimension%s", request->split.path, request->split.data.width,
           request->split.data.width == 1 ? "" : "s");
    if (request->split.data.count > 1)
        printf(", %d series", request->split.data.count);
    printf("; %zu samples learnt from, %zu judged", request->split.learnt, judged);
    if (request->split.data.labelled)
        printf(", %zu of them anomalies", report->rows[0].measures.anomalies);
    putchar('\n');
}

static int show(const struct request *request, const struct detect_report *report)
{
    if (request->json)
        detect_report_json(stdout, report);
    else {
        print_head(request, report);
        detect_report_print(stdout, report);
    }
    return request->output ? detect_report_write(request->output, report) : WEIR_OK;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct request request;
    struct detect_report report = {0};
    const char *given = weir_arguments_value(arguments, DETECTOR);
    char *list = weir_copy(given);
    int code = read_flags(arguments, &request);
    if (code == WEIR_OK)
        code = list_rows(cli, list, &report);
    if (code == WEIR_OK)
        code = detect_split_read(&request.split);
    if (code == WEIR_OK && request.samples)
        code = detect_data_write(request.samples, &request.split.data);
    if (code == WEIR_OK && (request.split.pool || request.split.fleet))
        detect_split_scale(&request.split);
    request.env.catalog = cli->detectors;
    request.env.width = request.split.data.width;
    weir_tell_remarks(request.quiet);
    if (code == WEIR_OK && !request.quiet)
        remark(&request);
    if (code == WEIR_OK)
        code = check_rows(&request, &report);
    if (code != WEIR_OK)
        goto out;
    report.data = &request.split.data;
    report.from = request.split.from;
    report.ends = request.split.ends;
    report.learnt = request.split.learnt;
    code = try_all(&request, &report);
    if (code == WEIR_OK || code == WEIR_ERUN) {
        int shown = show(&request, &report);
        code = code == WEIR_OK ? shown : code;
    }
out:
    for (int i = 0; i < report.row_count; i++) {
        free(report.rows[i].score);
        free(report.rows[i].flagged);
        free(report.rows[i].about);
    }
    free(report.rows);
    detect_split_fini(&request.split);
    free(list);
    return code;
}

const struct weir_command weir_command_detect = {
    .name = "detect",
    .words = "DATA.csv|RUN",
    .min_words = 1,
    .max_words = 1,
    .summary = "fit detectors of anomalies to a part of some samples and let them judge the rest",
    .detail = "DATA.csv has a line of column names and a line for each sample, in the order of time (docs/detect.md).\n"
              "RUN is the folder of results of a run: reports of its hosts, with the truth about their anomalies.\n"
              "Detectors are those of `weir list detectors`. With labels, precision, recall and F1 are printed.\n",
    .flags = flags,
    .run = run,
};
