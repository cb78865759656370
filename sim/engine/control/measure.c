/* What is counted while a run goes on, brought up to date at the ends of windows and of the warm-up. */
#include "sim/engine/control/measure.h"

#include "sim/engine/books/ledger.h"
#include "sim/engine/control/emissions.h"
#include "sim/engine/control/placement.h"
#include "sim/engine/control/pstates.h"

/* Brings the operator up to date, and takes out the instances that nobody remembers. */
static void flush_op(struct weir_op *op, double now_s)
{
    size_t kept = 0;
    weir_op_flush(op, now_s);
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_instance *instance = op->instances[i];
        bool gone = instance->life == WEIR_GONE;              /* its time stands since it went */
        if (gone && instance->counted_out && !op->changing) { /* a change may have it on its lists */
            weir_instance_free(instance);
            continue;
        }
        instance->counted_out = gone;
        op->instances[kept++] = instance;
    }
    op->instance_count = kept;
}

void weir_measure_flush(struct weir_controller *controller)
{
    struct weir_books *books = controller->books;
    double now_s = controller->clock->now_s;
    weir_books_settle(books, now_s);
    weir_emissions_settle(controller);
    for (int h = 0; h < controller->view.host_count; h++)
        books->hosts[h].state_bytes = books->hosts[h].taken_bytes = 0;
    uint64_t backlog = 0;
    for (int j = 0; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        if (job->life == WEIR_JOB_WAITING)
            continue;
        weir_source_refill(job, now_s);
        for (int s = 0; s < job->source_count; s++)
            weir_spent_set(&weir_source_at(job, s)->spent, weir_source_at(job, s)->spent.doing, now_s);
        backlog += weir_source_waiting(job, now_s);
        for (int o = 0; o < job->spec->operator_count; o++) {
            for (size_t i = 0; i < job->ops[o].instance_count; i++)
                job->ops[o].instances[i]->state_bytes = job->ops[o].instances[i]->taken_bytes = 0;
            weir_state_lay(controller, &job->ops[o]); /* it may have grown; and no rounding is left over */
            flush_op(&job->ops[o], now_s);
        }
    }
    if (books->warm && (double)backlog > books->backlog_most)
        books->backlog_most = (double)backlog;
}

void weir_measure_warm(struct weir_controller *controller)
{
    struct weir_books *books = controller->books;
    weir_measure_flush(controller);
    books->warm = true;
    weir_account_warm(books);
    books->carbon_at_window_g -= books->carbon_g;
    books->carbon_g = 0;
    books->energy_at_warmup_j = weir_shares_energy_j(controller->shares);
    for (int h = 0; h < controller->view.host_count; h++)
        books->hosts[h].at_warmup = books->hosts[h].counts;
    if (controller->scenario->energy_by_job)
        weir_owners_settle(controller->shares);
    for (int j = 0; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        if (controller->scenario->energy_by_job)
            job->energy_at_warmup_j = weir_owner_j(controller->shares, j);
        job->at_warmup = job->counts;
        for (int s = 0; s < job->source_count; s++)
            weir_source_at(job, s)->counts_at_warmup = weir_source_at(job, s)->counts;
        weir_histogram_clear(&job->total);
        weir_histogram_clear(&job->window); /* what the window had so far is part of the warm-up */
        for (int o = 0; o < job->spec->operator_count; o++)
            job->ops[o].at_warmup = job->ops[o].counts;
    }
}

void weir_measure_next_window(struct weir_controller *controller)
{
    struct weir_books *books = controller->books;
    for (int h = 0; h < controller->view.host_count; h++)
        books->hosts[h].at_window = books->hosts[h].counts;
    for (int l = 0; l < books->link_count; l++)
        books->links[l].bytes_at_window = books->links[l].bytes;
    for (int j = 0; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        if (job->life == WEIR_JOB_WAITING)
            continue;
        job->at_window = job->counts;
        for (int s = 0; s < job->source_count; s++) {
            struct weir_source *source = weir_source_at(job, s);
            source->at_window = source->spent;
            source->counts_at_window = source->counts;
        }
        if (books->warm)
            weir_histogram_merge(&job->total, &job->window);
        weir_histogram_clear(&job->window);
        for (size_t o = 0; o < job->origin_count; o++)
            job->origins[o] = (struct weir_origin){.host = job->origins[o].host};
        for (int o = 0; o < job->spec->operator_count; o++) {
            struct weir_op *op = &job->ops[o];
            op->at_window = op->counts;
            for (size_t i = 0; i < op->instance_count; i++)
                op->instances[i]->busy_s = op->instances[i]->spent_s = 0;
        }
    }
    weir_account_next_window(books);
    weir_pstates_next_window(controller);
    books->carbon_at_window_g = books->carbon_g;
    books->window_start_s = controller->clock->now_s;
}
