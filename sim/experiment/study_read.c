/* Reading study.json. */
#include <cjson/cJSON.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "sim/base/utf8.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/study_keys.h"
#include "sim/experiment/study_names.h"

#define VALUES_AT_MOST  1000000
#define COLUMNS_AT_MOST 800 /* a table of SQLite has 2000 */

/* Keys of a study that begin with '#' are remarks; "//..." is an XPath here. */
static bool is_remark(const char *key)
{
    return *key == '#';
}

/* Adds a column for a key of "grid", an entry of "list" or "ranges"; refuses what cannot be varied. */
static int add_column(struct weir_study *study, const struct weir_json *at, enum weir_column_kind kind,
                      struct weir_study_column **column)
{
    static const struct {
        const char *path, *why;
    } reserved[] = {
        {"seeds", "give \"seeds\" beside \"scenario\" in the study"},
        {"policies", "give \"policies\" beside \"scenario\" in the study, or vary one as in policies[0].high"},
        {"name", "it changes nothing in a run; leave it out"},
    };
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(at->key, reserved[i].path) == 0)
            return weir_json_error(at, "cannot be varied: %s", reserved[i].why);
    bool is_xpath = *at->key == '/';
    if (!*at->key || (!is_xpath && strchr(at->key, '=')))
        return weir_json_error(at, "is no path; write one such as workload.jobs[0].load.rate, or an XPath such as "
                                   "//link[@id='backhaul']/@latency");
    for (int c = 0; c < study->column_count; c++) {
        if (strcmp(study->columns[c].path, at->key) != 0)
            continue;
        if (kind == WEIR_COLUMN_LIST && study->columns[c].kind == kind) { /* an earlier entry has it */
            *column = &study->columns[c];
            return WEIR_OK;
        }
        return weir_json_error(at, "is varied in two places of the study; keep one");
    }
    study->columns = weir_resize(study->columns, (size_t)study->column_count + 1, sizeof *study->columns);
    *column = &study->columns[study->column_count++];
    **column = (struct weir_study_column){
        .kind = kind, .path = weir_copy(at->key), .name = weir_copy(at->key), .is_xpath = is_xpath};
    return WEIR_OK;
}

static int read_value(const struct weir_json *at, bool is_xpath, struct weir_study_value *value)
{
    if (is_xpath && !weir_json_is_string(at) && !weir_json_is_number(at))
        return weir_json_error(at, "an attribute takes a string or a number, such as \"5ms\"");
    value->json = weir_json_print(at);
    value->shown = weir_copy(weir_json_is_string(at) ? at->node->valuestring : value->json);
    return WEIR_OK;
}

/* What a product of counts comes to, if that is not too much. */
static int multiply(const struct weir_json *at, int *count, int by)
{
    if ((long)*count * by > WEIR_STUDY_RUNS)
        return weir_json_error(at, "gives more than %d configurations; take fewer values, or \"sample\" them",
                               WEIR_STUDY_RUNS);
    *count *= by;
    return WEIR_OK;
}

static int read_choices(const struct weir_json *at, struct weir_study *study)
{
    struct weir_study_column *column;
    struct weir_json list = *at;
    int code = add_column(study, at, WEIR_COLUMN_GRID, &column);
    if (!code && weir_json_is_object(at)) {
        code = weir_param_read(weir_choices_keys, at, NULL);
        if (!code)
            code = weir_json_need(at, "values", &list);
        if (!code)
            code = weir_study_opt_name(at, study, column);
    }
    if (code)
        return code;
    int count = weir_json_size(&list);
    if (!weir_json_is_array(&list) || count < 1 || count > VALUES_AT_MOST)
        return weir_json_error(&list, "must be a list of at least one value, such as [\"5ms\", \"20ms\"]");
    column->values = weir_alloc((size_t)count, sizeof *column->values);
    column->value_count = count;
    const cJSON *node = list.node->child;
    for (int i = 0; i < count && !code; i++, node = node->next) {
        struct weir_json child = {at->doc, node, &list, NULL, i};
        code = read_value(&child, column->is_xpath, &column->values[i]);
        for (int j = 0; j < i && i < 1000 && !code; j++)
            if (strcmp(column->values[j].json, column->values[i].json) == 0)
                code = weir_json_error(&child, "%s is there twice; keep one", column->values[i].json);
    }
    return code ? code : multiply(&list, &study->grid_count, count);
}

static int read_grid(const struct weir_json *at, struct weir_study *study)
{
    int count = weir_json_size(at), seen = 0, code = WEIR_OK;
    if (!weir_json_is_object(at))
        return weir_json_error(at, "must be an object of paths and lists of values, such as {\"duration\": [\"60s\"]}");
    for (int i = 0; i < count && !code; i++) {
        struct weir_json child = weir_json_at(at, i);
        if (is_remark(child.key))
            continue;
        seen++;
        code = read_choices(&child, study);
    }
    if (!code && !seen)
        code = weir_json_error(at, "is empty; name what is varied and its values, as in {\"duration\": [\"60s\"]}");
    return code;
}

static int read_entry(const struct weir_json *at, int index, struct weir_study *study)
{
    int code = WEIR_OK;
    if (!weir_json_is_object(at) || weir_json_size(at) == 0)
        return weir_json_error(at, "must be an object of paths and values, such as {\"duration\": \"60s\"}");
    for (int i = 0; i < weir_json_size(at) && !code; i++) {
        struct weir_json child = weir_json_at(at, i);
        struct weir_study_column *column;
        if (is_remark(child.key))
            continue;
        code = add_column(study, &child, WEIR_COLUMN_LIST, &column);
        if (!code && !column->values) {
            column->values = weir_alloc((size_t)study->list_count, sizeof *column->values);
            column->value_count = study->list_count;
        }
        if (!code)
            code = read_value(&child, column->is_xpath, &column->values[index]);
    }
    return code;
}

static int read_list(const struct weir_json *at, struct weir_study *study)
{
    int count = weir_json_size(at), code = WEIR_OK;
    if (!weir_json_is_array(at) || count < 1 || count > VALUES_AT_MOST)
        return weir_json_error(at, "must be a list of at least one object, such as [{\"duration\": \"60s\"}]");
    study->list_count = count;
    const cJSON *node = at->node->child;
    for (int i = 0; i < count && !code; i++, node = node->next) {
        struct weir_json child = {at->doc, node, at, NULL, i};
        code = read_entry(&child, i, study);
    }
    return code;
}

/* One end of a range: a number, or a string that is a number and a unit. */
static int read_end(const struct weir_json *at, double *value, const char **unit)
{
    *unit = "";
    if (weir_json_is_number(at))
        return weir_json_number(at, -DBL_MAX, DBL_MAX, value);
    if (weir_json_is_string(at) && (*unit = weir_number_scan(at->node->valuestring, value)) && isfinite(*value))
        return WEIR_OK;
    return weir_json_error(at, "must be a number, or a number with a unit such as \"5ms\"");
}

/* The strata of a latin hypercube: each once, in an order of the column's own. */
static uint32_t *shuffle(const struct weir_study *study, const char *path)
{
    char *name = weir_format("strata/%s", path);
    struct weir_stream stream = weir_stream_open(study->sample_seed, name);
    uint32_t *strata = weir_alloc((size_t)study->sample_count, sizeof *strata);
    for (uint32_t i = 0; i < (uint32_t)study->sample_count; i++) {
        uint32_t j = (uint32_t)weir_stream_below(&stream, i + 1);
        strata[i] = strata[j];
        strata[j] = i;
    }
    free(name);
    return strata;
}

static int check_range(const struct weir_json *at, const struct weir_study_column *column, const char *unit)
{
    if (strcmp(column->unit, unit) != 0)
        return weir_json_error(at, "the units of both ends differ (\"%s\" and \"%s\"); write both in one", column->unit,
                               unit);
    if (column->min >= column->max)
        return weir_json_error(at, "the lower end (%g) must be below the upper one (%g)", column->min, column->max);
    if (!isfinite(column->max - column->min))
        return weir_json_error(at, "the range from %g to %g is too wide; narrow it", column->min, column->max);
    if (column->is_log && column->min <= 0)
        return weir_json_error(at, "a logarithmic range must begin above 0");
    if (column->is_log && column->is_integer)
        return weir_json_error(at, "a range of whole numbers cannot be logarithmic; leave out one of the two");
    if (column->is_integer && (column->min != floor(column->min) || column->max != floor(column->max)))
        return weir_json_error(at, "a range of whole numbers must have whole ends");
    if (column->is_integer && fmax(fabs(column->min), fabs(column->max)) > 0x1p53)
        return weir_json_error(at, "whole numbers beyond 2^53 cannot be held exactly; narrow the range");
    return WEIR_OK;
}

static int read_range(const struct weir_json *at, bool is_latin, struct weir_study *study)
{
    struct weir_study_column *column;
    struct weir_json low, high;
    const char *unit = "", *other = "";
    int code = add_column(study, at, WEIR_COLUMN_SAMPLE, &column);
    if (!code && weir_json_is_array(at) && weir_json_size(at) == 2) {
        low = weir_json_at(at, 0);
        high = weir_json_at(at, 1);
    } else if (!code && !weir_json_is_object(at)) {
        code =
            weir_json_error(at, "must be a range such as [\"5ms\", \"80ms\"], or an object with \"min\" and \"max\"");
    } else if (!code) {
        code = weir_param_read(weir_range_keys, at, column);
        if (!code)
            code = weir_json_need(at, "min", &low);
        if (!code)
            code = weir_json_need(at, "max", &high);
        if (!code)
            code = weir_study_opt_name(at, study, column);
    }
    if (!code)
        code = read_end(&low, &column->min, &unit);
    if (!code)
        code = read_end(&high, &column->max, &other);
    if (code)
        return code;
    column->unit = weir_copy(unit);
    if (is_latin)
        column->strata = shuffle(study, column->path);
    return check_range(at, column, other);
}

static int read_sample(const struct weir_json *at, struct weir_study *study)
{
    struct weir_sample_read read = {0};
    struct weir_json child;
    int seen = 0, code = weir_param_read(weir_sample_keys, at, &read);
    if (!code)
        code = weir_json_need(at, "ranges", &child);
    if (!code && !weir_json_is_object(&child))
        code = weir_json_error(&child, "must be an object of paths and ranges, such as {\"duration\": [\"1min\", "
                                       "\"9min\"]}");
    study->sample_count = (int)read.runs;
    study->sample_seed = (unsigned long long)read.seed;
    for (int i = 0; !code && i < weir_json_size(&child); i++) {
        struct weir_json range = weir_json_at(&child, i);
        if (is_remark(range.key))
            continue;
        seen++;
        code = read_range(&range, !read.independent, study);
    }
    if (!code && !seen)
        code = weir_json_error(&child, "is empty; name what is sampled, as in {\"duration\": [\"1min\", \"9min\"]}");
    return code;
}

static int read_base(const struct weir_json *root, struct weir_study *study)
{
    struct weir_json child;
    const char *file = NULL, *name = NULL;
    int code = weir_json_need(root, "scenario", &child);
    if (!code)
        code = weir_json_string(&child, &file);
    if (!code && !*file)
        code = weir_json_error(&child, "must name a scenario file");
    if (!code)
        code = weir_json_opt_name(root, "name", &name);
    if (code)
        return code;
    const char *slash = strrchr(study->path, '/'), *base = slash ? slash + 1 : study->path, *dot = strrchr(base, '.');
    study->name =
        name ? weir_copy(name) : weir_format("%.*s", dot > base ? (int)(dot - base) : (int)strlen(base), base);
    const char *fault = weir_name_fault(study->name);
    if (fault)
        return weir_json_error(root, "the file's name, by which the study goes, %s; give it a \"name\"", fault);
    if ((code = weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, study->path, file, &study->scenario)) != WEIR_OK)
        return weir_error_context("%s: scenario", study->path);
    const char *const keys[] = {"policies", "seeds"};
    char **const sets[] = {&study->policies, &study->seeds};
    for (int i = 0; i < 2; i++) {
        if (!weir_json_get(root, keys[i], &child))
            continue;
        char *value = weir_json_print(&child);
        *sets[i] = weir_format("%s=%s", keys[i], value);
        free(value);
    }
    return WEIR_OK;
}

static int read_root(const struct weir_json *root, struct weir_study *study)
{
    struct weir_study_read read = {0};
    struct weir_json child;
    int total = 1, code = weir_param_read(weir_study_keys, root, &read);
    study->keep_files = !read.results_alone;
    if (!code)
        code = read_base(root, study);
    if (!code && weir_json_get(root, "list", &child))
        code = read_list(&child, study);
    if (!code && weir_json_get(root, "grid", &child))
        code = read_grid(&child, study);
    if (!code && weir_json_get(root, "sample", &child))
        code = read_sample(&child, study);
    if (!code && study->column_count == 0)
        code = weir_json_error(root, "varies nothing; give \"grid\", \"list\" or \"sample\"");
    if (!code && study->column_count > COLUMNS_AT_MOST)
        code = weir_json_error(
            root,
            "varies %d places, and tables have room for %d; vary several together, as attributes that one "
            "XPath selects or as an object",
            study->column_count, COLUMNS_AT_MOST);
    if (!code && weir_json_get(root, "as", &child))
        code = weir_study_read_names(&child, study);
    const int counts[] = {study->list_count, study->grid_count, study->sample_count};
    for (int i = 0; i < 3 && !code; i++)
        code = multiply(root, &total, counts[i]);
    return code;
}

int weir_study_read(const char *path, struct weir_study **study)
{
    struct weir_json_doc *doc = NULL;
    *study = NULL;
    int code = weir_json_load(path, &doc);
    if (code)
        return code;
    struct weir_study *made = weir_alloc(1, sizeof *made);
    struct weir_json root = weir_json_root(doc);
    made->path = weir_copy(path);
    made->list_count = made->grid_count = made->sample_count = 1;
    code = read_root(&root, made);
    char *text = weir_json_print(&root);
    made->hash = weir_hash_string(WEIR_HASH_START, text);
    free(text);
    weir_json_free(doc);
    if (code) {
        weir_study_free(made);
        return code;
    }
    *study = made;
    return WEIR_OK;
}
