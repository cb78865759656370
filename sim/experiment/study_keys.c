#include "sim/experiment/study_keys.h"

#include "sim/experiment/study.h"
#include "sim/model/key_rows.h"

static const char *const keeps[] = {"all", "results", NULL}, *const scale_words[] = {"linear", "log", NULL};
static const char *const methods[] = {"latin-hypercube", "random", NULL};

const struct weir_param weir_study_keys[] = {
    VALUE("name", WEIR_FORM_STRING, NULL, "the file's name without its ending", "Name of the results."),
    VALUE_NEEDED("scenario", WEIR_FORM_STRING, NULL, "Path of the base scenario, relative to the study."),
    VALUE("policies", WEIR_FORM_LIST, NULL, "the scenario's",
          "In place of those of the scenario, written as there; paths as seen from the scenario."),
    VALUE("seeds", WEIR_FORM_NUMBER | WEIR_FORM_LIST, NULL, "the scenario's",
          "In place of those of the scenario, written as there."),
    EITHER(struct weir_study_read, "keep", results_alone, "all", keeps,
           "\"all\": result.json, windows.csv and decisions.csv of each run; \"results\": result.json alone."),
    VALUE("grid", WEIR_FORM_OBJECT, NULL, "none",
          "An object of paths and lists of values: every combination. An object with \"values\" and \"as\" gives a "
          "path a "
          "name."),
    VALUE("list", WEIR_FORM_LIST, NULL, "none", "A list of objects of paths and values: each object is a variant."),
    VALUE("sample", WEIR_FORM_OBJECT, weir_sample_keys, "none", "Ranges to draw from."),
    VALUE("as", WEIR_FORM_OBJECT, NULL, "the paths",
          "An object of paths that are varied and the names that results call them by."),
    END,
};

const struct weir_param weir_choices_keys[] = {
    VALUE_NEEDED("values", WEIR_FORM_LIST, NULL, "The values, at least one."),
    VALUE("as", WEIR_FORM_STRING, NULL, "the path", "What results call the path."),
    END,
};

const struct weir_param weir_sample_keys[] = {
    EITHER(struct weir_sample_read, "method", independent, "latin-hypercube", methods,
           "\"latin-hypercube\": each range is cut into \"runs\" strata of equal width, and each stratum is drawn from "
           "once, in an order of the range's own [mckay-1979]; \"random\": independent uniform draws."),
    WHOLE_NEEDED(struct weir_sample_read, "runs", runs, 1, WEIR_STUDY_RUNS, "Number of samples."),
    WHOLE(struct weir_sample_read, "seed", seed, "1", 0, 0x1p53, "Of the draws; no seed of a run."),
    VALUE_NEEDED("ranges", WEIR_FORM_OBJECT, NULL,
                 "For each path a pair of ends, or an object with \"min\", \"max\", \"scale\" (\"linear\" or \"log\"), "
                 "\"integer\" and \"as\"."),
    END,
};

#define COLUMN struct weir_study_column
const struct weir_param weir_range_keys[] = {
    VALUE_NEEDED("min", WEIR_FORM_STRING | WEIR_FORM_NUMBER, NULL, "Lower end."),
    VALUE_NEEDED("max", WEIR_FORM_STRING | WEIR_FORM_NUMBER, NULL, "Upper end."),
    EITHER(COLUMN, "scale", is_log, "linear", scale_words, "Whether numbers or their logarithms are drawn evenly."),
    YES_NO(COLUMN, "integer", is_integer, "false", "true: whole numbers."),
    VALUE("as", WEIR_FORM_STRING, NULL, "the path", "What results call the path."),
    END,
};
