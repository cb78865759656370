/* Where instances are, told to the observer in the windows at whose end this has changed: a row (time, job, operator,
 * host, "placed", instances there) a host; one without a host and with 0 if no instance is left. */
#include "sim/base/text.h"
#include "sim/engine/control/report.h"

void weir_report_placement(struct weir_controller *controller, int job, int op)
{
    const struct weir_observer *observer = controller->spec->observer;
    const struct weir_operator_view *view = &controller->view.jobs[job].operators[op];
    const struct weir_placement *list = view->instances;
    unsigned long long hash = WEIR_HASH_START;
    for (int i = 0; i < view->instance_count; i++)
        hash = weir_hash(hash, &list[i].host, sizeof list[i].host);
    if (hash == controller->flow->jobs[job].ops[op].placed_hash)
        return;
    controller->flow->jobs[job].ops[op].placed_hash = hash;
    const char *name = controller->view.jobs[job].name;
    if (!view->instance_count)
        observer->metric(observer->context, controller->view.time_s, name, view->name, "", "placed", 0);
    for (int i = 0; i < view->instance_count; i++) {
        int same = 0, before = 0;
        for (int k = 0; k < view->instance_count; k++) {
            same += list[k].host == list[i].host;
            before += k < i && list[k].host == list[i].host;
        }
        if (!before)
            observer->metric(observer->context, controller->view.time_s, name, view->name,
                             controller->platform->hosts[list[i].host].name, "placed", same);
    }
}
