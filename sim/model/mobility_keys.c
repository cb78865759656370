/* The keys of "mobility". */
#include <stdlib.h>

#include "sim/model/key_rows.h"
#include "sim/model/mobility.h"
#include "sim/model/scenario_keys.h"

static const char *const attachments[] = {"nearest", "strongest", NULL};
static const char *const meanwhile[] = {"wait", "lose", NULL};
static const char *const when_down[] = {"leave", "stay", NULL};
static const char *const device_ends[] = {"source", "sink", "both", NULL};
static const char *const models[] = {"random-waypoint", "manhattan", NULL};

#define PATTERNS (WEIR_FORM_STRING | WEIR_FORM_LIST)
#define MOBILITY struct weir_mobility_read
const struct weir_param weir_mobility_keys[] = {
    VALUE("hosts", PATTERNS, NULL, "all hosts that have a place",
          "The access points: a name or a pattern, or a list of them."),
    {.name = "places",
     .type = WEIR_PARAM_STRING,
     AT(MOBILITY, places),
     .without = "the platform's",
     .help =
         "Path of a CSV, relative to the scenario, with the columns host, x and y, in metres, and if need be power, "
         "in dB over that of others. A host that is not in it has its place from the platform."},
    EITHER(MOBILITY, "attach", strongest, "nearest", attachments,
           "A device is at the access point that is \"nearest\", or that it hears \"strongest\": power less "
           "10 x \"path_loss\" x log10(distance)."),
    REAL(MOBILITY, "hysteresis", WEIR_UNIT_NONE, hysteresis, "0", 0, 1e9,
         "By how much another access point must be nearer, in metres, or stronger, in dB, before a device changes to "
         "it."),
    REAL(MOBILITY, "path_loss", WEIR_UNIT_NONE, path_loss, "3", 1, 10,
         "Exponent of the distance with which the strength falls, where the strongest counts."),
    TIME(MOBILITY, "handover", handover_s, "0s", 0, "How long a device can send nothing when it changes."),
    EITHER(MOBILITY, "meanwhile", loses, "wait", meanwhile,
           "What becomes of items that would be sent during a handover: they \"wait\" at the device, or it \"lose\"s "
           "them; then what is under way when it begins is lost, too."),
    EITHER(MOBILITY, "when_down", stays, "leave", when_down,
           "What a device does whose access point is down: it changes to the nearest or strongest that is up, or "
           "\"stay\"s."),
    TIME(MOBILITY, "latency", latency_s, "0s", 0, "Of the radio link between a device and its access point."),
    VALUE("rates", WEIR_FORM_LISTED, weir_reach_keys, "no limit",
          "Rates of the radio link, by increasing distance; farther than the last nothing gets through."),
    VALUE_NEEDED("devices", WEIR_FORM_LISTED, weir_moving_keys, "Which jobs have sources or sinks that move, and how."),
    END,
};

#define REACH struct weir_reach
const struct weir_param weir_reach_keys[] = {
    REAL_OR(REACH, "within", WEIR_UNIT_NONE, within, "at any distance", 1e-6, 1e9, "Up to so many metres."),
    REAL_NEEDED(REACH, "rate", WEIR_UNIT_BANDWIDTH, bytes_per_s, DBL_MIN, DBL_MAX, "Of each device by itself."),
    END,
};

#define DEVICE struct weir_device_read
const struct weir_param weir_moving_keys[] = {
    VALUE_NEEDED("jobs", PATTERNS, NULL,
                 "Jobs whose ends they are: a name or a pattern, or a list of them. One of several sources of a job "
                 "is JOB/SOURCE; the name of the job means all of them."),
    CHOICE(
        DEVICE, "end", end, "source", device_ends,
        "Which end of the job it is: its \"source\", to which results come back if that is its sink; its "
        "\"sink\", wherever the source stands; or \"both\": the sink goes with the source, of several with the first."),
    {.name = "tracks",
     .type = WEIR_PARAM_STRING,
     AT(DEVICE, tracks),
     .without = "a \"model\" says it",
     .help =
         "Path of a file of tracks, relative to the scenario: a CSV with the columns time, id, and x and y or host, "
         "or SUMO's FCD XML. A job follows the track with its name (one of several sources that with the name "
         "JOB/SOURCE), or, where none has one, the first job the first track and so on."},
    {.name = "track",
     .type = WEIR_PARAM_STRING,
     AT(DEVICE, track),
     .without = "by the job",
     .help = "The id of the track that all of them follow."},
    {.name = "model",
     .type = WEIR_PARAM_CHOICE,
     AT(DEVICE, model),
     .choices = models,
     .without = "\"tracks\" say it",
     .help = "\"random-waypoint\": straight to a place drawn in the \"area\", again and again. \"manhattan\": along "
             "streets, from crossing to crossing; straight on with probability 1/2, left or right with 1/4 each, as "
             "far as there are streets."},
    VALUE("area", WEIR_FORM_LIST, NULL, "required of a model",
          "Where it goes: [x, y, x, y] of two corners, in metres."),
    VALUE("speed", WEIR_FORM_NUMBER | WEIR_FORM_LIST, NULL, "required of a model",
          "In m/s: a number, or [least, most], between which it is drawn for each leg."),
    VALUE("pause", WEIR_FORM_STRING | WEIR_FORM_LIST, NULL, "none",
          "At the end of each leg: a time, or [least, most], between which it is drawn."),
    REAL_OR(DEVICE, "block", WEIR_UNIT_NONE, block, "required of manhattan", 1e-3, 1e9,
            "Metres between two streets; the first ones lead through the first corner."),
    END,
};
