/* Inside of the books, for the rules. */
#ifndef WEIR_LEARN_DISPATCH_INSIDE_H
#define WEIR_LEARN_DISPATCH_INSIDE_H

#include <stddef.h>

#include "policies/learn/dispatch/book.h"

/* A place is that of a server in the row of a region, 0 for the nearest. */
struct book {
    int servers, regions, categories;
    int *near;      /* [regions] servers that book_near compares at a time */
    int *row;       /* [regions][servers], nearest first */
    int *reach;     /* [regions] servers in a row */
    int *place;     /* [regions][servers] of a server in the row, -1: not in it */
    float *rate;    /* [regions][categories][places] A, in the order of the row: neighbours lie side by side */
    float *yield;   /* the same shape: what rival_greedy goes by; NULL: rate */
    double *mean;   /* [regions][categories] of A over the row */
    float *least;   /* [regions] the least A of the row: who has less room than that is full for all */
    double *remain; /* [servers] B_remain; -INFINITY: not well, so that no request finds room */
    int *open_near; /* [regions] places before it are full: for book_near */
    int *open;      /* [regions] the same for rival_gp */
    int *group;     /* [servers] places that rival_choose compares */
    long looks;
    int *best; /* [regions][categories] for rival_greedy: place of the best that has room when last looked for, or
                * -1 */
};

static inline const int *book_row(const struct book *book, int region)
{
    return book->row + (size_t)region * (size_t)book->servers;
}

static inline size_t book_pair(const struct book *book, int region, int category)
{
    return (size_t)region * (size_t)book->categories + (size_t)category;
}

/* A by place. */
static inline const float *book_rate(const struct book *book, size_t pair)
{
    return book->rate + pair * (size_t)book->servers;
}

static inline const float *book_yield(const struct book *book, size_t pair)
{
    return book->yield + pair * (size_t)book->servers;
}

/* Enters a request at a place. */
static inline int book_give(struct book *book, int region, size_t pair, int place)
{
    int server = book_row(book, region)[place];
    book->remain[server] -= (double)book_rate(book, pair)[place];
    return server;
}

/* What all rules do where no server has room. */
int book_overfill(struct book *book, int region, size_t pair);

#endif
