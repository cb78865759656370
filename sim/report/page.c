#include "sim/report/page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"

/* The content of a file, as bytes between two symbols of the assembler's. */
#define EMBED(symbol, file)                                                                                            \
    __asm__(".section .rodata\n"                                                                                       \
            ".global weir_page_" #symbol "\n"                                                                          \
            ".global weir_page_" #symbol "_end\n"                                                                      \
            "weir_page_" #symbol ":\n"                                                                                 \
            ".incbin \"" WEIR_PAGE_FOLDER "/" file "\"\n"                                                              \
            "weir_page_" #symbol "_end:\n"                                                                             \
            ".byte 0\n"                                                                                                \
            ".previous\n");                                                                                            \
    extern const char weir_page_##symbol[], weir_page_##symbol##_end[]

EMBED(html, "page.html");
EMBED(css, "page.css");
EMBED(base_js, "base.js");
EMBED(chart_js, "chart.js");
EMBED(svg_file_js, "svg_file.js");
EMBED(data_js, "data.js");
EMBED(table_js, "table.js");
EMBED(bars_js, "bars.js");
EMBED(numbers_js, "numbers.js");
EMBED(names_js, "names.js");
EMBED(scales_js, "scales.js");
EMBED(held_js, "held.js");
EMBED(placed_js, "placed.js");
EMBED(graph_js, "graph.js");
EMBED(graph_layout_js, "graph_layout.js");
EMBED(graph_parts_js, "graph_parts.js");
EMBED(time_js, "time.js");
EMBED(heat_js, "heat.js");
EMBED(decisions_js, "decisions.js");
EMBED(devices_js, "devices.js");
EMBED(stage_js, "stage.js");
EMBED(player_js, "player.js");
EMBED(sweep_js, "sweep.js");
EMBED(sweep_tables_js, "sweep_tables.js");
EMBED(main_js, "main.js");

struct asset {
    const char *from, *end;
};

static void put(FILE *file, struct asset asset)
{
    fwrite(asset.from, 1, (size_t)(asset.end - asset.from), file);
}

static void put_html(FILE *file, const char *text)
{
    for (size_t step; *text; text += step) {
        unsigned long point = weir_utf8_point(text, &step);
        if (point >= 0x80 || strchr("<>&\"'", *text))
            fprintf(file, "&#%lu;", point);
        else
            fputc(*text, file);
    }
}

/* JavaScript or JSON in ASCII: other characters become escapes of UTF-16, which both have. A browser reads a page in
   ASCII with a byte a character, and so opens a large one a third faster. */
static void put_code(FILE *file, struct asset code)
{
    while (code.from < code.end) {
        const char *from = code.from;
        while (code.from < code.end && !(*code.from & 0x80))
            code.from++;
        put(file, (struct asset){from, code.from});
        if (code.from == code.end)
            return;
        size_t step;
        unsigned long point = weir_utf8_point(code.from, &step);
        if (point >= 0x10000)
            fprintf(file, "\\u%04lx\\u%04lx", 0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
        else
            fprintf(file, "\\u%04lx", point);
        code.from += step;
    }
}

/* A script without its lines of import and export: all stand in one scope, in the order of their imports. */
static void put_script(FILE *file, struct asset script)
{
    while (script.from < script.end) {
        const char *end = memchr(script.from, '\n', (size_t)(script.end - script.from));
        struct asset line = {script.from, end ? end + 1 : script.end};
        bool plain = strncmp(line.from, "import {", 8) != 0 && strncmp(line.from, "export {", 8) != 0;
        if (plain)
            put_code(file, line);
        script.from = line.end;
    }
}

static void put_scripts(FILE *file)
{
    const struct asset scripts[] = {
        {weir_page_numbers_js, weir_page_numbers_js_end},
        {weir_page_names_js, weir_page_names_js_end},
        {weir_page_scales_js, weir_page_scales_js_end},
        {weir_page_held_js, weir_page_held_js_end},
        {weir_page_base_js, weir_page_base_js_end},
        {weir_page_chart_js, weir_page_chart_js_end},
        {weir_page_svg_file_js, weir_page_svg_file_js_end},
        {weir_page_data_js, weir_page_data_js_end},
        {weir_page_table_js, weir_page_table_js_end},
        {weir_page_bars_js, weir_page_bars_js_end},
        {weir_page_time_js, weir_page_time_js_end},
        {weir_page_heat_js, weir_page_heat_js_end},
        {weir_page_decisions_js, weir_page_decisions_js_end},
        {weir_page_placed_js, weir_page_placed_js_end},
        {weir_page_devices_js, weir_page_devices_js_end},
        {weir_page_stage_js, weir_page_stage_js_end},
        {weir_page_graph_layout_js, weir_page_graph_layout_js_end},
        {weir_page_graph_js, weir_page_graph_js_end},
        {weir_page_graph_parts_js, weir_page_graph_parts_js_end},
        {weir_page_player_js, weir_page_player_js_end},
        {weir_page_sweep_js, weir_page_sweep_js_end},
        {weir_page_sweep_tables_js, weir_page_sweep_tables_js_end},
        {weir_page_main_js, weir_page_main_js_end},
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        put_script(file, scripts[i]);
}

void weir_page_write(FILE *file, const char *title, const char *data)
{
    /* Places in page.html, in their order. */
    static const char *const marks[] = {"@TITLE@", "@STYLE@", "@DATA@", "@SCRIPT@"};
    const char *at = weir_page_html;
    for (int i = 0; i < 4; i++) {
        const char *mark = strstr(at, marks[i]);
        put(file, (struct asset){at, mark});
        at = mark + strlen(marks[i]);
        if (i == 0)
            put_html(file, title);
        else if (i == 1)
            put(file, (struct asset){weir_page_css, weir_page_css_end});
        else if (i == 2)
            put_code(file, (struct asset){data, data + strlen(data)});
        else
            put_scripts(file);
    }
    fputs(at, file);
}
