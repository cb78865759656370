#include "sim/engine/flow/waiting.h"

void weir_wait_in(struct weir_waiters *line, struct weir_waiter *waiter, int need)
{
    waiter->need = need;
    if (waiter->in == line)
        return;
    weir_wait_over(waiter);
    waiter->in = line;
    waiter->next = NULL;
    waiter->before = line->last;
    if (line->last)
        line->last->next = waiter;
    else
        line->first = waiter;
    line->last = waiter;
}

void weir_wait_over(struct weir_waiter *waiter)
{
    struct weir_waiters *line = waiter->in;
    if (!line)
        return;
    if (waiter->before)
        waiter->before->next = waiter->next;
    else
        line->first = waiter->next;
    if (waiter->next)
        waiter->next->before = waiter->before;
    else
        line->last = waiter->before;
    waiter->in = NULL;
}

void weir_wait_instead(struct weir_waiter *waiter, struct weir_waiter *of)
{
    struct weir_waiters *line = waiter->in = of->in;
    waiter->need = of->need;
    waiter->next = of->next;
    waiter->before = of->before;
    *(of->before ? &of->before->next : &line->first) = waiter;
    *(of->next ? &of->next->before : &line->last) = waiter;
    of->in = NULL;
}

void weir_waiters_wake_first(struct weir_clock *clock, const struct weir_waiters *line)
{
    if (line->first)
        weir_soon(clock, &line->first->wake);
}

void weir_waiters_wake_all(struct weir_clock *clock, const struct weir_waiters *line)
{
    for (struct weir_waiter *w = line->first; w; w = w->next)
        weir_soon(clock, &w->wake);
}

int weir_waiters_count(const struct weir_waiters *line)
{
    int count = 0;
    for (const struct weir_waiter *w = line->first; w; w = w->next)
        count++;
    return count;
}
