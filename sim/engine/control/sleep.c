/* A host sleeps from one moment to the next; it is up again when its boot is over. Nothing is on it meanwhile: what
 * would be lost, it is not sent to sleep for. */
#include "sim/engine/control/sleep.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"

struct sleeper {
    struct weir_controller *controller;
    struct weir_alarm boots; /* its end */
    int host;
    bool must_not;
};

struct weir_sleepers {
    struct sleeper *hosts;
    bool any; /* has ever slept */
};

static struct sleeper *sleeper_of(const struct weir_controller *controller, int host)
{
    return &controller->sleepers->hosts[host];
}

static void keep_awake(struct weir_controller *controller, int host)
{
    if (host >= 0)
        sleeper_of(controller, host)->must_not = true;
}

static void booted(struct weir_alarm *alarm)
{
    struct sleeper *sleeper = WEIR_RECORD(alarm, struct sleeper, boots);
    weir_host_power(sleeper->controller->shares, sleeper->host, WEIR_AWAKE);
}

void weir_sleep_init(struct weir_controller *controller)
{
    const struct weir_scenario *scenario = controller->scenario;
    size_t hosts = controller->platform->host_count;
    controller->sleepers = weir_alloc(1, sizeof *controller->sleepers);
    controller->sleepers->hosts = weir_alloc(hosts, sizeof *controller->sleepers->hosts);
    for (size_t h = 0; h < hosts; h++)
        *sleeper_of(controller, (int)h) =
            (struct sleeper){.controller = controller, .boots.ring = booted, .host = (int)h};
    for (int j = 0; j < controller->flow->job_count; j++) {
        const struct weir_run_job *job = &controller->flow->jobs[j];
        keep_awake(controller, job->source_host);
        keep_awake(controller, job->sink.host);
        for (int s = 0; s < job->source_count; s++)
            keep_awake(controller, weir_source_at(job, s)->host);
    }
    for (int a = 0; a < scenario->mobility.access_count; a++)
        keep_awake(controller, scenario->mobility.access[a].host);
    keep_awake(controller, scenario->decision_host);
    if (controller->recoveries)
        keep_awake(controller, scenario->recovery.store);
    for (size_t h = 0; h < hosts; h++) {
        controller->host_views[h].boot_time_s = controller->platform->hosts[h].boot_s;
        controller->host_views[h].may_sleep = !sleeper_of(controller, (int)h)->must_not;
    }
}

void weir_sleep_fini(struct weir_controller *controller)
{
    free(controller->sleepers->hosts);
    free(controller->sleepers);
}

static void tell(struct weir_controller *controller, const struct weir_plan_power_change *wish, const char *refusal)
{
    const struct weir_observer *observer = controller->spec->observer;
    if (!observer || !observer->decision)
        return;
    char *what = weir_format("%s %s", wish->sleeps ? "sleep" : "wake", controller->platform->hosts[wish->host].name);
    observer->decision(observer->context, controller->clock->now_s, wish->policy, "", "", what, wish->why, refusal);
    free(what);
}

void weir_sleep_tell(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_power_change *wishes = weir_plan_powers(plan, &count);
    for (int w = 0; w < count; w++) {
        controller->books->decisions += controller->books->warm;
        controller->books->refused += controller->books->warm && wishes[w].refusal;
        tell(controller, &wishes[w], wishes[w].refusal);
    }
}

/* What has come up since it was decided; NULL: nothing. */
static const char *hindrance(const struct weir_controller *controller, int host)
{
    if (!weir_host_up(controller->shares, host))
        return "it is not up any more";
    if (controller->books->hosts[host].instances)
        return "instances have come there";
    return weir_host_quiet(controller->shares, host) ? NULL : "bytes are on their way to or from it";
}

static void send_to_sleep(struct weir_controller *controller, const struct weir_plan_power_change *wish)
{
    struct weir_books *books = controller->books;
    const char *hinders = hindrance(controller, wish->host);
    const struct weir_observer *observer = controller->spec->observer;
    if (hinders && observer && observer->decision) {
        char *why = weir_format("%s does not sleep: %s", controller->platform->hosts[wish->host].name, hinders);
        observer->decision(observer->context, controller->clock->now_s, wish->policy, "", "", "note", why, NULL);
        free(why);
    }
    if (hinders)
        return;
    weir_books_settle(books, controller->clock->now_s);
    books->asleep++;
    controller->sleepers->any = books->slept = true;
    weir_host_power(controller->shares, wish->host, WEIR_ASLEEP);
}

static void wake(struct weir_controller *controller, int host)
{
    struct weir_books *books = controller->books;
    double boot_s = controller->platform->hosts[host].boot_s;
    if (weir_host_is(controller->shares, host) != WEIR_ASLEEP)
        return;
    weir_books_settle(books, controller->clock->now_s);
    books->asleep--;
    books->boots += books->warm;
    weir_host_power(controller->shares, host, boot_s > 0 ? WEIR_BOOTING : WEIR_AWAKE);
    if (boot_s > 0)
        weir_alarm_set(controller->clock, &sleeper_of(controller, host)->boots, controller->clock->now_s + boot_s);
}

void weir_sleep_carry_out(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_power_change *wishes = weir_plan_powers(plan, &count);
    for (int w = 0; w < count; w++) {
        if (wishes[w].refusal)
            continue;
        if (wishes[w].sleeps)
            send_to_sleep(controller, &wishes[w]);
        else
            wake(controller, wishes[w].host);
    }
}

void weir_sleep_view(struct weir_controller *controller)
{
    if (!controller->sleepers->any)
        return;
    for (int h = 0; h < controller->view.host_count; h++) {
        enum weir_power power = weir_host_is(controller->shares, h);
        const struct weir_alarm *boots = &sleeper_of(controller, h)->boots;
        controller->host_views[h].asleep = power == WEIR_ASLEEP;
        controller->host_views[h].boot_s = power == WEIR_BOOTING  ? boots->date_s - controller->clock->now_s
                                           : power == WEIR_ASLEEP ? controller->platform->hosts[h].boot_s
                                                                  : 0;
    }
}
