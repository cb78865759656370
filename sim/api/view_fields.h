/* The members of the view's structs as a table, in their order: what is sent over a pipe, docs/view.md, and the tests
 * of what policies see are made from it. Not public. */
#ifndef WEIR_API_VIEW_FIELDS_H
#define WEIR_API_VIEW_FIELDS_H

#include <stddef.h>

#include "sim/api/view.h"

/* The structs. */
enum weir_view_record {
    WEIR_OF_VIEW,
    WEIR_OF_HOST,
    WEIR_OF_LINK,
    WEIR_OF_JOB,
    WEIR_OF_ORIGIN,
    WEIR_OF_SOURCE,
    WEIR_OF_OPERATOR,
    WEIR_OF_INSTANCE,
    WEIR_VIEW_RECORDS
};
extern const char *const weir_view_record_names[WEIR_VIEW_RECORDS]; /* "view", "host", ... */
extern const size_t weir_view_record_sizes[WEIR_VIEW_RECORDS];

enum weir_field_kind {
    WEIR_FIELD_NUMBER,
    WEIR_FIELD_WHOLE, /* int */
    WEIR_FIELD_LONG,
    WEIR_FIELD_TRUTH,
    WEIR_FIELD_STRING,
    WEIR_FIELD_TIER,
    WEIR_FIELD_CLASS,
    WEIR_FIELD_HOST, /* an index; below 0: none */
    /* Arrays, with their count at another member. */
    WEIR_FIELD_NUMBERS,
    WEIR_FIELD_LIMITS, /* the same; infinite: no limit; NULL: all of them are */
    WEIR_FIELD_HOSTS,
    WEIR_FIELD_UPSTREAM,   /* indexes of operators; below 0: the source */
    WEIR_FIELD_DOWNSTREAM, /* the sink */
    WEIR_FIELD_RECORDS,
    /* What is no data. */
    WEIR_FIELD_COUNT,
    WEIR_FIELD_FUNCTION,
    WEIR_FIELD_ENGINE
};

/* How it goes over a pipe. */
enum weir_field_way {
    WEIR_SENT,        /* under its name */
    WEIR_SENT_ALWAYS, /* of a job: also when it has gone */
    WEIR_SENT_ONCE,   /* in "routes", with the first event */
    WEIR_SENT_NOT     /* it can be known otherwise */
};

struct weir_view_field {
    enum weir_view_record of;
    const char *name; /* NULL ends the table */
    enum weir_field_kind kind;
    size_t offset, size;
    size_t count_offset;            /* of arrays: where their count stands, an int */
    enum weir_view_record elements; /* of WEIR_FIELD_RECORDS */
    enum weir_field_way way;
    const char *help; /* with the unit */
};
extern const struct weir_view_field weir_view_fields[];

/* Names of the values of WEIR_FIELD_TIER and WEIR_FIELD_CLASS. */
extern const char *const weir_view_tier_names[];
extern const char *const weir_view_class_names[];

/* "number", "truth", "records"; "sent", "once", "no". */
const char *weir_field_kind_name(const struct weir_view_field *field);
const char *weir_field_way_name(enum weir_field_way way);

static inline const void *weir_field_at(const struct weir_view_field *field, const void *record)
{
    return (const char *)record + field->offset;
}

/* How many elements an array has in a record. */
static inline int weir_field_count(const struct weir_view_field *field, const void *record)
{
    return *(const int *)(const void *)((const char *)record + field->count_offset);
}

#endif
