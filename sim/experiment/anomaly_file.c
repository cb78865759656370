#include "sim/experiment/anomaly_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"

static void write_row(FILE *file, const struct weir_scenario *scenario, const struct weir_anomaly *anomaly)
{
    const struct weir_anomaly_rule *rule = anomaly->rule;
    fprintf(file, "%.9g,%.9g,", anomaly->at_s, fmin(anomaly->at_s + anomaly->for_s, scenario->duration_s));
    weir_csv_field(file, scenario->platform->hosts[anomaly->host].name);
    fputc(',', file);
    weir_csv_field(file, rule->kind);
    fprintf(file, ",%.9g,%d", rule->down ? 0 : rule->rule.left, !rule->down);
    for (int s = 0; s < WEIR_SIGNAL_COUNT; s++)
        fprintf(file, ",%d", weir_disturbance_is_one(&rule->disturbances[s]));
    fputc('\n', file);
}

int weir_anomaly_file_write(const char *folder, const struct weir_scenario *scenario, unsigned long long seed)
{
    if (!scenario->anomaly_rule_count)
        return WEIR_OK;
    char *content, *path = weir_format("%s/anomalies.csv", folder);
    size_t size;
    FILE *file = open_memstream(&content, &size);
    fputs("start,end,host,kind,speed,available", file);
    for (int s = 0; s < WEIR_SIGNAL_COUNT; s++)
        fprintf(file, ",%s", weir_signal_names[s]);
    fputc('\n', file);
    struct weir_anomaly *anomalies;
    size_t count = weir_anomalies_draw(scenario, seed, &anomalies);
    for (size_t a = 0; a < count; a++)
        write_row(file, scenario, &anomalies[a]);
    free(anomalies);
    fclose(file);
    int code = weir_file_replace(path, content);
    free(content);
    free(path);
    return code;
}
