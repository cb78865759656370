/* Access points by place, in square cells, so that those near a device are found without a look at all of them. */
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/model/mobility_parts.h"

/* Of what is compared; it is more than rounding. */
#define SAFE 1e-9

static int cell_of(const struct weir_grid *grid, const struct weir_access *access)
{
    int column = (int)((access->x - grid->x) / grid->cell), row = (int)((access->y - grid->y) / grid->cell);
    return row * grid->across + column;
}

/* About as many cells as access points. */
static void lay_out(struct weir_grid *grid, const struct weir_mobility *mobility)
{
    double x1 = -INFINITY, y1 = -INFINITY, count = mobility->access_count;
    grid->x = grid->y = INFINITY;
    for (int a = 0; a < mobility->access_count; a++) {
        const struct weir_access *access = &mobility->access[a];
        if (!access->placed)
            continue;
        grid->x = fmin(grid->x, access->x);
        grid->y = fmin(grid->y, access->y);
        x1 = fmax(x1, access->x);
        y1 = fmax(y1, access->y);
        grid->most_weight = fmax(grid->most_weight, access->weight);
    }
    double width = fmax(x1 - grid->x, 0), height = fmax(y1 - grid->y, 0);
    grid->cell = fmax(fmax(sqrt(width * height / count), fmax(width, height) / count), 1e-3);
    grid->across = (int)(width / grid->cell) + 1;
    grid->along = (int)(height / grid->cell) + 1;
}

void weir_grid_make(struct weir_mobility *mobility)
{
    struct weir_grid *grid = mobility->grid = weir_alloc(1, sizeof *grid);
    lay_out(grid, mobility);
    int cells = grid->across * grid->along;
    grid->first = weir_alloc((size_t)cells + 1, sizeof *grid->first);
    grid->access = weir_alloc((size_t)mobility->access_count, sizeof *grid->access);
    for (int a = 0; a < mobility->access_count; a++)
        if (mobility->access[a].placed)
            grid->first[cell_of(grid, &mobility->access[a]) + 1]++;
    for (int c = 0; c < cells; c++)
        grid->first[c + 1] += grid->first[c];
    int *next = weir_alloc((size_t)cells, sizeof *next);
    for (int c = 0; c < cells; c++)
        next[c] = grid->first[c];
    for (int a = 0; a < mobility->access_count; a++)
        if (mobility->access[a].placed)
            grid->access[next[cell_of(grid, &mobility->access[a])]++] = a;
    free(next);
}

void weir_grid_free(struct weir_grid *grid)
{
    if (!grid)
        return;
    free(grid->first);
    free(grid->access);
    free(grid);
}

/* Those that could be due first, by how far the device may go before. */
struct about {
    struct weir_roam *roam;
    double here, x, y;
    double free[WEIR_ROAM_NEAR];
    int count;
};

static void note(struct about *about, int j)
{
    struct weir_roam *roam = about->roam;
    const struct weir_mobility *mobility = roam->mobility;
    const struct weir_access *access = &mobility->access[j];
    if (j == roam->at || !access->placed || weir_roam_is_down(roam, j))
        return;
    double dx = about->x - access->x, dy = about->y - access->y;
    double q = mobility->ratio * mobility->access[roam->at].weight / access->weight;
    double mine = weir_roam_free_m(q, sqrt(dx * dx + dy * dy), mobility->hysteresis, about->here);
    if (about->count == WEIR_ROAM_NEAR) {
        double last = about->free[WEIR_ROAM_NEAR - 1];
        roam->far_m = fmin(roam->far_m, fmax(mine, last));
        if (mine >= last)
            return;
        about->count--;
    }
    int at = about->count++;
    for (; at > 0 && about->free[at - 1] > mine; at--) {
        about->free[at] = about->free[at - 1];
        roam->near[at] = roam->near[at - 1];
    }
    about->free[at] = mine;
    roam->near[at] = j;
}

static void note_cells(struct about *about, const struct weir_grid *grid, int row, int from, int until)
{
    if (row < 0 || row >= grid->along)
        return;
    from = from > 0 ? from : 0;
    until = until < grid->across - 1 ? until : grid->across - 1;
    if (from > until)
        return;
    int first = row * grid->across;
    for (int k = grid->first[first + from]; k < grid->first[first + until + 1]; k++)
        note(about, grid->access[k]);
}

/* The cells that are so many rows or columns away, not fewer. */
static void note_ring(struct about *about, const struct weir_grid *grid, int column, int row, int ring)
{
    note_cells(about, grid, row - ring, column - ring, column + ring);
    for (int r = row - ring + 1; r < row + ring; r++) {
        note_cells(about, grid, r, column - ring, column - ring);
        note_cells(about, grid, r, column + ring, column + ring);
    }
    if (ring)
        note_cells(about, grid, row + ring, column - ring, column + ring);
}

/* Whether all that are `there` metres away or more could be due only after those that are noted, and the next. */
static bool is_far(const struct about *about, const struct weir_grid *grid, double there)
{
    const struct weir_mobility *mobility = about->roam->mobility;
    double q = mobility->ratio * mobility->access[about->roam->at].weight / grid->most_weight;
    double least = weir_roam_free_m(q, there, mobility->hysteresis, about->here);
    return least - SAFE * (there + about->here + mobility->hysteresis) > about->roam->far_m;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static int within(double value, int count)
{
    return !(value > 0) ? 0 : value < count ? (int)value : count - 1;
}

/* Ring by ring. What lies beyond ring r is r cells away or more: from the device, or, where it is outside of all cells,
 * from the place in them that is nearest to it, and then from the device all the more. */
static void note_nearby(struct about *about, const struct weir_grid *grid)
{
    int column = within((about->x - grid->x) / grid->cell, grid->across);
    int row = within((about->y - grid->y) / grid->cell, grid->along);
    int last = most(most(column, grid->across - 1 - column), most(row, grid->along - 1 - row));
    for (int ring = 0; ring <= last; ring++) {
        note_ring(about, grid, column, row, ring);
        if (is_far(about, grid, ring * grid->cell))
            return;
    }
}

void weir_roam_look_about(struct weir_roam *roam, double here)
{
    const struct weir_mobility *mobility = roam->mobility;
    struct about about = {.roam = roam, .here = here};
    weir_trip_place(&roam->trip, roam->from_s, &about.x, &about.y);
    roam->far_m = INFINITY;
    if (mobility->grid)
        note_nearby(&about, mobility->grid);
    else
        for (int j = 0; j < mobility->access_count; j++)
            note(&about, j);
    roam->near_count = about.count;
}
