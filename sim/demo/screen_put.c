#include "sim/demo/screen_put.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

static const struct screen_glyphs fine = {
    "█", "▒", "·", "─▶", "▕", "▏", {"▶", "‖", "■", "…"}, {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}};
static const struct screen_glyphs plain = {
    "#", "%", ".", "->", "[", "]", {">", "|", "=", "~"}, {"_", ".", ",", ":", "-", "=", "+", "#"}};

const struct screen_glyphs *screen_glyphs_of(const struct weir_demo_screen *screen)
{
    return screen->utf8 ? &fine : &plain;
}

attr_t screen_look(const struct weir_demo_screen *screen, int colour)
{
    if (screen->colours)
        return (attr_t)COLOR_PAIR(colour);
    return colour == RED ? A_BOLD : A_NORMAL;
}

int screen_put(int row, int column, int width, attr_t attributes, const char *text)
{
    mbstate_t state = {0};
    int end = width > 0 && column + width < COLS ? column + width : COLS;
    if (row < 0 || row >= LINES || column >= COLS)
        return column;
    attrset(attributes);
    move(row, column);
    for (size_t left = strlen(text); left > 0;) {
        wchar_t wide[2] = {0};
        size_t used = mbrtowc(&wide[0], text, left, &state);
        if (used == 0 || used > left) {
            used = 1;
            wide[0] = L'?';
            state = (mbstate_t){0};
        }
        int cells = wcwidth(wide[0]);
        if (cells < 0) {
            wide[0] = L'?';
            cells = 1;
        }
        if (column + cells > end)
            break;
        addwstr(wide);
        column += cells;
        text += used;
        left -= used;
    }
    attrset(A_NORMAL);
    return column;
}

int screen_putf(int row, int column, int width, attr_t attributes, const char *format, ...)
{
    char text[WEIR_DEMO_LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return screen_put(row, column, width, attributes, text);
}

int screen_repeat(int row, int column, int count, attr_t attributes, const char *glyph)
{
    for (int i = 0; i < count; i++)
        column = screen_put(row, column, 0, attributes, glyph);
    return column;
}

int screen_cells_of(double share, int width)
{
    int cells = (int)lround(share * width);
    return cells < 0 ? 0 : cells > width ? width : cells;
}

int screen_level(const struct weir_demo_screen *screen, int row, int column, int width, double share, int colour)
{
    int full = screen_cells_of(share, width);
    if (share > 0.02 && !full)
        full = 1;
    column = screen_repeat(row, column, full, screen_look(screen, colour), screen_glyphs_of(screen)->full);
    return screen_repeat(row, column, width - full, A_DIM, screen_glyphs_of(screen)->none);
}
