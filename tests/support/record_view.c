#include "tests/support/record_view.h"

#include "sim/api/view_fields.h"

static void write_host(FILE *file, const struct weir_view *view, int host)
{
    fprintf(file, "%s", host < 0 ? "none" : view->hosts[host].name);
}

static void write_list(FILE *file, const struct weir_view *view, const struct weir_view_field *field,
                       const void *record, const struct weir_job_view *job)
{
    const void *list = *(const void *const *)weir_field_at(field, record);
    int count = weir_field_count(field, record);
    if (field->kind == WEIR_FIELD_RECORDS) /* they have lines of their own */
        fprintf(file, "%d", count);
    for (int i = 0; i < count; i++) {
        fprintf(file, i && field->kind != WEIR_FIELD_RECORDS ? " " : "");
        switch (field->kind) {
        case WEIR_FIELD_NUMBERS:
        case WEIR_FIELD_LIMITS:
            fprintf(file, "%.10g", ((const double *)list)[i]);
            break;
        case WEIR_FIELD_HOSTS:
            write_host(file, view, ((const int *)list)[i]);
            break;
        case WEIR_FIELD_UPSTREAM:
        case WEIR_FIELD_DOWNSTREAM: {
            int op = ((const int *)list)[i];
            fprintf(file, "%s", op < 0 ? "end" : job->operators[op].name);
            break;
        }
        default:
            break;
        }
    }
}

static void write_value(FILE *file, const struct weir_view *view, const struct weir_view_field *field,
                        const void *record, const struct weir_job_view *job)
{
    const void *at = weir_field_at(field, record);
    switch (field->kind) {
    case WEIR_FIELD_NUMBER:
        fprintf(file, "%.17g", *(const double *)at);
        break;
    case WEIR_FIELD_WHOLE:
    case WEIR_FIELD_COUNT:
        fprintf(file, "%d", *(const int *)at);
        break;
    case WEIR_FIELD_LONG:
        fprintf(file, "%ld", *(const long *)at);
        break;
    case WEIR_FIELD_TRUTH:
        fprintf(file, *(const bool *)at ? "true" : "false");
        break;
    case WEIR_FIELD_STRING:
        fprintf(file, "%s", *(const char *const *)at);
        break;
    case WEIR_FIELD_TIER:
        fprintf(file, "%s", weir_view_tier_names[*(const enum weir_view_tier *)at]);
        break;
    case WEIR_FIELD_CLASS:
        fprintf(file, "%s", weir_view_class_names[*(const enum weir_view_class *)at]);
        break;
    case WEIR_FIELD_HOST:
        write_host(file, view, *(const int *)at);
        break;
    default:
        write_list(file, view, field, record, job);
    }
}

static void write_record(FILE *file, const struct weir_view *view, enum weir_view_record of, const char *name,
                         const void *record, const struct weir_job_view *job)
{
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++) {
        if (f->of != of || f->kind == WEIR_FIELD_FUNCTION || f->kind == WEIR_FIELD_ENGINE)
            continue;
        fprintf(file, "%ld %s.%s %s=", view->window, weir_view_record_names[of], f->name, name);
        write_value(file, view, f, record, job);
        fprintf(file, "\n");
    }
}

static void write_job(FILE *file, const struct weir_view *view, const struct weir_job_view *job)
{
    char name[100];
    write_record(file, view, WEIR_OF_JOB, job->name, job, job);
    for (int i = 0; i < job->origin_count; i++) {
        snprintf(name, sizeof name, "%s/%d", job->name, i);
        write_record(file, view, WEIR_OF_ORIGIN, name, &job->origins[i], job);
    }
    for (int s = 0; s < job->source_count; s++) {
        snprintf(name, sizeof name, "%s/%s", job->name, job->sources[s].name);
        write_record(file, view, WEIR_OF_SOURCE, name, &job->sources[s], job);
    }
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        snprintf(name, sizeof name, "%s/%s", job->name, op->name);
        write_record(file, view, WEIR_OF_OPERATOR, name, op, job);
        for (int i = 0; i < op->instance_count; i++) {
            snprintf(name, sizeof name, "%s/%s/%d", job->name, op->name, i);
            write_record(file, view, WEIR_OF_INSTANCE, name, &op->instances[i], job);
        }
    }
}

void weir_test_record_view(FILE *file, const struct weir_view *view)
{
    write_record(file, view, WEIR_OF_VIEW, "now", view, NULL);
    for (int h = 0; h < view->host_count; h++)
        write_record(file, view, WEIR_OF_HOST, view->hosts[h].name, &view->hosts[h], NULL);
    for (int l = 0; l < view->link_count; l++)
        write_record(file, view, WEIR_OF_LINK, view->links[l].name, &view->links[l], NULL);
    for (int j = 0; j < view->job_count; j++)
        write_job(file, view, &view->jobs[j]);
}
