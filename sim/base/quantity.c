#include "sim/base/quantity.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/text.h"

/* A word and what it multiplies by; a factor below 1 is a divisor, so that "300us" is the double nearest to 0.0003. */
struct word {
    const char *name;
    double times, per;
};

static const struct word no_prefix[] = {{"", 1, 1}, {NULL, 0, 0}};
static const struct word byte_prefixes[] = {
    {"", 1, 1},      {"k", 1e3, 1},     {"M", 1e6, 1},     {"G", 1e9, 1},     {"T", 1e12, 1},
    {"Ki", 1024, 1}, {"Mi", 0x1p20, 1}, {"Gi", 0x1p30, 1}, {"Ti", 0x1p40, 1}, {NULL, 0, 0},
};
static const struct word flop_prefixes[] = {
    {"", 1, 1}, {"k", 1e3, 1}, {"M", 1e6, 1}, {"G", 1e9, 1}, {"T", 1e12, 1}, {"P", 1e15, 1}, {NULL, 0, 0},
};
static const struct word rate_prefixes[] = {{"", 1, 1}, {"k", 1e3, 1}, {"M", 1e6, 1}, {NULL, 0, 0}};

static const struct word energy_prefixes[] = {{"", 1, 1},    {"m", 1, 1e3},  {"k", 1e3, 1}, {"M", 1e6, 1},
                                              {"G", 1e9, 1}, {"T", 1e12, 1}, {NULL, 0, 0}};

static const struct word times[] = {
    {"ps", 1, 1e12}, {"ns", 1, 1e9}, {"us", 1, 1e6},  {"ms", 1, 1e3},   {"s", 1, 1},  {"min", 60, 1},
    {"m", 60, 1},    {"h", 3600, 1}, {"d", 86400, 1}, {"w", 604800, 1}, {NULL, 0, 0},
};
static const struct word sizes[] = {{"B", 1, 1}, {"b", 1, 8}, {NULL, 0, 0}};
static const struct word bandwidths[] = {{"Bps", 1, 1}, {"bps", 1, 8}, {NULL, 0, 0}};
static const struct word flops[] = {{"f", 1, 1}, {"flop", 1, 1}, {"flops", 1, 1}, {NULL, 0, 0}};
static const struct word speeds[] = {
    {"f", 1, 1},   {"flop", 1, 1},   {"flops", 1, 1},   {"fps", 1, 1}, {"flopps", 1, 1},
    {"f/s", 1, 1}, {"flop/s", 1, 1}, {"flops/s", 1, 1}, {NULL, 0, 0},
};
static const struct word energies[] = {{"J", 1, 1}, {"Wh", 3600, 1}, {NULL, 0, 0}};
static const struct word rates[] = {{"/s", 1, 1}, {"/min", 1, 60}, {"/h", 1, 3600}, {"/d", 1, 86400}, {NULL, 0, 0}};

/* Units of the human form, in growing order. */
static const struct word shown_prefixes[] = {
    {"", 1, 1}, {"k", 1e3, 1}, {"M", 1e6, 1}, {"G", 1e9, 1}, {"T", 1e12, 1}, {NULL, 0, 0},
};
static const struct word shown_times[] = {
    {"ps", 1, 1e12}, {"ns", 1, 1e9}, {"us", 1, 1e6},  {"ms", 1, 1e3}, {"s", 1, 1},
    {"min", 60, 1},  {"h", 3600, 1}, {"d", 86400, 1}, {NULL, 0, 0},
};

static const struct kind {
    const char *noun, *example, *symbol;
    const struct word *words, *prefixes;
    const char *units; /* for messages */
    const struct word *scale;
    const char *shown; /* the word after the prefix in the human form */
} kinds[WEIR_UNIT_COUNT_OF_UNITS] = {
    [WEIR_UNIT_NONE] = {"a number", "0.8", "", NULL, no_prefix, "", no_prefix, ""},
    [WEIR_UNIT_TIME] = {"a time", "10ms", "s", times, no_prefix, "ps ns us ms s min h d w", shown_times, ""},
    [WEIR_UNIT_BYTES] = {"a size", "4kB", "B", sizes, byte_prefixes,
                         "B kB MB GB TB, KiB MiB GiB TiB; b kb Mb ... for bits", shown_prefixes, "B"},
    [WEIR_UNIT_BANDWIDTH] = {"a bandwidth", "100Mbps", "B/s", bandwidths, byte_prefixes,
                             "bps kbps Mbps Gbps Tbps; Bps kBps MBps ... for bytes", shown_prefixes, "Bps"},
    [WEIR_UNIT_FLOPS] = {"an amount of work", "2Gf", "flop", flops, flop_prefixes, "f kf Mf Gf Tf Pf", flop_prefixes,
                         "f"},
    [WEIR_UNIT_SPEED] = {"a speed", "2Gf", "flop/s", speeds, flop_prefixes, "f kf Mf Gf Tf Pf, flop per second",
                         flop_prefixes, "f/s"},
    [WEIR_UNIT_RATE] = {"a rate", "250/s", "1/s", rates, rate_prefixes, "/s /min /h /d, also k/s, M/s", rate_prefixes,
                        "/s"},
    [WEIR_UNIT_ENERGY] = {"an energy", "20Wh", "J", energies, energy_prefixes, "J kJ MJ GJ, Wh kWh MWh", shown_prefixes,
                          "J"},
};

/* What a policy says may be no kind at all: it is a number then. */
static enum weir_unit sound(enum weir_unit kind)
{
    return kind < WEIR_UNIT_COUNT_OF_UNITS ? kind : WEIR_UNIT_NONE;
}

/* Numbers of up to 15 digits, of which some may follow a point, and nothing else: both their digits and the power of
 * ten are exact, so that the one division rounds as strtod does. NULL if it is another number. */
static const char *scan_short(const char *text, double *value)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *at = text;
    long long digits = 0;
    int count = 0, places = 0;
    for (; *at >= '0' && *at <= '9' && count < 16; at++, count++)
        digits = digits * 10 + (*at - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9' && count < 16; at++, count++, places++)
            digits = digits * 10 + (*at - '0');
    if (count == 0 || count > 15 || *at == '.' || *at == 'e' || *at == 'E' || *at == 'x' || *at == 'X')
        return NULL;
    *value = (double)digits / powers[places];
    return at;
}

const char *weir_number_scan(const char *text, double *value)
{
    const char *short_end = scan_short(text, value);
    if (short_end)
        return short_end;
    const char *digits = text + (*text == '+' || *text == '-');
    const char *first = digits + (*digits == '.');
    if (!isdigit((unsigned char)*first) || (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')))
        return NULL;
    char *end;
    *value = strtod(text, &end); /* weir never leaves the C locale */
    return end;
}

static bool find_unit(enum weir_unit kind, const char *name, double *times_by, double *per)
{
    const struct kind *k = &kinds[kind];
    for (const struct word *w = k->words; w && w->name; w++)
        for (const struct word *p = k->prefixes; p->name; p++) {
            size_t length = strlen(p->name);
            if (strncmp(name, p->name, length) == 0 && strcmp(name + length, w->name) == 0) {
                *times_by = p->times * w->times;
                *per = p->per * w->per;
                return true;
            }
        }
    return false;
}

/* "write a time such as "10ms" (units: ...)" */
static int refuse(enum weir_unit kind, const char *text, const char *what)
{
    const struct kind *k = &kinds[kind];
    char quoted[WEIR_QUOTE_SIZE];
    weir_quote(text, quoted);
    if (kind == WEIR_UNIT_NONE)
        return weir_error(WEIR_EINPUT, "%s %s; write a number such as %s", quoted, what, k->example);
    return weir_error(WEIR_EINPUT, "%s %s; write %s such as \"%s\" (units: %s)", quoted, what, k->noun, k->example,
                      k->units);
}

int weir_quantity_parse(enum weir_unit kind, const char *text, double *value)
{
    kind = sound(kind);
    if (!text || !value)
        return weir_error(WEIR_EINPUT, "no text is given where %s is wanted", kinds[kind].noun);
    const char *start = text;
    while (isspace((unsigned char)*start))
        start++;
    double number;
    const char *unit = weir_number_scan(start, &number);
    char what[2 * WEIR_QUOTE_SIZE];
    if (!unit) {
        snprintf(what, sizeof what, "is not %s", kinds[kind].noun);
        return refuse(kind, text, what);
    }
    while (isspace((unsigned char)*unit))
        unit++;
    char name[16];
    size_t length = strlen(unit);
    while (length > 0 && isspace((unsigned char)unit[length - 1]))
        length--;
    if (length == 0 && kind != WEIR_UNIT_NONE && number != 0)
        return refuse(kind, text, "has no unit");

    double times_by = 1, per = 1;
    if (length > 0) {
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), unit);
        if (length >= sizeof name || !find_unit(kind, name, &times_by, &per)) {
            for (int other = 0; length < sizeof name && other < WEIR_UNIT_COUNT_OF_UNITS; other++)
                if (find_unit(other, name, &times_by, &per)) {
                    snprintf(what, sizeof what, "is %s, not %s", kinds[other].noun, kinds[kind].noun);
                    return refuse(kind, text, what);
                }
            char quoted[WEIR_QUOTE_SIZE];
            snprintf(what, sizeof what, "has the unknown unit %s", weir_quote(unit, quoted));
            return refuse(kind, text, kind == WEIR_UNIT_NONE ? "is not a number" : what);
        }
    }
    number = number * times_by / per;
    if (!isfinite(number))
        return refuse(kind, text, "is too large");
    *value = number;
    return WEIR_OK;
}

const char *weir_quantity_show(enum weir_unit kind, double value, char *buffer, size_t size)
{
    kind = sound(kind);
    const struct kind *k = &kinds[kind];
    if (kind == WEIR_UNIT_NONE && value == floor(value) && fabs(value) < 1e15) {
        snprintf(buffer, size, "%.0f", value);
        return buffer;
    }
    if (kind == WEIR_UNIT_NONE || !isfinite(value)) {
        snprintf(buffer, size, "%.6g%s%s", value, kind == WEIR_UNIT_NONE ? "" : " ", k->symbol);
        return buffer;
    }
    const struct word *scale = k->scale, *chosen = scale;
    if (kind == WEIR_UNIT_TIME && value == 0)
        chosen = &shown_times[4];
    /* The largest unit of which there is at least one once rounded; of minutes, hours and days, at least two. */
    for (const struct word *w = scale; w->name && value != 0; w++)
        if (fabs(value) * w->per / w->times >= (w->times >= 60 && kind == WEIR_UNIT_TIME ? 2 : 0.9995))
            chosen = w;
    double scaled = value * chosen->per / chosen->times;
    snprintf(buffer, size, fabs(scaled) >= 999.5 && fabs(scaled) < 1e6 ? "%.0f %s%s" : "%.3g %s%s", scaled,
             chosen->name, k->shown);
    return buffer;
}

const char *weir_unit_describe(enum weir_unit kind)
{
    static const char *const described[WEIR_UNIT_COUNT_OF_UNITS] = {
        [WEIR_UNIT_NONE] = "a number such as 0.8",
        [WEIR_UNIT_TIME] = "a time such as \"10ms\"",
        [WEIR_UNIT_BYTES] = "a size such as \"4kB\"",
        [WEIR_UNIT_BANDWIDTH] = "a bandwidth such as \"100Mbps\"",
        [WEIR_UNIT_FLOPS] = "an amount of work such as \"2Gf\"",
        [WEIR_UNIT_SPEED] = "a speed such as \"2Gf\"",
        [WEIR_UNIT_RATE] = "a rate such as \"250/s\"",
        [WEIR_UNIT_ENERGY] = "an energy such as \"20Wh\"",
    };
    return described[sound(kind)];
}

const char *weir_unit_symbol(enum weir_unit kind)
{
    return kinds[sound(kind)].symbol;
}
