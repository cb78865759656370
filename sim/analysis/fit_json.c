/* What a fit has found as JSON: calibration.json, and what a fitted scenario says of where its values came from. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>

#include "sim/analysis/fit.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record.h"

/* A number to ten digits; null for what is none. */
static void add_number(cJSON *at, const char *key, double value)
{
    char buffer[WEIR_NUMBER_SIZE];
    weir_number_digits(value, 10, buffer);
    cJSON_AddItemToObject(at, key, *buffer ? cJSON_CreateRaw(buffer) : cJSON_CreateNull());
}

static cJSON *keys_of(const struct fit_problem *problem, const struct fit_answer *answer)
{
    cJSON *list = cJSON_CreateArray();
    for (int k = 0; k < problem->key_count; k++) {
        const struct fit_key *key = &problem->keys[k];
        cJSON *at = cJSON_CreateObject();
        char *value = fit_key_text(key, answer->value[k]);
        cJSON_AddStringToObject(at, "key", key->name);
        cJSON_AddStringToObject(at, "path", key->path);
        cJSON_AddStringToObject(at, "fitted", value);
        add_number(at, "value", answer->value[k]);
        cJSON_AddStringToObject(at, "unit", key->unit);
        add_number(at, "error", answer->error[k]);
        add_number(at, "min", key->min);
        add_number(at, "max", key->max);
        cJSON_AddStringToObject(at, "scale", key->is_log ? "log" : key->is_integer ? "integer" : "linear");
        cJSON_AddStringToObject(at, "end",
                                answer->at_bound[k] < 0   ? "lower"
                                : answer->at_bound[k] > 0 ? "upper"
                                                          : "none");
        cJSON_AddItemToArray(list, at);
        free(value);
    }
    return list;
}

static cJSON *groups_of(const struct fit_problem *problem, const struct fit_answer *answer)
{
    cJSON *list = cJSON_CreateArray();
    for (int g = 0; g < answer->group_count; g++) {
        const struct fit_group *group = &answer->groups[g];
        cJSON *at = cJSON_CreateObject(), *keys = cJSON_AddArrayToObject(at, "keys");
        cJSON *direction = cJSON_AddObjectToObject(at, "direction");
        for (int k = 0; k < group->count; k++) {
            cJSON_AddItemToArray(keys, cJSON_CreateString(problem->keys[group->keys[k]].name));
            add_number(direction, problem->keys[group->keys[k]].name, group->direction[group->keys[k]]);
        }
        add_number(at, "open", group->open);
        add_number(at, "loss_below", group->tried[0]);
        add_number(at, "loss_above", group->tried[1]);
        cJSON_AddItemToArray(list, at);
    }
    return list;
}

/* A measured file, by what it holds. */
static void add_file(cJSON *at, const struct fit_case *of)
{
    char *absolute = realpath(of->path, NULL), sum[16];
    cJSON_AddStringToObject(at, "file", absolute ? absolute : of->path);
    free(absolute);
    snprintf(sum, sizeof sum, "%08lx", (unsigned long)of->crc32);
    add_number(at, "bytes", (double)of->bytes);
    cJSON_AddStringToObject(at, "crc32", sum);
}

static cJSON *cases_of(const struct fit_problem *problem, const struct fit_answer *answer)
{
    cJSON *list = cJSON_CreateArray();
    for (int c = 0; c < problem->case_count; c++) {
        const struct fit_case *of = &problem->cases[c];
        cJSON *at = cJSON_CreateObject();
        cJSON_AddStringToObject(at, "name", of->name);
        add_file(at, of);
        cJSON_AddStringToObject(at, "use", of->fitted ? "fitted" : "predicted");
        add_number(at, "from_s", of->from_s);
        add_number(at, "until_s", fmin(of->until_s, of->bins * of->bin_s));
        add_number(at, "every_s", of->bin_s);
        cJSON *all = cJSON_AddArrayToObject(at, "series");
        for (int m = 0; m < problem->match_count; m++) {
            const struct fit_match *match = &problem->matches[m];
            struct fit_agreement a;
            fit_agree(problem, of, m, answer->series[c], &a);
            cJSON *one = cJSON_CreateObject();
            cJSON_AddStringToObject(one, "metric", match->name);
            cJSON_AddStringToObject(one, "column", match->column);
            add_number(one, "factor", match->factor);
            cJSON_AddStringToObject(one, "by", fit_by_names[match->by]);
            add_number(one, "weight", match->weight);
            add_number(one, "rows", a.rows);
            add_number(one, "measured", a.measured);
            add_number(one, "simulated", a.simulated);
            add_number(one, "misfit", a.misfit);
            add_number(one, "p50", a.p50);
            add_number(one, "p95", a.p95);
            add_number(one, "peak", a.peak);
            add_number(one, "correlation", a.correlation);
            if (match->by == FIT_ONSETS) {
                add_number(one, "threshold", match->threshold);
                add_number(one, "onsets_measured", a.onsets_measured);
                add_number(one, "onsets_simulated", a.onsets_simulated);
            }
            cJSON_AddItemToArray(all, one);
        }
        cJSON_AddItemToArray(list, at);
    }
    return list;
}

char *fit_json(const struct fit_problem *problem, const struct fit_answer *answer)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "weir", weir_version());
    cJSON_AddStringToObject(root, "engine", weir_engine_version());
    cJSON_AddStringToObject(root, "scenario", problem->scenario);
    cJSON *seeds = cJSON_AddArrayToObject(root, "seeds");
    for (int s = 0; s < problem->seed_count; s++) {
        char text[32];
        snprintf(text, sizeof text, "%llu", problem->seeds[s]);
        cJSON_AddItemToArray(seeds, cJSON_CreateRaw(text));
    }
    add_number(root, "points", answer->evaluated_count);
    add_number(root, "loss", answer->loss);
    add_number(root, "other_loss", answer->other_loss);
    add_number(root, "misfit", answer->misfit);
    add_number(root, "apart", problem->apart);
    cJSON_AddItemToObject(root, "keys", keys_of(problem, answer));
    cJSON_AddItemToObject(root, "not_told_apart", groups_of(problem, answer));
    cJSON_AddItemToObject(root, "files", cases_of(problem, answer));
    char *printed = cJSON_Print(root), *text = weir_format("%s\n", printed);
    cJSON_free(printed);
    cJSON_Delete(root);
    return text;
}

int fit_sign(const struct fit_problem *problem, const struct fit_answer *answer, const char *path)
{
    struct weir_text text = {0};
    int code = weir_text_read_file(&text, path);
    cJSON *root = code == WEIR_OK ? cJSON_Parse(weir_text_string(&text)) : NULL, *made = cJSON_CreateObject();
    if (code == WEIR_OK && !root)
        code = weir_error(WEIR_EINPUT, "%s: is no JSON any more", path);
    if (code == WEIR_OK) {
        add_number(made, "misfit", answer->misfit);
        cJSON_AddItemToObject(made, "keys", keys_of(problem, answer));
        cJSON_AddItemToObject(made, "not_told_apart", groups_of(problem, answer));
        cJSON *files = cJSON_AddArrayToObject(made, "files");
        for (int c = 0; c < problem->case_count; c++) {
            if (!problem->cases[c].fitted)
                continue;
            cJSON *at = cJSON_CreateObject();
            add_file(at, &problem->cases[c]);
            cJSON_AddItemToArray(files, at);
        }
        cJSON_AddItemToObject(root, "# calibrated", made);
        cJSON_DetachItemViaPointer(root, made);
        cJSON_InsertItemInArray(root, 0, made);
        char *printed = cJSON_Print(root), *content = weir_format("%s\n", printed);
        code = weir_file_replace(path, content);
        cJSON_free(printed);
        free(content);
    } else {
        cJSON_Delete(made);
    }
    cJSON_Delete(root);
    weir_text_fini(&text);
    return code;
}
