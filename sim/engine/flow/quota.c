#include "sim/engine/flow/quota.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* Flops are subtracted with rounding: what is less of a service is none. */
#define ROUNDING 1e-12

struct weir_quota {
    struct weir_alarm alarm; /* while it serves: the end of the period */
    struct weir_instance *instance;
    double flops;   /* left of the service when the present piece of work began */
    double piece;   /* of these, what is being worked off; 0: it waits for the next period */
    double speed;   /* flops a second, when it began */
    double left_s;  /* processor time of this period, when it began */
    double end_s;   /* of the period that is known */
    double service; /* flops in all */
};

static double now_of(const struct weir_quota *quota)
{
    return quota->instance->op->flow->clock->now_s;
}

/* Periods begin at 0 s. */
static void begin_period(struct weir_quota *quota)
{
    const struct weir_operator *spec = quota->instance->op->spec;
    quota->left_s = spec->quota_s;
    quota->end_s = (floor(now_of(quota) / spec->quota_period_s * (1 + ROUNDING)) + 1) * spec->quota_period_s;
}

/* Begins what fits into the quota. */
static void work(struct weir_quota *quota)
{
    struct weir_instance *instance = quota->instance;
    struct weir_shares *shares = instance->op->flow->shares;
    quota->speed = weir_host_speed(shares, instance->host);
    quota->piece = fmin(quota->flops, quota->left_s * quota->speed);
    if (quota->flops - quota->piece <= ROUNDING * quota->service)
        quota->piece = quota->flops;
    if (quota->piece > 0 || !weir_host_up(shares, instance->host))
        weir_work_begin(shares, &instance->work, instance->host, quota->piece, instance->cpu_share);
    weir_alarm_set(instance->op->flow->clock, &quota->alarm, quota->end_s);
}

/* Flops of the piece have been done. */
static void use(struct weir_quota *quota, double flops)
{
    quota->flops -= flops;
    quota->left_s = fmax(0, quota->left_s - (quota->speed > 0 ? flops / quota->speed : 0));
}

/* The period is over while it serves: a piece that is all that is left goes on, and uses the next one's quota. */
static void rings(struct weir_alarm *alarm)
{
    struct weir_quota *quota = WEIR_RECORD(alarm, struct weir_quota, alarm);
    struct weir_instance *instance = quota->instance;
    bool works = !weir_work_idle(&instance->work);
    double left = works ? weir_work_left(&instance->work) : 0;
    bool goes_on = works && quota->piece >= quota->flops;
    use(quota, quota->piece - left);
    begin_period(quota);
    if (goes_on && left <= quota->left_s * quota->speed) {
        quota->piece = left;
        weir_alarm_set(instance->op->flow->clock, &quota->alarm, quota->end_s);
        return;
    }
    weir_work_stop(&instance->work);
    work(quota);
}

void weir_quota_begin(struct weir_instance *instance, double flops)
{
    struct weir_quota *quota = instance->quota;
    if (now_of(quota) >= quota->end_s * (1 - ROUNDING))
        begin_period(quota);
    quota->flops = quota->service = flops;
    work(quota);
}

bool weir_quota_worked(struct weir_instance *instance)
{
    struct weir_quota *quota = instance->quota;
    use(quota, quota->piece);
    quota->piece = 0;
    if (quota->flops > ROUNDING * quota->service)
        return false;
    weir_alarm_stop(instance->op->flow->clock, &quota->alarm);
    return true;
}

double weir_service_left(const struct weir_instance *instance)
{
    double left = weir_work_idle(&instance->work) ? 0 : weir_work_left(&instance->work);
    return instance->quota ? instance->quota->flops - instance->quota->piece + left : left;
}

void weir_service_stop(struct weir_instance *instance)
{
    struct weir_quota *quota = instance->quota;
    if (quota) {
        use(quota, quota->piece - (weir_work_idle(&instance->work) ? 0 : weir_work_left(&instance->work)));
        weir_alarm_stop(instance->op->flow->clock, &quota->alarm);
    }
    weir_work_stop(&instance->work);
}

void weir_quota_init(struct weir_instance *instance)
{
    if (!(instance->op->spec->quota_s > 0))
        return;
    instance->quota = weir_alloc(1, sizeof *instance->quota);
    *instance->quota = (struct weir_quota){.alarm.ring = rings, .instance = instance, .end_s = -INFINITY};
}

void weir_quota_fini(struct weir_instance *instance)
{
    if (instance->quota)
        weir_alarm_stop(instance->op->flow->clock, &instance->quota->alarm);
    free(instance->quota);
}
