#include "sim/generate/generate.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"

int weir_generator_find(const char *name, const struct weir_generator **kind)
{
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    *kind = NULL;
    for (const struct weir_generator *const *g = weir_generators; *g; g++) {
        if (strcmp((*g)->name, name) == 0)
            *kind = *g;
        names = weir_grow(names, count + 1, &capacity, sizeof *names);
        names[count++] = (*g)->name;
    }
    const char *near = weir_nearest(name, names, count);
    free(names);
    if (*kind)
        return WEIR_OK;
    if (near)
        return weir_error(WEIR_EUSAGE, "generate: \"%s\" is no kind; did you mean \"%s\"?", name, near);
    return weir_error(WEIR_EUSAGE, "generate: \"%s\" is no kind; `weir generate` lists them", name);
}

static const struct weir_param *find_param(const struct weir_generator *kind, const char *name)
{
    for (const struct weir_param *row = kind->params; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static int out_of_range(const struct weir_param *row, const char *text)
{
    char described[200], quoted[WEIR_QUOTE_SIZE];
    return weir_error(WEIR_EUSAGE, "%s is out of range; default and range: %s", weir_quote(text, quoted),
                      weir_param_describe(row, described, sizeof described));
}

static int set_choice(const struct weir_param *row, const char *text, int *value)
{
    char described[200], quoted[WEIR_QUOTE_SIZE];
    for (*value = 0; row->choices[*value]; ++*value)
        if (strcmp(row->choices[*value], text) == 0)
            return WEIR_OK;
    const char *near = weir_nearest(text, row->choices, (size_t)*value);
    weir_quote(text, quoted);
    if (near)
        return weir_error(WEIR_EUSAGE, "%s is not known; did you mean \"%s\"?", quoted, near);
    return weir_error(WEIR_EUSAGE, "%s is not known; default and choices: %s", quoted,
                      weir_param_describe(row, described, sizeof described));
}

/* Sets the field of a row from a text of the command line. */
static int set_option(const struct weir_param *row, const char *text, void *base)
{
    void *field = (char *)base + row->offset;
    char *end;
    char quoted[WEIR_QUOTE_SIZE];
    int code;
    switch (row->type) {
    case WEIR_PARAM_DOUBLE:
        code = weir_quantity_parse(row->unit, text, field);
        return code                                                         ? code
               : *(double *)field < row->min || *(double *)field > row->max ? out_of_range(row, text)
                                                                            : WEIR_OK;
    case WEIR_PARAM_INT: {
        long number = strtol(text, &end, 10);
        if (!*text || *end)
            return weir_error(WEIR_EUSAGE, "%s is no integer", weir_quote(text, quoted));
        if ((double)number < row->min || (double)number > row->max || number != (int)number)
            return out_of_range(row, text);
        *(int *)field = (int)number;
        return WEIR_OK;
    }
    case WEIR_PARAM_BOOL:
        *(bool *)field = true;
        return *text ? weir_error(WEIR_EUSAGE, "takes no value") : WEIR_OK;
    case WEIR_PARAM_CHOICE:
        return set_choice(row, text, field);
    case WEIR_PARAM_STRING:
        *(const char **)field = text;
        return WEIR_OK;
    case WEIR_PARAM_SLOT: /* generators have none of these */
    case WEIR_PARAM_LONG:
    case WEIR_PARAM_EITHER:
    case WEIR_PARAM_NAME:
    case WEIR_PARAM_VALUE:
        break;
    }
    return WEIR_OK;
}

static int bind(const struct weir_generator *kind, const struct weir_generator_option *options, int count, void *base)
{
    for (int i = 0; i < count; i++) {
        const struct weir_param *row = find_param(kind, options[i].name);
        if (!row)
            return weir_error(WEIR_EUSAGE, "--%s is no option", options[i].name);
        if (set_option(row, options[i].value, base) != WEIR_OK) {
            char *reason = weir_copy(weir_error_message());
            weir_error(WEIR_EUSAGE, "--%s: %s", row->name, reason);
            free(reason);
            return WEIR_EUSAGE;
        }
    }
    return WEIR_OK;
}

int weir_generate(const struct weir_generator *kind, const struct weir_generator_option *options, int count,
                  unsigned long long seed, char **text, size_t *length)
{
    *text = NULL;
    *length = 0;
    FILE *out = NULL;
    void *base = weir_alloc(1, kind->size);
    weir_param_defaults(kind->params, base);
    int code = bind(kind, options, count, base);
    if (code)
        goto out;
    out = open_memstream(text, length);
    if (!out) {
        code = weir_error(WEIR_EINPUT, "no memory for the file");
        goto out;
    }
    code = kind->run(base, seed, out);
    if (fclose(out) != 0 && !code)
        code = weir_error(WEIR_EINPUT, "no memory for the file");
out:
    if (code) {
        weir_error_context("generate %s", kind->name);
        free(*text);
        *text = NULL;
        *length = 0;
    }
    free(base);
    return code;
}

#define BEGIN "==> "
#define END   " <==\n"

void weir_generate_begin(FILE *out, const char *name)
{
    fprintf(out, BEGIN "%s" END, name);
}

bool weir_generate_next(const char **rest, char **name, char **content)
{
    const char *at = *rest, *end = strncmp(at, BEGIN, strlen(BEGIN)) == 0 ? strstr(at, END) : NULL;
    *name = *content = NULL;
    if (!end)
        return false;
    *name = weir_format("%.*s", (int)(end - at - (long)strlen(BEGIN)), at + strlen(BEGIN));
    end += strlen(END);
    const char *next = strstr(end, "\n" BEGIN);
    *rest = next ? next + 1 : end + strlen(end);
    *content = weir_format("%.*s", (int)(*rest - end), end);
    return true;
}

int weir_generate_needs(const char *option, const char *value)
{
    return value && *value ? WEIR_OK : weir_error(WEIR_EUSAGE, "--%s must be given", option);
}

int weir_generate_numbers(const char *option, const char *text, double min, double max, double *values, int most,
                          int *count)
{
    char quoted[WEIR_QUOTE_SIZE];
    *count = 0;
    for (const char *at = text;; at++) {
        double value;
        const char *end = weir_number_scan(at, &value);
        if (!end || (*end && *end != ',') || value < min || value > max)
            return weir_error(WEIR_EUSAGE, "--%s: %s is no list of numbers from %g to %g, such as \"0.3,0.7\"", option,
                              weir_quote(text, quoted), min, max);
        if (*count == most)
            return weir_error(WEIR_EUSAGE, "--%s: more than %d numbers", option, most);
        values[(*count)++] = value;
        at = end;
        if (!*at)
            return WEIR_OK;
    }
}
