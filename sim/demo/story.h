/* The story of a demo as lines of text: a few for each window, what was decided and done, and a summary. */
#ifndef WEIR_DEMO_STORY_H
#define WEIR_DEMO_STORY_H

#include "sim/demo/session.h"

/* What is shown, and in what. */
void weir_demo_story_begin(const struct weir_demo_session *session);
/* A window of the job looked at; the session has seen the frame. */
void weir_demo_story_window(const struct weir_demo_session *session, const struct weir_demo_frame *frame);
void weir_demo_story_wish(const struct weir_demo_session *session, const struct weir_demo_wish *wish, double time_s);
/* The policy whose window or end follows, where two are looked at. */
void weir_demo_story_side(const struct weir_demo_session *session);
/* A line of its own, which begins with a mark; `text` is finished. */
void weir_demo_story_say(const char *mark, struct weir_text *text);
/* The figures of the run, and of each change of plan the moment, the price and the gain. */
void weir_demo_story_end(const struct weir_demo_session *session, const struct weir_demo_end *end);

/* One line each, without its end, for text and terminal alike. */
/* "reactive: trips/model grows from 1 to 2 instances: 2 on cloud (busy 0.99 above 0.80)" */
void weir_demo_event_say(const struct weir_demo_event *event, struct weir_text *text);
/* "at 60 s ds2 ... model; 2.1 s, of which 1.5 s stood still, 20 MB of state moved; latency 3.2 s before, ..." */
void weir_demo_change_say(const struct weir_demo_session *session, int change, struct weir_text *text);

/* Whether an event is a note, which changes nothing. */
bool weir_demo_is_note(const struct weir_demo_event *event);

/* "35 ms", "-" for NAN; returns buffer. */
#define WEIR_DEMO_SHORT 24
const char *weir_demo_time(double time_s, char buffer[WEIR_DEMO_SHORT]);

#endif
