/* The keys of what power and traffic cost. */
#include <stdlib.h>

#include "sim/model/key_rows.h"
#include "sim/model/scenario_keys.h"

static const char *const betweens[] = {"all", "regions", "tiers", NULL};

#define PATTERNS (WEIR_FORM_STRING | WEIR_FORM_LIST)

#define TEXT(record, key, field, absent, sentence)                                                                     \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_STRING, AT(record, field), .without = (absent), .help = (sentence)           \
    }

#define CARBON struct weir_carbon_read
const struct weir_param weir_carbon_keys[] = {
    VALUE(
        "region", PATTERNS, NULL, "all that no rule before it is for",
        "Hosts and links of these regions: a name or a pattern, or a list of them. The first rule for a region holds."),
    REAL_OR(CARBON, "intensity", WEIR_UNIT_NONE, intensity, "it is in a \"file\"", 0, 1e6,
            "gCO2 for each kWh, at all times."),
    TEXT(CARBON, "file", file, "\"intensity\" says it",
         "Path of a CSV, relative to the scenario, plain or gzip: gCO2 for each kWh in the course of time. A row holds "
         "until the next one, and the last as long as the one before it."),
    TEXT(CARBON, "time", time, "found, as of loads", "The file's column of times."),
    TEXT(CARBON, "value", value, "the first other one that holds numbers", "The file's column of intensities."),
    TEXT(CARBON, "time_format", time_format, "found, as of loads",
         "How times are written, as strptime has it, or s, ms, us, ns for numbers."),
    TIME(CARBON, "start", start_s, "0s", 0, "How long after the file's first row the run begins."),
    REAL(CARBON, "speedup", WEIR_UNIT_NONE, speedup, "1", 1e-6, 1e6,
         "The file's time runs that much faster: a day in an hour is 24."),
    YES_NO(CARBON, "repeat", repeat, "true", "Whether the file begins again at its end; else its last row holds on."),
    END,
};

#define PRICE struct weir_price_read
const struct weir_param weir_traffic_keys[] = {
    VALUE("from_tier", WEIR_FORM_STRING, NULL, "any", "Of bytes from hosts of this tier."),
    VALUE("to_tier", WEIR_FORM_STRING, NULL, "any", "To hosts of this tier."),
    VALUE("from_region", PATTERNS, NULL, "any", "Of bytes from hosts of these regions: a name, a pattern or a list."),
    VALUE("to_region", PATTERNS, NULL, "any", "To hosts of these regions."),
    CHOICE(PRICE, "between", between, "all", betweens,
           "\"all\"; \"regions\": only if the two hosts are of different regions; \"tiers\": of different tiers."),
    YES_NO(PRICE, "both", both, "false", "Whether the price is for bytes the other way round, too."),
    REAL_NEEDED(PRICE, "price_per_GB", WEIR_UNIT_NONE, price_per_GB, 0, 1e9, "Money for 1e9 bytes."),
    END,
};
