/* Execute: the plan is handed over, with what each phase had to say. */
#include <math.h>

#include "policies/proactive/proactive.h"
#include "sim/api/plan.h"

void proactive_execute(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job, int op,
                       const struct proactive_outlook *outlook, const struct proactive_step *step)
{
    const struct proactive_job *known = self->jobs[job];
    struct proactive_operator *memory = weir_memo_at(&self->operators, view, job, op);
    if (step->to == step->from)
        return;
    const char *model = known->ready ? forecaster_kind_of(known->model)->name : "none yet, the last value";
    double coming = step->to > step->from ? outlook->up_per_s : outlook->down_per_s;
    double within_s = step->to > step->from ? outlook->horizon_s : fmax(self->hold_s, outlook->horizon_s);
    weir_plan_scale(
        plan, job, op, step->to,
        "monitor: in %.4g/s, %.4g/s to work off; analyse: %s sees %.4g/s (+-%.3g) within %.3g s; plan: %.3g "
        "instances of %.4g/s needed, %s: %d%s; known: %d windows, error %.3g/s, a change takes %.3g s, "
        "%d failures",
        outlook->now_per_s, outlook->backlog_per_s, model, coming, outlook->spread_per_s, within_s, step->needed,
        step->rate, step->reason, step->to, step->terms, known->taken, known->error_per_s,
        isnan(known->rescale_s) ? 0 : known->rescale_s, known->failures);
    int planned;
    weir_plan_get(plan, job, op, &planned);
    if (planned == step->from)
        return; /* there was no room */
    memory->under_way = true;
    memory->acted_s = view->time_s;
    weir_scaler_acted(&self->scaler, view, plan, job, op, step->from);
}
