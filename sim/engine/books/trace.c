/* What instances and sources do, transfers, changes and outages, as spans of time told to the observer. Where nobody
 * listens, there is no trace and this costs one comparison. */
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/books/books.h"

struct weir_trace {
    const struct weir_books *books;
    struct weir_span span; /* but for kind and times */
    double since_s;        /* of what it does now */
};

bool weir_trace_listens(const struct weir_books *books)
{
    return books->observer && books->observer->span;
}

static void tell(const struct weir_books *books, const struct weir_span *span)
{
    if (span->end_s > span->start_s)
        books->observer->span(books->observer->context, span);
}

void weir_trace_spent(const struct weir_books *books, struct weir_spent *spent, int host, const char *job,
                      const char *op, int number, double now_s)
{
    if (!weir_trace_listens(books))
        return;
    spent->trace = weir_alloc(1, sizeof *spent->trace);
    *spent->trace =
        (struct weir_trace){.books = books,
                            .span = {.host = books->platform->hosts[host].name, .job = job, .op = op, .number = number},
                            .since_s = now_s};
}

void weir_trace_set(struct weir_spent *spent, enum weir_doing doing, double now_s)
{
    struct weir_trace *trace = spent->trace;
    if (spent->doing == doing)
        return;
    if (spent->doing != WEIR_IDLE) {
        trace->span.kind = spent->doing == WEIR_BUSY ? WEIR_SPAN_BUSY : WEIR_SPAN_BLOCKED;
        trace->span.start_s = trace->since_s;
        trace->span.end_s = now_s;
        tell(trace->books, &trace->span);
    }
    trace->since_s = now_s;
}

void weir_trace_free(struct weir_spent *spent)
{
    free(spent->trace);
    spent->trace = NULL;
}

void weir_trace_transfer(const struct weir_books *books, int from, int to, const char *job, const char *op,
                         double bytes, long items, double start_s, double end_s)
{
    if (weir_trace_listens(books))
        tell(books, &(struct weir_span){.kind = WEIR_SPAN_TRANSFER,
                                        .host = books->platform->hosts[from].name,
                                        .to = books->platform->hosts[to].name,
                                        .job = job,
                                        .op = op,
                                        .bytes = bytes,
                                        .items = items,
                                        .start_s = start_s,
                                        .end_s = end_s});
}

void weir_trace_change(const struct weir_books *books, const char *job, const char *op, bool moves, double start_s,
                       double paused_s, double now_s)
{
    if (weir_trace_listens(books))
        tell(books, &(struct weir_span){.kind = moves ? WEIR_SPAN_MIGRATION : WEIR_SPAN_RESCALE,
                                        .job = job,
                                        .op = op,
                                        .start_s = start_s,
                                        .paused_s = paused_s,
                                        .end_s = now_s});
}

void weir_trace_down(const struct weir_books *books, int host, double start_s, double end_s)
{
    if (weir_trace_listens(books))
        tell(books, &(struct weir_span){.kind = WEIR_SPAN_DOWN,
                                        .host = books->platform->hosts[host].name,
                                        .start_s = start_s,
                                        .end_s = end_s});
}

void weir_trace_outages(const struct weir_books *books)
{
    double duration_s = books->scenario->duration_s;
    for (size_t o = 0; weir_trace_listens(books) && o < books->outage_count; o++) {
        const struct weir_outages *outages = &books->outages[o];
        for (unsigned d = 0; d < outages->count; d++) {
            double left = outages->shares ? outages->shares[d] : 0;
            if (outages->shares ? left >= 1 : d % 2 == 1)
                continue;
            double end_s = d + 1 < outages->count ? outages->dates_s[d + 1] : duration_s;
            if (outages->dates_s[d] < duration_s)
                tell(books, &(struct weir_span){.kind = outages->lossy    ? WEIR_SPAN_LOSSY
                                                        : outages->shares ? WEIR_SPAN_SLOW
                                                                          : WEIR_SPAN_DOWN,
                                                .host = outages->link ? outages->link
                                                                      : books->platform->hosts[outages->host].name,
                                                .is_link = outages->link != NULL,
                                                .left = left,
                                                .start_s = outages->dates_s[d],
                                                .end_s = end_s < duration_s ? end_s : duration_s});
        }
    }
}
