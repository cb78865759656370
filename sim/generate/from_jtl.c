/* Kind from-jtl: samples of Apache JMeter, by its results in CSV. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/csv_times.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/generate/events.h"
#include "sim/generate/kinds.h"

static const char *const of_names[] = {"samples", "bytes", NULL};
enum { NONE = -1, BYTES = 1 };

struct options {
    const char *input, *label;
    int of;
    struct weir_rates_options rates;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("input", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(input), NULL, 0, 0, NULL,
               "the results in CSV, plain or gzip; required"),
    WEIR_PARAM("of", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(of), "samples", 0, 0, of_names,
               "the rate of samples, or of the bytes received"),
    WEIR_PARAM("label", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(label), NULL, 0, 0, NULL, "only samples of this label"),
    WEIR_RATES_PARAMS(struct options, rates, "0s", "1s", "length of the series; 0: that of the results"),
    {.name = NULL},
};

/* The columns of results without a line of names, as JMeter writes them by default. */
static const char *const default_names[] = {"timeStamp",       "elapsed",    "label",    "responseCode",
                                            "responseMessage", "threadName", "dataType", "success",
                                            "failureMessage",  "bytes",      NULL};

struct reader {
    const struct options *options;
    struct weir_csv_lines lines;
    struct weir_csv_names names;
    struct weir_csv_times times;
    int label, bytes;
};

static int find_column(struct reader *r, const char *name)
{
    for (size_t i = 0; i < r->names.count; i++)
        if (strcmp(r->names.name[i], name) == 0)
            return (int)i;
    return NONE;
}

static int read_names(struct reader *r)
{
    bool more;
    double number;
    weir_csv_mark(&r->lines);
    int code = weir_csv_next(&r->lines, &more);
    if (code || !more)
        return code ? code : weir_error(WEIR_EINPUT, "%s: is empty", r->options->input);
    if (*r->lines.cells[0] == '<')
        return weir_error(WEIR_EINPUT,
                          "%s: is XML; let JMeter write CSV (jmeter.save.saveservice.output_format=csv), or convert it",
                          r->options->input);
    bool bare = weir_csv_number(&r->lines, r->lines.cells[0], &number);
    weir_csv_names_take(&r->names, &r->lines, bare);
    for (size_t i = 0; bare && i < r->names.count && default_names[i]; i++) {
        free(r->names.name[i]);
        r->names.name[i] = weir_copy(default_names[i]);
    }
    if (bare)
        weir_csv_back(&r->lines);
    r->lines.marked = false;
    r->times.wanted = "timeStamp";
    code = weir_csv_times_find(&r->times, &r->lines, &r->names, true);
    r->label = find_column(r, "label");
    r->bytes = find_column(r, "bytes");
    if (!code && r->options->label && r->label == NONE)
        code = weir_csv_error(&r->lines, "has no column \"label\", so none can be chosen");
    if (!code && r->options->of == BYTES && r->bytes == NONE)
        code = weir_csv_error(&r->lines, "has no column \"bytes\"; let JMeter save them");
    return code;
}

static int read_sample(struct reader *r, struct weir_events *events)
{
    double time_s, weight = 1;
    int last = r->times.column > r->label ? r->times.column : r->label;
    last = r->options->of == BYTES && r->bytes > last ? r->bytes : last;
    if (r->lines.cell_count <= (size_t)last || weir_csv_times_read(&r->times, &r->lines, &time_s) ||
        (r->options->of == BYTES && (!weir_csv_number(&r->lines, r->lines.cells[r->bytes], &weight) || weight < 0)))
        weir_events_wrong(events, r->lines.number);
    else if (r->options->label && strcmp(r->lines.cells[r->label], r->options->label) != 0)
        events->left_out++;
    else
        weir_events_add(events, time_s, weight);
    weir_error_clear();
    return WEIR_OK;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    (void)seed; /* nothing is drawn */
    const struct options *o = given;
    struct weir_events events = {0};
    struct reader r = {.options = o};
    bool more = true;
    int code = weir_generate_needs("input", o->input);
    if (!code)
        code = weir_csv_open(&r.lines, o->input);
    if (code)
        return code;
    code = read_names(&r);
    while (!code && !(code = weir_csv_next(&r.lines, &more)) && more)
        code = read_sample(&r, &events);
    weir_csv_close(&r.lines);
    weir_csv_names_fini(&r.names);
    weir_csv_times_fini(&r.times);
    if (!code)
        code = weir_events_write(&events, &o->rates, o->input, "a sample of JMeter", out);
    weir_events_fini(&events);
    return code;
}

const struct weir_generator weir_generator_from_jtl = {
    .name = "from-jtl",
    .summary = "a series of rates from the results of Apache JMeter (CSV)",
    .detail =
        "Results in CSV with the column timeStamp, or without a line of names in JMeter's default order. A sample "
        "counts at\n"
        "its beginning; samples may be out of order. Time 0 is that of the first sample.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
