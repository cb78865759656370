/* The lists of result.json. */
#ifndef WEIR_EXPERIMENT_RECORD_TOTALS_H
#define WEIR_EXPERIMENT_RECORD_TOTALS_H

#include <cjson/cJSON.h>

#include "sim/engine/run.h"

/* cJSON's numbers are doubles and it writes NaN and infinity as null; integers above 2^53 need their own text. */
void weir_record_integer(cJSON *object, const char *key, unsigned long long value);
/* In 16 hexadecimal digits. */
void weir_record_hash(cJSON *object, const char *key, unsigned long long value);

/* Jobs, operators, ways, kinds, sources and links. */
void weir_record_totals(cJSON *root, const struct weir_result *result);

#endif
