#include "sim/generate/tasks.h"

#include "sim/base/error.h"

int weir_tasks_check(const struct weir_tasks_options *options)
{
    if (options->least_flops > options->most_flops)
        return weir_error(WEIR_EUSAGE, "--least_flops (%g) is above --most_flops (%g); exchange them",
                          options->least_flops, options->most_flops);
    if (options->least_bytes > options->most_bytes)
        return weir_error(WEIR_EUSAGE, "--least_bytes (%g) is above --most_bytes (%g); exchange them",
                          options->least_bytes, options->most_bytes);
    return WEIR_OK;
}

static double between(double least, double most, struct weir_stream *stream)
{
    return least + (most - least) * weir_stream_uniform(stream);
}

double weir_tasks_flops(const struct weir_tasks_options *options, struct weir_stream *stream)
{
    return between(options->least_flops, options->most_flops, stream);
}

double weir_tasks_bytes(const struct weir_tasks_options *options, struct weir_stream *stream)
{
    return between(options->least_bytes, options->most_bytes, stream);
}

void weir_tasks_write(FILE *out, const char *remark, const struct weir_made_task *tasks, int task_count,
                      const struct weir_made_edge *edges, int edge_count)
{
    fprintf(out, "{\n  \"# made by\": \"%s\",\n  \"tasks\": [", remark);
    for (int t = 0; t < task_count; t++) {
        fprintf(out, "%s\n    {\"name\": \"%s\", \"flops\": \"%.0ff\"", t ? "," : "", tasks[t].name, tasks[t].flops);
        if (tasks[t].input_bytes > 0)
            fprintf(out, ", \"input\": \"%.0fB\"", tasks[t].input_bytes);
        if (tasks[t].output_bytes > 0)
            fprintf(out, ", \"output\": \"%.0fB\"", tasks[t].output_bytes);
        fputs("}", out);
    }
    fputs("\n  ],\n  \"edges\": [", out);
    for (int e = 0; e < edge_count; e++)
        fprintf(out, "%s\n    [\"%s\", \"%s\", \"%.0fB\"]", e ? "," : "", tasks[edges[e].from].name,
                tasks[edges[e].to].name, edges[e].bytes);
    fprintf(out, "%s]\n}\n", edge_count ? "\n  " : "");
}
