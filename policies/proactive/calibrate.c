/* Calibrations: what so many instances of an operator were seen to sustain, of one operator or of all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policies/proactive/proactive.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* "1:100,2:190" */
static int read_curve(const char *text, struct throughput *model)
{
    struct throughput_sample samples[PROACTIVE_WORKERS];
    size_t count = 0;
    for (const char *at = text; *at && count < PROACTIVE_WORKERS; count++) {
        char *end;
        errno = 0;
        long workers = strtol(at, &end, 10);
        if (end == at || *end != ':' || workers < 1 || workers > 1000000)
            break;
        at = end + 1;
        samples[count] = (struct throughput_sample){(int)workers, strtod(at, &end)};
        if (end == at || (*end && *end != ','))
            break;
        if (!*end)
            return throughput_fit(model, samples, count + 1, THROUGHPUT_OF_RATE);
        at = end + 1;
    }
    return weir_error(WEIR_EINPUT,
                      "(%s) must be instances and items per second, such as \"1:100,2:190,4:350\", or an object with "
                      "that for operators",
                      text);
}

static int add(struct proactive *self, const char *whose, const struct weir_json *at)
{
    const char *text;
    struct proactive_calibration made = {.whose = whose};
    int code = weir_json_string(at, &text);
    if (code == WEIR_OK)
        code = read_curve(text, &made.model);
    if (code != WEIR_OK)
        return whose ? weir_error_context("\"calibration\" of \"%s\"", whose) : weir_error_context("\"calibration\"");
    self->calibrated =
        weir_grow(self->calibrated, self->calibrated_count + 1, &self->calibrated_capacity, sizeof *self->calibrated);
    self->calibrated[self->calibrated_count++] = made;
    return WEIR_OK;
}

int proactive_read_calibration(struct proactive *self)
{
    const struct weir_json *at = &self->calibration;
    struct weir_json child;
    if (!at->node)
        return WEIR_OK;
    if (weir_json_is_string(at))
        return add(self, NULL, at);
    int code = WEIR_OK;
    bool more = weir_json_first(at, &child);
    for (; more && code == WEIR_OK; more = weir_json_next(&child))
        code = add(self, child.key, &child);
    if (code == WEIR_OK && self->calibrated_count == 0)
        code = weir_json_error(at, "it names no operator");
    return code;
}

/* How well a calibration fits an operator: 2 by "job/operator", 1 by "operator" or for all, 0 not. */
static int fits(const struct proactive_calibration *one, const char *job, const char *op)
{
    if (!one->whose || strcmp(one->whose, op) == 0)
        return 1;
    const char *slash = strchr(one->whose, '/');
    bool of_job = slash && strlen(job) == (size_t)(slash - one->whose) &&
                  strncmp(one->whose, job, (size_t)(slash - one->whose)) == 0;
    return of_job && strcmp(slash + 1, op) == 0 ? 2 : 0;
}

const struct throughput *proactive_calibrated(const struct proactive *self, const struct weir_job_view *seen, int op)
{
    const struct throughput *found = NULL;
    int best = 0;
    for (size_t c = 0; c < self->calibrated_count; c++) {
        int fit = fits(&self->calibrated[c], seen->name, seen->operators[op].name);
        if (fit > best) {
            best = fit;
            found = &self->calibrated[c].model;
        }
    }
    return found;
}

void proactive_check_calibration(struct proactive *self, const struct weir_view *view, struct weir_plan *plan)
{
    for (size_t c = 0; c < self->calibrated_count && !self->checked; c++) {
        bool found = false;
        for (int j = 0; j < view->job_count; j++)
            for (int o = 0; o < view->jobs[j].operator_count; o++)
                found |= fits(&self->calibrated[c], view->jobs[j].name, view->jobs[j].operators[o].name) > 0;
        if (!found)
            weir_plan_warn(plan, -1, "\"calibration\": there is no operator \"%s\"; write operator or job/operator",
                           self->calibrated[c].whose);
    }
    self->checked = true;
}
