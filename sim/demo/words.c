/* What is decided and done, in words: for text and terminal alike. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/quantity.h"
#include "sim/demo/story.h"

const char *weir_demo_time(double time_s, char buffer[WEIR_DEMO_SHORT])
{
    if (isnan(time_s))
        snprintf(buffer, WEIR_DEMO_SHORT, "-");
    else
        weir_quantity_show(WEIR_UNIT_TIME, time_s, buffer, WEIR_DEMO_SHORT);
    return buffer;
}

/* "1 on edge", and nothing else: the host. */
static const char *only_host(const char *where)
{
    return strncmp(where, "1 on ", 5) == 0 && !strchr(where, ',') ? where + 5 : NULL;
}

/* " moves from edge to cloud" for "1 -> 1 instances: 1 on cloud" */
static void say_change(const char *what, const char *from, struct weir_text *text)
{
    int before, after, length = 0;
    if (sscanf(what, "%d -> %d instances%n", &before, &after, &length) < 2 || !length) {
        weir_text_addf(text, ": %s", what);
        return;
    }
    const char *where = what + length + (what[length] == ':' ? 2 : 0);
    const char *old = only_host(from), *now = only_host(where);
    if (!after)
        weir_text_add(text, " stops");
    else if (!before)
        weir_text_addf(text, " starts: %s", where);
    else if (before < after)
        weir_text_addf(text, " grows from %d to %d instances: %s", before, after, where);
    else if (before > after)
        weir_text_addf(text, " shrinks from %d to %d instance%s: %s", before, after, after == 1 ? "" : "s", where);
    else if (strcmp(from, where) == 0 || !*from)
        weir_text_addf(text, ": %s", where);
    else if (old && now)
        weir_text_addf(text, " moves from %s to %s", old, now);
    else
        weir_text_addf(text, " moves from %s to %s", from, where);
}

bool weir_demo_is_note(const struct weir_demo_event *event)
{
    return event->kind == WEIR_DEMO_DECIDED && strcmp(event->what, "note") == 0;
}

void weir_demo_event_say(const struct weir_demo_event *event, struct weir_text *text)
{
    char time[WEIR_DEMO_SHORT], bytes[WEIR_DEMO_SHORT];
    switch (event->kind) {
    case WEIR_DEMO_DECIDED:
        weir_text_addf(text, "%s: ", event->policy);
        if (*event->op)
            weir_text_addf(text, "%s/%s", event->job, event->op);
        else if (*event->job)
            weir_text_add(text, event->job);
        if (*event->op)
            say_change(event->what, event->from, text);
        else
            weir_text_addf(text, "%s%s", *event->job ? ": " : "", event->what);
        if (*event->why)
            weir_text_addf(text, " (%s)", event->why);
        if (*event->refusal)
            weir_text_addf(text, ", refused: %s", event->refusal);
        break;
    case WEIR_DEMO_CHANGED:
        weir_text_addf(text, "%s of %s/%s is through after %s", event->moves ? "migration" : "rescaling", event->job,
                       event->op, weir_demo_time(event->time_s - event->since_s, time));
        if (event->paused_s > 0)
            weir_text_addf(text, ", stood still for %s", weir_demo_time(event->paused_s, time));
        if (event->bytes > 0)
            weir_text_addf(text, ", %s of state moved",
                           weir_quantity_show(WEIR_UNIT_BYTES, event->bytes, bytes, sizeof bytes));
        break;
    case WEIR_DEMO_HOST:
        weir_text_add(text, event->what);
        break;
    }
}

void weir_demo_change_say(const struct weir_demo_session *session, int change, struct weir_text *text)
{
    const struct weir_demo_change *one = &session->changes[change];
    const struct weir_demo_event *event = &one->event;
    struct weir_demo_gain gain = weir_demo_gain(session, change);
    char a[WEIR_DEMO_SHORT], b[WEIR_DEMO_SHORT], c[WEIR_DEMO_SHORT];
    weir_text_addf(text, "at %g s %s/%s", one->decided_s, event->job, event->op);
    if (*event->what) {
        say_change(event->what, event->from, text);
        weir_text_addf(text, ", by %s", event->policy);
    }
    weir_text_addf(text, "; price: %s to carry out, %s standing still, %s of state moved",
                   weir_demo_time(event->time_s - event->since_s, a), weir_demo_time(event->paused_s, b),
                   weir_quantity_show(WEIR_UNIT_BYTES, event->bytes, c, sizeof c));
    weir_text_addf(text, "; latency: %s before, %s at worst, %s in the end", weir_demo_time(gain.before_s, a),
                   weir_demo_time(gain.worst_s, b), weir_demo_time(gain.after_s, c));
}
