/* Kind from-access-log: requests of a web server, by Apache's and nginx's common and combined logs. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/date.h"
#include "sim/base/error.h"
#include "sim/base/quantity.h"
#include "sim/generate/events.h"
#include "sim/generate/kinds.h"

static const char *const of_names[] = {"requests", "bytes", NULL};
enum { REQUESTS, BYTES };

struct options {
    const char *input, *path, *method, *status;
    int of;
    struct weir_rates_options rates;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("input", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(input), NULL, 0, 0, NULL,
               "the log, plain or gzip; required"),
    WEIR_PARAM("of", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(of), "requests", 0, 0, of_names,
               "the rate of requests, or of the bytes sent"),
    WEIR_PARAM("method", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(method), NULL, 0, 0, NULL,
               "only requests of this method, as in GET"),
    WEIR_PARAM("path", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(path), NULL, 0, 0, NULL,
               "only requests whose path begins so, as in /api/"),
    WEIR_PARAM("status", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(status), NULL, 0, 0, NULL,
               "only answers whose status begins so, as in 2 or 404"),
    WEIR_RATES_PARAMS(struct options, rates, "0s", "1min", "length of the series; 0: that of the log"),
    {.name = NULL},
};

struct request {
    double time_s, bytes;
    const char *method, *path, *status;
};

/* Ends the word at *at, which a blank follows, and moves on behind it; NULL if there is none. */
static char *cut_word(char **at)
{
    char *word = *at, *end = strpbrk(word, " ");
    if (!end || end == word)
        return NULL;
    *end = '\0';
    *at = end + 1;
    return word;
}

/* HOST IDENT USER [01/Jan/2024:00:00:00 +0000] "GET /path HTTP/1.1" 200 1234 ...; the line is cut up. */
static bool parse(char *line, struct request *request)
{
    char *open = strchr(line, '['), *close = open ? strchr(open, ']') : NULL;
    if (!close || close[1] != ' ' || close[2] != '"')
        return false;
    *close = '\0';
    if (!weir_date_scan(open + 1, WEIR_DATE_NO_ORDER, &request->time_s))
        return false;
    char *at = close + 3, *end = at;
    while (*end && *end != '"')
        end += end[0] == '\\' && end[1] ? 2 : 1;
    if (*end != '"' || end[1] != ' ')
        return false;
    *end = '\0';
    char *rest = end + 2, *method = cut_word(&at), *path = method ? cut_word(&at) : NULL;
    request->method = method ? method : "";
    request->path = path ? path : at; /* "GET /" of HTTP 0.9, or what was no request */
    char *status = cut_word(&rest);
    if (!status || strspn(status, "0123456789") != strlen(status))
        return false;
    request->status = status;
    request->bytes = 0;
    return *rest == '-' || weir_number_scan(rest, &request->bytes);
}

static bool begins(const char *text, const char *with)
{
    return !with || strncmp(text, with, strlen(with)) == 0;
}

static int read_log(const struct options *o, struct weir_events *events)
{
    struct weir_csv_lines lines;
    struct request request;
    char *line;
    int code = weir_csv_open(&lines, o->input);
    if (code)
        return code;
    while (!(code = weir_csv_line(&lines, &line)) && line) {
        if (!*line)
            continue;
        if (!parse(line, &request))
            weir_events_wrong(events, lines.number);
        else if ((o->method && strcmp(request.method, o->method) != 0) || !begins(request.path, o->path) ||
                 !begins(request.status, o->status))
            events->left_out++;
        else
            weir_events_add(events, request.time_s, o->of == BYTES ? request.bytes : 1);
    }
    weir_csv_close(&lines);
    return code;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    (void)seed; /* nothing is drawn */
    const struct options *o = given;
    struct weir_events events = {0};
    int code = weir_generate_needs("input", o->input);
    if (!code)
        code = read_log(o, &events);
    if (!code)
        code = weir_events_write(&events, &o->rates, o->input, "a line of an access log, as Apache and nginx write it",
                                 out);
    weir_events_fini(&events);
    return code;
}

const struct weir_generator weir_generator_from_access_log = {
    .name = "from-access-log",
    .summary = "a series of rates from the access log of a web server (CSV)",
    .detail =
        "Apache's and nginx's common and combined formats, also with a server's name in front. Lines may be out of "
        "order, as\n"
        "servers write them at the end of a request. Time 0 is that of the first request.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
