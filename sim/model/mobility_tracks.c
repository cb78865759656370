/* Files of tracks: CSV with a row a fix, or the floating car data of SUMO. */
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/base/unpack.h"
#include "sim/model/mobility.h"
#include "sim/model/platform.h"
#include "sim/model/xml_read.h"

/* What is read, and where from. */
struct reading {
    const char *path;
    size_t line;
    const struct weir_platform *platform;
    const struct weir_mobility *mobility;
    struct weir_tracks *tracks;
    size_t *table; /* of tracks by the hash of their ids: index + 1; 0: free */
    size_t slots;  /* a power of two */
};

static int wrong(const struct reading *reading)
{
    weir_error_context("%s:%zu", reading->path, reading->line);
    return WEIR_EINPUT;
}

/* The slot of an id, or the free one where it belongs. */
static size_t *slot_of(const struct reading *reading, const char *id)
{
    size_t at = (size_t)weir_hash_string(WEIR_HASH_START, id) & (reading->slots - 1);
    while (reading->table[at] && strcmp(reading->tracks->list[reading->table[at] - 1].id, id) != 0)
        at = (at + 1) & (reading->slots - 1);
    return &reading->table[at];
}

static void enlarge(struct reading *reading)
{
    free(reading->table);
    reading->slots = reading->slots ? 2 * reading->slots : 64;
    reading->table = weir_alloc(reading->slots, sizeof *reading->table);
    for (size_t t = 0; t < reading->tracks->count; t++)
        *slot_of(reading, reading->tracks->list[t].id) = t + 1;
}

static struct weir_course *track_of(struct reading *reading, const char *id)
{
    struct weir_tracks *tracks = reading->tracks;
    if (2 * (tracks->count + 1) > reading->slots)
        enlarge(reading);
    size_t *slot = slot_of(reading, id);
    if (!*slot) {
        WEIR_ONE_MORE(tracks->list, tracks->count, tracks->capacity);
        tracks->list[tracks->count++] = (struct weir_course){.id = weir_copy(id)};
        *slot = tracks->count;
    }
    return &tracks->list[*slot - 1];
}

static int number(const char *what, const char *text, double *value)
{
    char quoted[WEIR_QUOTE_SIZE], *end;
    *value = strtod(text, &end);
    if (end == text || *end || !isfinite(*value))
        return weir_error(WEIR_EINPUT, "%s is %s; a number is expected", what, weir_quote(text, quoted));
    return WEIR_OK;
}

/* One of the two of a place. */
static int coordinate(const char *what, const char *text, double *value)
{
    char quoted[WEIR_QUOTE_SIZE];
    int code = number(what, text, value);
    if (!code && fabs(*value) > WEIR_METRES_AT_MOST)
        return weir_error(WEIR_EINPUT, "%s is %s; it is %g m from the origin at most", what, weir_quote(text, quoted),
                          WEIR_METRES_AT_MOST);
    return code;
}

/* A fix that lies on the straight way at constant speed between those about it says nothing new. */
static bool is_between(const struct weir_fix *a, const struct weir_fix *b, const struct weir_fix *c)
{
    double share = (b->time_s - a->time_s) / (c->time_s - a->time_s);
    return a->access < 0 && b->access < 0 && c->access < 0 && b->x == a->x + share * (c->x - a->x) &&
           b->y == a->y + share * (c->y - a->y);
}

static int add_fix(struct reading *reading, const char *id, const struct weir_fix *fix)
{
    if (!*id)
        return weir_error(WEIR_EINPUT, "has no id; say whose track it belongs to");
    struct weir_course *track = track_of(reading, id);
    const struct weir_fix *last = track->count ? &track->fixes[track->count - 1] : NULL;
    if (last && !(fix->time_s > last->time_s))
        return weir_error(WEIR_EINPUT, "%s is at %.10g s after %.10g s; times of a track must increase", id,
                          fix->time_s, last->time_s);
    if (track->count >= 2 && is_between(last - 1, last, fix))
        track->count--;
    WEIR_ONE_MORE(track->fixes, track->count, track->capacity);
    track->fixes[track->count++] = *fix;
    return WEIR_OK;
}

static int find_access(const struct reading *reading, const char *host, struct weir_fix *fix)
{
    int h = weir_platform_find(reading->platform, host);
    char quoted[WEIR_QUOTE_SIZE];
    for (int a = 0; a < reading->mobility->access_count; a++)
        if (reading->mobility->access[a].host == h) {
            fix->access = a;
            fix->x = reading->mobility->access[a].x;
            fix->y = reading->mobility->access[a].y;
            return WEIR_OK;
        }
    return weir_error(WEIR_EINPUT, "host %s is no access point; name one of \"hosts\" of \"mobility\"",
                      weir_quote(host, quoted));
}

/* Columns by name; several names mean the same. */
enum { TIME, ID, X, Y, HOST, COLUMNS };
static const struct {
    int column;
    const char *name;
} names[] = {{TIME, "time"}, {TIME, "time_s"}, {TIME, "timestep_time"}, {ID, "id"}, {ID, "vehicle_id"},
             {ID, "device"}, {X, "x"},         {X, "vehicle_x"},        {Y, "y"},   {Y, "vehicle_y"},
             {HOST, "host"}};

static const char *cell(const struct weir_csv_lines *lines, int at)
{
    return at >= 0 && (size_t)at < lines->cell_count ? lines->cells[at] : "";
}

static int read_row(struct reading *reading, const struct weir_csv_lines *lines, const int at[COLUMNS])
{
    struct weir_fix fix = {.access = -1};
    const char *host = cell(lines, at[HOST]);
    int code = number("time", cell(lines, at[TIME]), &fix.time_s);
    if (!code && *host)
        code = find_access(reading, host, &fix);
    else if (!code && !(code = coordinate("x", cell(lines, at[X]), &fix.x)))
        code = coordinate("y", cell(lines, at[Y]), &fix.y);
    return code ? code : add_fix(reading, cell(lines, at[ID]), &fix);
}

static int read_csv(struct reading *reading)
{
    struct weir_csv_lines lines;
    int at[COLUMNS] = {-1, -1, -1, -1, -1};
    bool more = false;
    int code = weir_csv_open(&lines, reading->path);
    if (code)
        return code;
    code = weir_csv_next(&lines, &more);
    for (size_t c = 0; !code && more && c < lines.cell_count; c++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (strcmp(lines.cells[c], names[n].name) == 0)
                at[names[n].column] = (int)c;
    if (!code && (at[TIME] < 0 || at[ID] < 0 || (at[HOST] < 0 && (at[X] < 0 || at[Y] < 0))))
        code = weir_error(WEIR_EINPUT, "%s: needs the columns time, id, and x and y or host", reading->path);
    while (!code && more) {
        code = weir_csv_next(&lines, &more);
        reading->line = lines.number;
        if (!code && more && read_row(reading, &lines, at))
            code = wrong(reading);
    }
    weir_csv_close(&lines);
    return code;
}

static bool is(const xmlNode *node, const char *name)
{
    return strcmp((const char *)node->name, name) == 0;
}

static int read_vehicle(struct reading *reading, const xmlNode *node, double time_s)
{
    struct weir_fix fix = {.time_s = time_s, .access = -1};
    reading->line = (size_t)weir_xml_line(node);
    int code = coordinate("x", weir_xml_attribute(node, "x", ""), &fix.x);
    if (!code)
        code = coordinate("y", weir_xml_attribute(node, "y", ""), &fix.y);
    if (!code)
        code = add_fix(reading, weir_xml_attribute(node, "id", ""), &fix);
    return code ? wrong(reading) : WEIR_OK;
}

/* <fcd-export><timestep time="0"><vehicle id="a" x="1" y="2"/>...; persons and containers are devices as well. */
static int read_steps(struct reading *reading, const xmlNode *root)
{
    if (!root || !is(root, "fcd-export"))
        return weir_error(WEIR_EINPUT, "%s: is no <fcd-export>, as SUMO writes it with --fcd-output", reading->path);
    for (const xmlNode *step = weir_xml_element(root->children); step; step = weir_xml_element(step->next)) {
        double time_s;
        reading->line = (size_t)weir_xml_line(step);
        if (!is(step, "timestep"))
            continue;
        if (number("time", weir_xml_attribute(step, "time", ""), &time_s))
            return wrong(reading);
        for (const xmlNode *node = weir_xml_element(step->children); node; node = weir_xml_element(node->next))
            if ((is(node, "vehicle") || is(node, "person") || is(node, "container")) &&
                read_vehicle(reading, node, time_s))
                return WEIR_EINPUT;
    }
    return WEIR_OK;
}

static int read_fcd(struct reading *reading, const struct weir_text *text)
{
    xmlDocPtr document = NULL;
    int code = weir_xml_read(reading->path, text, &document);
    if (code)
        return code;
    code = read_steps(reading, xmlDocGetRootElement(document));
    xmlFreeDoc(document);
    return code;
}

/* The first byte that is neither blank nor of a byte order mark. */
static char first_of(const struct weir_text *text)
{
    const char *at = weir_text_string(text);
    if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    return at[strspn(at, " \t\r\n")];
}

int weir_tracks_read(const char *path, const struct weir_platform *platform, const struct weir_mobility *mobility,
                     struct weir_tracks *tracks)
{
    struct reading reading = {.path = path, .platform = platform, .mobility = mobility, .tracks = tracks};
    struct weir_text text = {0};
    *tracks = (struct weir_tracks){.path = weir_copy(path)};
    int code = weir_unpack_file(&text, path);
    if (!code) {
        tracks->hash = weir_hash(WEIR_HASH_START, weir_text_string(&text), text.length);
        code = first_of(&text) == '<' ? read_fcd(&reading, &text) : read_csv(&reading);
    }
    if (!code && !tracks->count)
        code = weir_error(WEIR_EINPUT, "%s: has no track", path);
    free(reading.table);
    weir_text_fini(&text);
    return code;
}

void weir_tracks_fini(struct weir_tracks *tracks)
{
    for (size_t t = 0; t < tracks->count; t++) {
        free(tracks->list[t].id);
        free(tracks->list[t].fixes);
    }
    free(tracks->list);
    free(tracks->path);
}

const struct weir_course *weir_tracks_find(const struct weir_tracks *tracks, const char *id)
{
    for (size_t t = 0; t < tracks->count; t++)
        if (strcmp(tracks->list[t].id, id) == 0)
            return &tracks->list[t];
    return NULL;
}
