/* Characters on the screen: text that fits, bars, colours. Private to screen*.c. */
#ifndef WEIR_DEMO_SCREEN_PUT_H
#define WEIR_DEMO_SCREEN_PUT_H

#include <ncurses.h>

#include "sim/demo/screen_draw.h"

enum { PLAIN, GREEN, RED, YELLOW };

/* What bars are made of. */
struct screen_glyphs {
    const char *full, *held, *none, *arrow, *left, *right, *marks[4];
    const char *spark[8];
};
enum { RUNS, PAUSED, OVER, CUT }; /* marks */
const struct screen_glyphs *screen_glyphs_of(const struct weir_demo_screen *screen);

/* The attributes of a colour; without colours red is bold. */
attr_t screen_look(const struct weir_demo_screen *screen, int colour);

/* Writes text at a place, as much of it as fits in `width` columns (0: up to the edge). What is no character of the
 * terminal's, or would be a command to it, becomes '?'. Returns the column after it. */
int screen_put(int row, int column, int width, attr_t attributes, const char *text);
int screen_putf(int row, int column, int width, attr_t attributes, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
int screen_repeat(int row, int column, int count, attr_t attributes, const char *glyph);

/* So many of `width` cells are a share. */
int screen_cells_of(double share, int width);

/* How full something is. Returns the column after it. */
int screen_level(const struct weir_demo_screen *screen, int row, int column, int width, double share, int colour);

#endif
