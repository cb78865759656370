/* Which fields of the view a program wants. */
#include <stdlib.h>
#include <string.h>

#include "policies/pipe/message.h"
#include "sim/api/view_fields.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Sent whatever is wanted: without it nothing else could be understood, or decided. */
static bool is_always_sent(const struct weir_view_field *field)
{
    static const char *const names[] = {"view.time_s",   "view.window_s", "view.jobs",     "job.name",
                                        "job.running",   "job.operators", "operator.name", "operator.changing",
                                        "instance.host", "host.name"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *record = weir_view_record_names[field->of];
        size_t length = strlen(record);
        if (strncmp(names[i], record, length) == 0 && names[i][length] == '.' &&
            strcmp(names[i] + length + 1, field->name) == 0)
            return true;
    }
    return false;
}

static size_t count_rows(void)
{
    size_t count = 0;
    while (weir_view_fields[count].name)
        count++;
    return count;
}

static int unknown(const char *name, size_t rows)
{
    char quote[WEIR_QUOTE_SIZE], **names = weir_alloc(rows, sizeof *names);
    size_t count = 0;
    for (size_t r = 0; r < rows; r++)
        if (weir_view_fields[r].way <= WEIR_SENT_ALWAYS)
            names[count++] =
                weir_format("%s.%s", weir_view_record_names[weir_view_fields[r].of], weir_view_fields[r].name);
    const char *near = weir_nearest(name, (const char *const *)names, count);
    if (near)
        weir_error(WEIR_EINPUT, "\"fields\": there is no %s that is sent; did you mean \"%s\"?",
                   weir_quote(name, quote), near);
    else
        weir_error(WEIR_EINPUT, "\"fields\": there is no %s that is sent; `weir list view` has the fields",
                   weir_quote(name, quote));
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return WEIR_EINPUT;
}

/* Those that come with a field: the hosts with one of theirs, and what small records are made of. */
static void add_companions(const struct weir_view_field *named, size_t rows, bool *wanted)
{
    bool whole =
        named->kind == WEIR_FIELD_RECORDS &&
        (named->elements == WEIR_OF_ORIGIN || named->elements == WEIR_OF_SOURCE || named->elements == WEIR_OF_INSTANCE);
    for (size_t r = 0; r < rows; r++) {
        const struct weir_view_field *field = &weir_view_fields[r];
        bool hosts = field->kind == WEIR_FIELD_RECORDS && field->elements == WEIR_OF_HOST;
        if ((hosts && named->of == WEIR_OF_HOST) || (whole && field->of == named->elements))
            wanted[r] = true;
    }
}

static int add_named(const char *name, size_t rows, bool *wanted)
{
    for (size_t r = 0; r < rows; r++) {
        const struct weir_view_field *field = &weir_view_fields[r];
        const char *record = weir_view_record_names[field->of];
        size_t length = strlen(record);
        if (field->way > WEIR_SENT_ALWAYS || strncmp(name, record, length) != 0 || name[length] != '.' ||
            strcmp(name + length + 1, field->name) != 0)
            continue;
        wanted[r] = true;
        add_companions(field, rows, wanted);
        return WEIR_OK;
    }
    return unknown(name, rows);
}

int weir_pipe_read_fields(const char *names, bool **wanted)
{
    size_t rows = count_rows();
    int code = WEIR_OK;
    *wanted = NULL;
    if (!*names)
        return WEIR_OK;
    bool *made = weir_alloc(rows, sizeof *made);
    for (size_t r = 0; r < rows; r++)
        made[r] = is_always_sent(&weir_view_fields[r]);
    for (const char *at = names; *at && !code;) {
        size_t length = strcspn(at, ",");
        char *name = weir_format("%.*s", (int)length, at);
        code = add_named(name, rows, made);
        free(name);
        at += length + (at[length] == ',');
    }
    if (code)
        free(made);
    else
        *wanted = made;
    return code;
}
