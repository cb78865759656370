#include "sim/report/windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/base/unpack.h"
#include "sim/experiment/sheet.h"

#define HEADER "time,job,operator,host,metric,value"
/* A series' number in the map: its entity's and its metric's; SKIPPED for what is passed over. */
#define SERIES(entity, metric) ((int64_t)(entity)*16 + (metric) + 1)
#define SKIPPED                0

const char *const weir_entity_metrics[WEIR_ENTITY_KINDS][WEIR_ENTITY_METRICS + 1] = {
    [WEIR_ENTITY_JOB] = {"ingress_rate", "delivered_rate", "dropped_rate", "due_rate", "backlog",
                         "source_backpressured", "latency_mean", "latency_p50", "latency_p95", "latency_p99",
                         "slo_violations", "device_x", "device_y"},
    [WEIR_ENTITY_OP] = {"instances", "output_rate", "queued", "busy", "idle", "backpressured", "occupancy"},
    [WEIR_ENTITY_HOST] = {"cpu", "memory", "sent", "received", "instances", "down"},
    [WEIR_ENTITY_LINK] = {"use"},
    [WEIR_ENTITY_PLACE] = {"placed"},
    [WEIR_ENTITY_DEVICE] = {"device_x", "device_y"},
};

static unsigned long long hash_entity(enum weir_entity_kind kind, const char *job, const char *op, const char *host)
{
    unsigned long long hash = weir_hash(WEIR_HASH_START, &kind, sizeof kind);
    hash = weir_hash(hash, job, strlen(job) + 1);
    hash = weir_hash(hash, op, strlen(op) + 1);
    return weir_hash(hash, host, strlen(host) + 1);
}

int64_t weir_windows_find(const struct weir_windows *windows, enum weir_entity_kind kind, const char *job,
                          const char *op, const char *host)
{
    return weir_key_map_get(&windows->known, hash_entity(kind, job, op, host));
}

static size_t entity_of(struct weir_windows *windows, enum weir_entity_kind kind, const struct weir_sheet *key)
{
    unsigned long long hash = hash_entity(kind, key->cells[0], key->cells[1], key->cells[2]);
    int64_t known = weir_key_map_get(&windows->known, hash);
    if (known >= 0)
        return (size_t)known;
    windows->entities =
        weir_grow(windows->entities, windows->entity_count + 1, &windows->entity_capacity, sizeof *windows->entities);
    windows->entities[windows->entity_count] = (struct weir_entity){.kind = kind,
                                                                    .job = weir_copy(key->cells[0]),
                                                                    .op = weir_copy(key->cells[1]),
                                                                    .host = weir_copy(key->cells[2])};
    weir_key_map_set(&windows->known, hash, (int64_t)windows->entity_count);
    return windows->entity_count++;
}

static enum weir_entity_kind kind_of(const struct weir_sheet *key)
{
    bool has_op = *key->cells[1], has_host = *key->cells[2];
    if (strcmp(key->cells[3], "placed") == 0)
        return WEIR_ENTITY_PLACE;
    if (has_op && strncmp(key->cells[3], "device_", strlen("device_")) == 0)
        return WEIR_ENTITY_DEVICE;
    if (has_op)
        return WEIR_ENTITY_OP;
    if (!has_host)
        return WEIR_ENTITY_JOB;
    return strcmp(key->cells[3], "use") == 0 ? WEIR_ENTITY_LINK : WEIR_ENTITY_HOST;
}

/* A series that is met for the first time; `key` is job,operator,host,metric as it stands in the file. */
static int64_t new_series(struct weir_windows *windows, const char *key, size_t length)
{
    struct weir_text text = {0};
    struct weir_sheet sheet;
    int64_t number = SKIPPED;
    weir_text_add_bytes(&text, key, length);
    weir_text_add(&text, "\n");
    if (weir_sheet_parse(weir_text_string(&text), "key", &sheet) != WEIR_OK || sheet.column_count != 4) {
        number = -1;
        goto out;
    }
    enum weir_entity_kind kind = kind_of(&sheet);
    for (int m = 0; weir_entity_metrics[kind][m]; m++)
        if (strcmp(weir_entity_metrics[kind][m], sheet.cells[3]) == 0)
            number = SERIES(entity_of(windows, kind, &sheet), m);
out:
    weir_sheet_fini(&sheet);
    weir_text_fini(&text);
    return number;
}

static void open_window(struct weir_windows *windows, double time_s)
{
    if (windows->count == windows->capacity) {
        windows->capacity = windows->capacity ? 2 * windows->capacity : 64;
        windows->time_s = weir_resize(windows->time_s, windows->capacity, sizeof *windows->time_s);
        for (size_t e = 0; e < windows->entity_count; e++) {
            for (int m = 0; m < WEIR_ENTITY_METRICS; m++) {
                double **values = &windows->entities[e].values[m];
                if (!*values)
                    continue;
                *values = weir_resize(*values, windows->capacity, sizeof **values);
                for (size_t w = windows->count; w < windows->capacity; w++)
                    (*values)[w] = NAN;
            }
        }
    }
    windows->time_s[windows->count++] = time_s;
}

static void set_value(struct weir_windows *windows, int64_t series, double value)
{
    double **values = &windows->entities[(series - 1) / 16].values[(series - 1) % 16];
    if (!*values) {
        *values = weir_alloc(windows->capacity, sizeof **values);
        for (size_t w = 0; w < windows->capacity; w++)
            (*values)[w] = NAN;
    }
    (*values)[windows->count - 1] = value;
}

/* One line, without its end. False: it is none. */
static bool take_line(struct weir_windows *windows, const char *line, const char *end)
{
    char *rest;
    double time_s = strtod(line, &rest);
    const char *last = end - 1;
    while (last > line && *last != ',')
        last--;
    if (rest == line || *rest != ',' || last <= rest)
        return false;
    if (!windows->count || windows->time_s[windows->count - 1] != time_s)
        open_window(windows, time_s);
    const char *key = rest + 1;
    unsigned long long hash = weir_hash(WEIR_HASH_START, key, (size_t)(last - key));
    int64_t series = weir_key_map_get(&windows->series, hash);
    if (series < 0) {
        series = new_series(windows, key, (size_t)(last - key));
        if (series < 0)
            return false;
        weir_key_map_set(&windows->series, hash, series);
    }
    double value = last + 1 < end ? strtod(last + 1, &rest) : NAN;
    if (last + 1 < end && rest != end)
        return false;
    if (series != SKIPPED)
        set_value(windows, series, value);
    return true;
}

/* The end of the line that begins here: quotes may hold line ends. NULL: it has none. */
static const char *line_end(const char *line)
{
    bool quoted = false;
    for (; *line; line++) {
        if (*line == '"')
            quoted = !quoted;
        else if (*line == '\n' && !quoted)
            return line;
    }
    return NULL;
}

int weir_windows_read(const char *path, struct weir_windows *windows)
{
    struct weir_text text = {0};
    *windows = (struct weir_windows){0};
    int code = weir_unpack_file(&text, path);
    if (code != WEIR_OK)
        goto out;
    const char *line = weir_text_string(&text), *end = line_end(line);
    if (strncmp(line, HEADER, strlen(HEADER)) != 0 || !end || end != line + strlen(HEADER)) {
        code =
            weir_error(WEIR_EINPUT, "%s:1: the header is not \"%s\"; the file is of another version, or none of weir's",
                       path, HEADER);
        goto out;
    }
    size_t number = 2;
    for (line = end + 1; *line; line = end + 1, number++) {
        end = line_end(line);
        if (!end) {
            windows->is_cut = true;
            break;
        }
        if (!take_line(windows, line, end)) {
            code = weir_error(WEIR_EINPUT, "%s:%zu: is no row of " HEADER, path, number);
            break;
        }
    }
out:
    if (code != WEIR_OK)
        weir_windows_fini(windows);
    weir_text_fini(&text);
    return code;
}

void weir_windows_fini(struct weir_windows *windows)
{
    for (size_t e = 0; e < windows->entity_count; e++) {
        struct weir_entity *entity = &windows->entities[e];
        for (int m = 0; m < WEIR_ENTITY_METRICS; m++)
            free(entity->values[m]);
        free(entity->job);
        free(entity->op);
        free(entity->host);
    }
    free(windows->entities);
    free(windows->time_s);
    weir_key_map_fini(&windows->series);
    weir_key_map_fini(&windows->known);
    *windows = (struct weir_windows){0};
}
