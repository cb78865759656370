#define _GNU_SOURCE /* strptime */
#include "sim/base/date.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct day {
    int year, month, day;
};

/* Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, days_from_civil). */
static int64_t days_since_1970(const struct day *d)
{
    int year = d->year - (d->month <= 2);
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (d->month + (d->month > 2 ? -3 : 9)) + 2) / 5 + d->day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

static bool is_day(const struct day *d)
{
    static const int days_in[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (d->year % 4 == 0 && d->year % 100 != 0) || d->year % 400 == 0;
    return d->month >= 1 && d->month <= 12 && d->day >= 1 && d->day <= days_in[d->month - 1] + (d->month == 2 && leap);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digits_at(const char *text)
{
    int count = 0;
    while (is_digit(text[count]))
        count++;
    return count;
}

/* `count` digits, which are there, as a number; moves on. */
static int take(const char **text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (*(*text)++ - '0');
    return value;
}

/* One or two digits as a number. */
static bool take_small(const char **text, int *value)
{
    int count = digits_at(*text);
    if (count < 1 || count > 2)
        return false;
    *value = take(text, count);
    return true;
}

static bool take_letter(const char **text, const char *any_of)
{
    if (!**text || !strchr(any_of, **text))
        return false;
    ++*text;
    return true;
}

static void skip_blanks(const char **text)
{
    while (**text == ' ')
        ++*text;
}

/* A name of the list, whole or its first three letters; -1 if there is none. */
static int take_name(const char **text, const char *const *names, int count)
{
    size_t length = 0;
    while (isalpha((unsigned char)(*text)[length]))
        length++;
    for (int i = 0; i < count; i++)
        if ((length == 3 || length == strlen(names[i])) && strncasecmp(*text, names[i], length) == 0) {
            *text += length;
            return i;
        }
    return -1;
}

static bool take_month_name(const char **text, int *month)
{
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    *month = take_name(text, names, 12) + 1;
    return *month > 0;
}

static void skip_weekday(const char **text)
{
    static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    if (take_name(text, names, 7) >= 0) {
        take_letter(text, ",");
        skip_blanks(text);
    }
}

static bool take_year(const char **text, int *year)
{
    if (digits_at(*text) != 4)
        return false;
    *year = take(text, 4);
    return true;
}

/* 2024-01-31, 2024-Jan-31, 2024-01 and the like, and 20240131 with something behind. */
static bool year_first(const char **text, struct day *d)
{
    int count = digits_at(*text);
    d->day = 1;
    if (count == 8) {
        d->year = take(text, 4);
        d->month = take(text, 2);
        d->day = take(text, 2);
        return **text != '\0';
    }
    d->year = take(text, 4);
    char divider = **text;
    if (!take_letter(text, "-/.") || !(take_month_name(text, &d->month) || take_small(text, &d->month)))
        return false;
    if (**text != divider)
        return divider != '.' && !is_digit(**text);
    ++*text;
    return take_small(text, &d->day);
}

/* 31-Jan-2024, 31.1.2024, and by the order 31/1/2024. */
static bool day_first(const char **text, enum weir_date_order order, struct day *d)
{
    int first, second;
    if (!take_small(text, &first))
        return false;
    char divider = **text;
    if (!take_letter(text, "-/. "))
        return false;
    d->day = first;
    if (!is_digit(**text))
        return take_month_name(text, &d->month) && take_letter(text, (char[]){divider, ',', '\0'}) &&
               (skip_blanks(text), take_year(text, &d->year));
    if (divider == ' ' || !take_small(text, &second) || **text != divider)
        return false;
    ++*text;
    if (divider != '.' && order == WEIR_DATE_NO_ORDER)
        return false;
    bool swapped = divider != '.' && order == WEIR_DATE_MONTH_FIRST;
    d->day = swapped ? second : first;
    d->month = swapped ? first : second;
    return take_year(text, &d->year);
}

/* Jan 31, 2024, and Jan 31 with the year behind the time. */
static bool month_first(const char **text, struct day *d)
{
    if (!take_month_name(text, &d->month))
        return false;
    skip_blanks(text);
    if (!take_small(text, &d->day))
        return false;
    take_letter(text, ",");
    skip_blanks(text);
    d->year = -1;
    return digits_at(*text) != 4 || take_year(text, &d->year);
}

static bool take_half(const char **text, double *time_s, int hour)
{
    const char *at = *text;
    skip_blanks(&at);
    char half = (char)tolower((unsigned char)*at);
    if (half != 'a' && half != 'p')
        return true;
    at++;
    take_letter(&at, ".");
    if (!take_letter(&at, "mM"))
        return false;
    take_letter(&at, ".");
    if (hour < 1 || hour > 12)
        return false;
    *time_s += (hour == 12 ? -12 : 0) * 3600.0 + (half == 'p' ? 12 : 0) * 3600.0;
    *text = at;
    return true;
}

static bool take_fraction(const char **text, double *fraction)
{
    double place = 1, digits = 0;
    int count = digits_at(*text);
    if (count < 1)
        return false;
    for (int i = 0; i < count; i++, ++*text)
        if (i < 15) {
            digits = digits * 10 + (**text - '0');
            place *= 10;
        }
    *fraction = digits / place;
    return true;
}

/* Hours, minutes, seconds; without colons, with some or with none. */
static bool take_clock(const char **text, int hours_at_most, double *time_s)
{
    int hour, minute = 0, second = 0, count = digits_at(*text);
    double fraction = 0;
    bool together = (count == 4 || count == 6) && (*text)[count] != ':';
    if (count < 1 || count > 6 || (!together && count > 2 && hours_at_most < 100))
        return false;
    hour = take(text, together ? 2 : count);
    if (together) {
        minute = take(text, 2);
        second = count == 6 ? take(text, 2) : 0;
    } else if (take_letter(text, ":")) {
        if (digits_at(*text) != 2)
            return false;
        minute = take(text, 2);
        if (take_letter(text, ":")) {
            if (digits_at(*text) != 2)
                return false;
            second = take(text, 2);
        }
    }
    if ((**text == '.' || **text == ',') && (++*text, !take_fraction(text, &fraction)))
        return false;
    *time_s = hour * 3600.0 + minute * 60 + second + fraction;
    return hour <= hours_at_most && minute <= 59 && second <= 60 && take_half(text, time_s, hour);
}

static bool take_offset(const char **text, double *offset_s)
{
    int sign = **text == '-' ? -1 : 1, hours, minutes = 0;
    ++*text;
    if (digits_at(*text) != 2 && digits_at(*text) != 4)
        return false;
    hours = take(text, 2);
    bool colon = take_letter(text, ":");
    if (digits_at(*text) == 2)
        minutes = take(text, 2);
    else if (colon)
        return false;
    *offset_s = sign * (hours * 3600.0 + minutes * 60);
    return hours <= 15 && minutes <= 59;
}

/* Z, UTC, GMT, an offset, or two of them as in "+0000 UTC"; or nothing. */
static bool take_zone(const char **text, double *offset_s)
{
    *offset_s = 0;
    for (int i = 0; i < 2; i++) {
        const char *at = *text;
        skip_blanks(&at);
        if (strncmp(at, "UTC", 3) == 0 || strncmp(at, "GMT", 3) == 0)
            *text = at + 3;
        else if (*at == 'Z' || *at == 'z')
            *text = at + 1;
        else if (*at == '+' || *at == '-') {
            *text = at;
            if (!take_offset(text, offset_s))
                return false;
        }
    }
    return true;
}

/* A blank, 'T', '_', ':' or ", " and the time of day behind a date; or nothing. */
static bool take_time(const char **text, double *time_s, double *offset_s)
{
    *time_s = *offset_s = 0;
    if (!**text)
        return true;
    const char *before = *text;
    take_letter(text, ",");
    if (!take_letter(text, "Tt_:"))
        skip_blanks(text);
    if (!is_digit(**text)) {
        *text = before;
        return take_zone(text, offset_s);
    }
    return *text > before - (before[-1] == ' ') && take_clock(text, 23, time_s) && take_zone(text, offset_s);
}

bool weir_date_scan(const char *text, enum weir_date_order order, double *time_s)
{
    struct day d;
    double inner_s, offset_s;
    skip_weekday(&text);
    int count = digits_at(text);
    bool right = count == 4 || count == 8 ? year_first(&text, &d)
                 : count                  ? day_first(&text, order, &d)
                                          : month_first(&text, &d);
    if (!right || !take_time(&text, &inner_s, &offset_s))
        return false;
    if (d.year < 0) {
        skip_blanks(&text);
        if (!take_year(&text, &d.year))
            return false;
    }
    if (*text || !is_day(&d))
        return false;
    *time_s = (double)(days_since_1970(&d) * 86400) + inner_s - offset_s;
    return true;
}

bool weir_date_needs_order(const char *text)
{
    int number;
    skip_weekday(&text);
    if (!take_small(&text, &number))
        return false;
    char divider = *text;
    return take_letter(&text, "-/") && take_small(&text, &number) && *text == divider && digits_at(text + 1) == 4;
}

bool weir_date_digits(const char *text, double *time_s)
{
    int count = digits_at(text), hour = 0, minute = 0, second = 0;
    if (text[count] || (count != 8 && count != 10 && count != 12 && count != 14))
        return false;
    struct day d = {.year = take(&text, 4)};
    d.month = take(&text, 2);
    d.day = take(&text, 2);
    if (count >= 10)
        hour = take(&text, 2);
    if (count >= 12)
        minute = take(&text, 2);
    if (count >= 14)
        second = take(&text, 2);
    if (d.year < 1900 || d.year > 2100 || !is_day(&d) || hour > 23 || minute > 59 || second > 60)
        return false;
    *time_s = (double)(days_since_1970(&d) * 86400 + hour * 3600 + minute * 60 + second);
    return true;
}

bool weir_date_clock(const char *text, double *time_s)
{
    return text[digits_at(text)] == ':' && take_clock(&text, 999999, time_s) && !*text;
}

/* One part of a format without %f; what it reads goes into `tm`. */
static bool take_part(const char **text, const char *format, size_t length, struct tm *tm)
{
    char part[128];
    if (length >= sizeof part)
        return false;
    memcpy(part, format, length);
    part[length] = '\0';
    const char *end = strptime(*text, part, tm);
    if (!end)
        return false;
    *text = end;
    return true;
}

bool weir_date_format(const char *text, const char *format, double *time_s)
{
    struct tm tm = {.tm_year = 70, .tm_mday = 1};
    double fraction = 0;
    const char *mark;
    while ((mark = strstr(format, "%f")) != NULL) {
        if (!take_part(&text, format, (size_t)(mark - format), &tm) || !take_fraction(&text, &fraction))
            return false;
        format = mark + 2;
    }
    if (!take_part(&text, format, strlen(format), &tm) || *text)
        return false;
    struct day d = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
    if (!is_day(&d))
        return false;
    *time_s = (double)(days_since_1970(&d) * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec - tm.tm_gmtoff) +
              fraction;
    return true;
}

const char *weir_date_show(double time_s, char buffer[WEIR_DATE_SIZE])
{
    struct tm tm;
    time_t whole = fabs(time_s) < 1e11 ? (time_t)floor(time_s) : 0;
    if (fabs(time_s) >= 1e11 || !gmtime_r(&whole, &tm)) {
        snprintf(buffer, WEIR_DATE_SIZE, "%.15g s", time_s);
        return buffer;
    }
    size_t length = strftime(buffer, WEIR_DATE_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
    double fraction = time_s - floor(time_s);
    if (fraction >= 0.0005 && fraction < 0.9995)
        snprintf(buffer + length, WEIR_DATE_SIZE - length, ".%03d", (int)(fraction * 1000 + 0.5));
    return buffer;
}
