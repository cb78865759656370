/* State on its way between hosts: bytes on the wire, then the latency of the route. */
#include "sim/engine/control/moves.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

/* How long until a transfer that failed is tried again; a window, if that is shorter. */
#define RETRY_S 1.0

struct weir_move {
    struct weir_transfer transfer;
    struct weir_alarm alarm; /* the end of its way, or when it is tried again */
    struct weir_moves *moves;
    int from, to, route;
    double bytes;
    double failed_s; /* when it did first; INFINITY: it has not */
    enum { ENDED, WAITS, ON_WIRE, ON_WAY } stage;
};

void weir_moves_add(struct weir_moves *moves, int from, int to, double bytes)
{
    WEIR_ONE_MORE(moves->list, moves->count, moves->capacity);
    moves->list[moves->count++] = (struct weir_move){.from = from, .to = to, .bytes = bytes, .failed_s = INFINITY};
}

static void finish(struct weir_move *move)
{
    struct weir_moves *moves = move->moves;
    move->stage = ENDED;
    weir_watch_end(&moves->op->job->watch);
    if (!--moves->under_way && !moves->failed)
        weir_soon(moves->controller->clock, moves->end);
}

/* It leaves off without having got there. */
static void give_up(struct weir_move *move)
{
    if (move->stage == ENDED)
        return;
    if (move->stage != WAITS)
        weir_transfer_stop(&move->transfer);
    weir_alarm_stop(move->moves->controller->clock, &move->alarm);
    finish(move);
}

static void arrived(struct weir_move *move)
{
    const struct weir_moves *moves = move->moves;
    struct weir_books *books = moves->controller->books;
    const struct weir_route *route = weir_route(moves->controller->shares, move->route);
    weir_books_transfer(books, move->from, move->to, route->links, route->link_count, move->bytes / (1 - route->loss));
    weir_trace_transfer(books, move->from, move->to, moves->op->job->spec->name, moves->op->spec->name, move->bytes, 0,
                        moves->begun_s, moves->controller->clock->now_s);
    weir_telemetry_disk(books, move->from, move->bytes); /* the checkpoint, and its copy */
    weir_telemetry_disk(books, move->to, move->bytes);
    if (books->warm && !moves->is_checkpoint)
        books->state_moved_bytes += move->bytes;
    finish(move);
}

/* The operator stands still meanwhile: it does not do so for ever. */
static void try_again_later(struct weir_move *move)
{
    struct weir_moves *moves = move->moves;
    double now_s = moves->controller->clock->now_s, window_s = moves->controller->scenario->window_s;
    move->stage = WAITS;
    move->failed_s = fmin(move->failed_s, now_s);
    if (now_s < move->failed_s + window_s * (1 - 1e-9)) {
        weir_alarm_set(moves->controller->clock, &move->alarm, now_s + fmin(RETRY_S, window_s));
    } else if (!moves->failed) {
        moves->failed = true;
        weir_soon(moves->controller->clock, moves->end);
    }
}

static void begin(struct weir_move *move)
{
    struct weir_controller *controller = move->moves->controller;
    if (weir_route(controller->shares, move->route)->bytes_per_s <= 0) {
        const struct weir_platform *platform = controller->platform;
        weir_clock_fail(controller->clock, WEIR_EENGINE,
                        "%s: there is no route from %s to %s; add a <route> or a <zoneRoute>", platform->path,
                        platform->hosts[move->from].name, platform->hosts[move->to].name);
        return;
    }
    if (!weir_host_up(controller->shares, move->from) || !weir_host_up(controller->shares, move->to)) {
        try_again_later(move);
        return;
    }
    move->stage = ON_WIRE;
    weir_transfer_begin(controller->shares, &move->transfer, move->route, move->bytes, INFINITY);
}

/* The end of the way, or another try. */
static void ring(struct weir_alarm *alarm)
{
    struct weir_move *move = WEIR_RECORD(alarm, struct weir_move, alarm);
    if (move->stage == ON_WAY) {
        weir_transfer_stop(&move->transfer);
        arrived(move);
    } else {
        begin(move);
    }
}

static void off_the_wire(struct weir_transfer *transfer, bool ok)
{
    struct weir_move *move = WEIR_RECORD(transfer, struct weir_move, transfer);
    struct weir_controller *controller = move->moves->controller;
    weir_alarm_stop(controller->clock, &move->alarm);
    if (!ok) {
        try_again_later(move);
        return;
    }
    double latency_s = weir_route(controller->shares, move->route)->latency_s;
    if (weir_shares_latencies(controller->shares) || latency_s <= 0) {
        arrived(move);
        return;
    }
    move->stage = ON_WAY;
    weir_transfer_leave(transfer);
    weir_alarm_set(controller->clock, &move->alarm, controller->clock->now_s + latency_s);
}

void weir_moves_even(struct weir_moves *moves, double *surplus, size_t hosts, double least)
{
    size_t to = 0;
    for (size_t from = 0; from < hosts; from++)
        while (surplus[from] > least) {
            while (to < hosts && surplus[to] > -least)
                to++;
            if (to == hosts)
                break;
            double bytes = fmin(surplus[from], -surplus[to]);
            surplus[from] -= bytes;
            surplus[to] += bytes;
            weir_moves_add(moves, (int)from, (int)to, bytes);
        }
}

void weir_moves_begin(struct weir_moves *moves)
{
    struct weir_controller *controller = moves->controller;
    moves->begun_s = controller->clock->now_s;
    moves->under_way = moves->count;
    if (!moves->count)
        weir_soon(controller->clock, moves->end);
    for (size_t m = 0; m < moves->count; m++) {
        struct weir_move *move = &moves->list[m]; /* the list grows no more: parts of it are known elsewhere */
        move->moves = moves;
        move->transfer = (struct weir_transfer){.done = off_the_wire, .route = -1};
        move->alarm.ring = ring;
        move->route = weir_route_find(controller->shares, move->from, move->to);
        move->stage = WAITS;
        weir_watch_begin(&moves->op->job->watch);
    }
    for (size_t m = 0; m < moves->count && weir_goes_on(controller); m++)
        if (moves->list[m].stage == WAITS)
            begin(&moves->list[m]);
}

void weir_moves_fini(struct weir_moves *moves)
{
    if (!moves->controller)
        return;
    for (size_t m = 0; m < moves->count; m++)
        give_up(&moves->list[m]);
    free(moves->list);
    weir_soon_drop(moves->controller->clock, moves->end);
    *moves = (struct weir_moves){0};
}
