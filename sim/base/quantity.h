/* Quantities with units, as users write them: "10ms", "100Mbps", "4kB", "2Gf", "250/s". */
#ifndef WEIR_BASE_QUANTITY_H
#define WEIR_BASE_QUANTITY_H

#include <stddef.h>

enum weir_unit {
    WEIR_UNIT_NONE,      /* a bare number */
    WEIR_UNIT_TIME,      /* s:        ps ns us ms s min (m) h d w */
    WEIR_UNIT_BYTES,     /* B:        B kB MB GB TB, KiB MiB GiB TiB, and b kb Mb ... for bits */
    WEIR_UNIT_BANDWIDTH, /* B/s:      Bps kBps ... KiBps ..., bps kbps Mbps ..., Kibps ... */
    WEIR_UNIT_FLOPS,     /* flop:     f kf Mf Gf Tf Pf, also flop and flops spelt out */
    WEIR_UNIT_SPEED,     /* flop/s:   the same words as for flops, as SimGrid writes speeds, also with "ps" or "/s" */
    WEIR_UNIT_RATE,      /* 1/s:      /s /min /h /d, also with k or M before the slash: "2k/s" */
    WEIR_UNIT_ENERGY,    /* J:        J kJ MJ GJ, Wh kWh MWh, also with m */
    WEIR_UNIT_COUNT_OF_UNITS
};

/* Scans a decimal number (no hexadecimal, no "inf", no "nan") at the start of text. Returns the first character after
 * it, or NULL if there is none. A number beyond the range of double gives infinity. */
const char *weir_number_scan(const char *text, double *value);

/* Reads text as a quantity of the kind, into SI base units (bits become bytes). A bare number is refused unless it is
 * 0 or the kind is NONE; so is a unit of another kind, text after the unit, NaN and infinity.
 * Errors: WEIR_EINPUT, with what units the kind has; also where there is no text. */
int weir_quantity_parse(enum weir_unit kind, const char *text, double *value);

/* A short human form with a unit, for messages and tables: "10.7 ms", "1.5 GB", "250 /s". Returns `buffer`. */
const char *weir_quantity_show(enum weir_unit kind, double value, char *buffer, size_t size);

/* "a time such as \"10ms\"", for messages and help. */
const char *weir_unit_describe(enum weir_unit kind);

/* "s", "B", "B/s", "flop", "flop/s", "1/s", "J", "". */
const char *weir_unit_symbol(enum weir_unit kind);

#endif
