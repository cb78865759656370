/* Faults carried out at their dates: hosts and links that go down and come up, get slower, or lose packets. */
#include "sim/engine/control/faults.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/control/view.h"

/* A date of an outage. */
struct step {
    double date_s;
    size_t outages; /* of the books' */
    unsigned index;
};

struct weir_faults {
    struct weir_controller *controller;
    struct weir_alarm alarm;
    struct step *steps; /* by date */
    size_t step_count, next;
    size_t *links;   /* [outages] index among the platform's links */
    double *left;    /* [outages] of a link's bandwidth now; 1 of others */
    double *factors; /* [link] as wished by who steers; NULL: all 1 */
    bool links_changed;
    struct weir_soon tell;
};

static int by_date(const void *a, const void *b)
{
    const struct step *left = a, *right = b;
    if (left->date_s != right->date_s)
        return left->date_s < right->date_s ? -1 : 1;
    if (left->outages != right->outages)
        return left->outages < right->outages ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

/* Index among the platform's links; its faults name none that is not there. */
static size_t link_of(const struct weir_platform *platform, const char *name)
{
    size_t link = 0;
    while (link < platform->link_count && strcmp(platform->links[link].name, name) != 0)
        link++;
    return link;
}

static void read_outages(struct weir_faults *faults)
{
    const struct weir_books *books = faults->controller->books;
    size_t count = 0;
    for (size_t o = 0; o < books->outage_count; o++)
        count += books->outages[o].count;
    faults->steps = weir_alloc(count, sizeof *faults->steps);
    faults->links = weir_alloc(books->outage_count, sizeof *faults->links);
    faults->left = weir_alloc(books->outage_count, sizeof *faults->left);
    for (size_t o = 0; o < books->outage_count; o++) {
        const struct weir_outages *outages = &books->outages[o];
        faults->left[o] = 1;
        faults->links[o] = outages->link ? link_of(faults->controller->platform, outages->link) : SIZE_MAX;
        for (unsigned d = 0; d < outages->count; d++)
            faults->steps[faults->step_count++] = (struct step){outages->dates_s[d], o, d};
    }
    if (count)
        qsort(faults->steps, count, sizeof *faults->steps, by_date);
}

/* Gives a link of the platform its bandwidth: times what faults leave of it and what is wished. */
static void apply(struct weir_faults *faults, size_t link)
{
    struct weir_controller *controller = faults->controller;
    double bytes_per_s = controller->platform->links[link].bandwidth_bytes_per_s;
    for (size_t o = 0; o < controller->books->outage_count; o++)
        if (faults->links[o] == link)
            bytes_per_s *= faults->left[o];
    if (faults->factors)
        bytes_per_s *= faults->factors[link];
    weir_link_resize(controller->shares, controller->platform->links[link].name, bytes_per_s);
    faults->links_changed = true;
}

static void carry_out(struct weir_faults *faults, const struct step *step)
{
    struct weir_shares *shares = faults->controller->shares;
    const struct weir_outages *outages = &faults->controller->books->outages[step->outages];
    double share = outages->shares ? outages->shares[step->index] : 0;
    bool up = step->index % 2;
    if (!outages->link) {
        if (outages->shares)
            weir_host_slow(shares, outages->host, share);
        else
            weir_host_switch(shares, outages->host, up);
    } else if (outages->lossy) {
        weir_link_lose(shares, outages->link, 1 - share);
        faults->links_changed = true;
    } else if (outages->shares) {
        faults->left[step->outages] = share;
        apply(faults, faults->links[step->outages]);
    } else {
        weir_link_switch(shares, outages->link, up);
    }
}

void weir_faults_catch_up(struct weir_controller *controller)
{
    struct weir_faults *faults = controller->faults;
    double now_s = controller->clock->now_s;
    if (faults->next == faults->step_count || faults->steps[faults->next].date_s > now_s)
        return;
    while (faults->next < faults->step_count && faults->steps[faults->next].date_s <= now_s)
        carry_out(faults, &faults->steps[faults->next++]);
    weir_links_catch_up(controller);
    if (faults->next < faults->step_count)
        weir_alarm_set(controller->clock, &faults->alarm, faults->steps[faults->next].date_s);
}

static void ring(struct weir_alarm *alarm)
{
    weir_faults_catch_up(WEIR_RECORD(alarm, struct weir_faults, alarm)->controller);
}

void weir_links_catch_up(struct weir_controller *controller)
{
    if (!controller->faults->links_changed)
        return;
    controller->faults->links_changed = false;
    weir_flow_links_changed(controller->flow);
    weir_view_links(controller);
}

static void tell(struct weir_soon *soon)
{
    weir_links_catch_up(WEIR_RECORD(soon, struct weir_faults, tell)->controller);
}

/* By faults and wishes, or by profiles of the platform. */
static void links_changed(void *context)
{
    struct weir_faults *faults = context;
    faults->links_changed = true;
    weir_soon(faults->controller->clock, &faults->tell);
}

void weir_link_wish(struct weir_controller *controller, size_t link, double factor)
{
    struct weir_faults *faults = controller->faults;
    size_t count = controller->platform->link_count;
    if (!faults->factors) {
        faults->factors = weir_alloc(count, sizeof *faults->factors);
        for (size_t l = 0; l < count; l++)
            faults->factors[l] = 1;
    }
    faults->factors[link] = factor;
    apply(faults, link);
}

void weir_faults_init(struct weir_controller *controller)
{
    struct weir_faults *faults = controller->faults = weir_alloc(1, sizeof *faults);
    faults->controller = controller;
    faults->alarm.ring = ring;
    faults->tell.ring = tell;
    read_outages(faults);
    weir_shares_on_change(controller->shares, links_changed, faults);
    if (faults->step_count)
        weir_alarm_set(controller->clock, &faults->alarm, faults->steps[0].date_s);
}

void weir_faults_fini(struct weir_controller *controller)
{
    struct weir_faults *faults = controller->faults;
    free(faults->steps);
    free(faults->links);
    free(faults->left);
    free(faults->factors);
    free(faults);
}
