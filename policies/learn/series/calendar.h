/* Where a time lies in the day and in the week, as numbers that a net can read. */
#ifndef WEIR_LEARN_SERIES_CALENDAR_H
#define WEIR_LEARN_SERIES_CALENDAR_H

/* Sine and cosine of 1 to 6 turns a day; and 1 at weekends, else 0: SERIES_WEEKEND. No turn of the week, which in a
 * series of some days would be a trend. */
#define SERIES_CALENDAR 13
#define SERIES_WEEKEND  12

/* features[SERIES_CALENDAR] of a time; 0 s is midnight at the start of a Monday, so that days 5 and 6 of each 7 are the
 * weekend. Any finite time. */
void series_calendar(double time_s, double *features);

#endif
