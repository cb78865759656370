#include "sim/engine/shares/simgrid.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <simgrid/host.h>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/kernel/resource/Action.hpp>
#include <simgrid/kernel/resource/Model.hpp>
#include <simgrid/s4u/Comm.hpp>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Exec.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>
#include <simgrid/version.h>
#include <xbt/config.h>

using namespace simgrid;
using kernel::resource::Action;
using kernel::resource::Model;

struct weir_activity {
    s4u::ActivityPtr activity;
    Action *action; // NULL once it is over
    void *owner;
    bool transfer;
};

static weir_simgrid_ears ears;
static kernel::timer::Timer *timer;
static bool windows; // TCP-gamma bounds flows
static bool may_ask; // all models say when they go on, whenever they are asked
static const std::vector<Model *> *models;
static bool awaited;            // `due` is to be called once something is told
static double cancelled_s = -1; // when something was cancelled last

// What is over or cancelled is handled by SimGrid before its clock goes on; it must live until then.
struct buried {
    double date_s;
    s4u::ActivityPtr activity;
};
static std::deque<buried> graves;

static void bury(weir_activity *activity)
{
    const double now_s = s4u::Engine::get_clock();
    while (!graves.empty() && graves.front().date_s < now_s)
        graves.pop_front();
    graves.push_back({now_s, std::move(activity->activity)});
    delete activity;
}

static void weir_simgrid_start(int argc, char **argv)
{
    static int count = argc; // both outlive the engine
    new s4u::Engine(&count, argv);
}

// A model without resources. SimGrid asks such that cannot foresee their next event between two dates of profiles, and
// so its clock stops at each of these, also at those of resources that nobody uses, of which it would tell too late.
class Stops : public Model
{
  public:
    Stops() : Model("weir")
    {
    }
    bool next_occurring_event_is_idempotent() override
    {
        return false;
    }
    double next_occurring_event(double) override
    {
        return -1;
    }
    void update_actions_state(double, double) override
    {
        for (auto &[link, latency_s] : watched)
            if (link->get_latency() != latency_s && link->get_data<void>()) {
                latency_s = link->get_latency();
                ears.link_delayed(ears.context, link->get_data<void>());
            }
    }
    std::vector<std::pair<s4u::Link *, double>> watched; // there is no call-back for latencies
};

static int weir_simgrid_load(const char *path, bool profiles, bool latencies, char *message, size_t size)
{
    auto *engine = s4u::Engine::get_instance();
    try {
        engine->load_platform(path);
        engine->seal_platform(); // before, Full, Floyd and the like have no routes to ask for
    } catch (const std::exception &error) {
        std::snprintf(message, size, "%s", error.what());
        return -1;
    }
    models = &engine->get_all_models();
    may_ask =
        std::all_of(models->begin(), models->end(), [](Model *m) { return m->next_occurring_event_is_idempotent(); });
    if (profiles) {
        auto stops = std::make_shared<Stops>();
        for (auto *link : engine->get_all_links())
            if (latencies)
                stops->watched.emplace_back(link, link->get_latency());
        engine->add_model(stops);
    }
    return 0;
}

static void weir_simgrid_wake(double date_s);

static void completed(const s4u::Activity &over)
{
    if (awaited) {
        awaited = false;
        weir_simgrid_wake(0);
    }
    auto *activity = static_cast<weir_activity *>(const_cast<s4u::Activity &>(over).get_data<void>());
    if (!activity || !activity->action)
        return;
    activity->action = nullptr;
    if (!activity->owner) // it is being cancelled
        return;
    const bool ok = over.get_state() == s4u::Activity::State::FINISHED;
    void *owner = activity->owner;
    const bool transfer = activity->transfer;
    const_cast<s4u::Activity &>(over).set_data(nullptr);
    bury(activity);
    (transfer ? ears.sent : ears.executed)(ears.context, owner, ok);
}

static void weir_simgrid_listen(const weir_simgrid_ears *listener)
{
    ears = *listener;
    windows = sg_cfg_get_double("network/TCP-gamma") > 0;
    const auto host_switched = [](const s4u::Host &host) {
        if (void *owner = host.get_data<void>())
            ears.host_switched(ears.context, owner, host.is_on());
    };
    const auto link_switched = [](const s4u::Link &link) {
        if (void *owner = link.get_data<void>())
            ears.link_switched(ears.context, owner, link.is_on());
    };
#if SIMGRID_VERSION >= 33400
    s4u::Exec::on_completion_cb(completed);
    s4u::Comm::on_completion_cb(completed);
    s4u::Host::on_onoff_cb(host_switched);
    s4u::Link::on_onoff_cb(link_switched);
#else
    s4u::Activity::on_completion_cb(completed);
    s4u::Host::on_state_change_cb(host_switched);
    s4u::Link::on_state_change_cb(link_switched);
#endif
    s4u::Host::on_speed_change_cb([](const s4u::Host &host) {
        if (void *owner = host.get_data<void>())
            ears.host_slowed(ears.context, owner);
    });
    s4u::Link::on_bandwidth_change_cb([](const s4u::Link &link) {
        if (void *owner = link.get_data<void>())
            ears.link_resized(ears.context, owner);
    });
}

static void weir_simgrid_run()
{
    s4u::Engine::get_instance()->run();
}

static double weir_simgrid_now()
{
    return s4u::Engine::get_clock();
}

static void weir_simgrid_wake(double date_s)
{
    date_s = std::max(date_s, s4u::Engine::get_clock());
    if (timer && timer->get_date() == date_s)
        return;
    if (timer)
        timer->remove();
    timer = std::isinf(date_s) ? nullptr : kernel::timer::Timer::set(date_s, [] {
        timer = nullptr;
        ears.due(ears.context);
    });
}

static bool weir_simgrid_may_ask()
{
    return may_ask;
}

static bool weir_simgrid_await()
{
    // Cancelled ones are among them, and not told.
    const bool untold = std::any_of(models->begin(), models->end(), [](Model *m) {
        return !m->get_finished_action_set()->empty() || !m->get_failed_action_set()->empty();
    });
    awaited = untold && cancelled_s < s4u::Engine::get_clock();
    return awaited;
}

static double weir_simgrid_next()
{
    const double now_s = s4u::Engine::get_clock();
    double next_s = std::numeric_limits<double>::infinity();
    for (auto *model : *models) {
        if (!model->next_occurring_event_is_idempotent())
            continue;
        const double delta_s = model->next_occurring_event(now_s);
        if (delta_s > -0.5) // -1: never; what is due by now may be a rounding before it
            next_s = std::min(next_s, now_s + std::max(0.0, delta_s));
    }
    // What has ended at the present date is told only after the timers of this date.
    const bool told = std::all_of(models->begin(), models->end(), [](Model *model) {
        return model->get_finished_action_set()->empty() && model->get_failed_action_set()->empty();
    });
    return told ? next_s : now_s;
}

// The action of an activity that has just been started: one of the newest of its model.
static Action *action_of(const s4u::Activity &activity)
{
    const double now_s = s4u::Engine::get_clock();
    for (auto *model : *models) {
        auto *started = model->get_started_action_set();
        for (auto action = started->rbegin(); action != started->rend(); ++action) {
            if (action->get_start_time() < now_s)
                break;
            if (action->get_activity() == activity.get_impl())
                return &*action;
        }
    }
    return nullptr;
}

static weir_activity *weir_simgrid_execute(sg_host_t host, double flops, double bound, void *owner)
{
    auto exec = s4u::Exec::init();
    auto *made = new weir_activity{exec, nullptr, owner, false};
    exec->set_host(host);
    exec->set_flops_amount(flops);
    if (!std::isinf(bound))
        exec->set_bound(bound);
    exec->set_data(made);
    exec->start();
    made->action = action_of(*exec);
    return made;
}

// SimGrid reads Comm::set_rate for mailboxes alone, and where TCP-gamma is 0 forgets it, too: so the bound is set on
// the action itself. It bounds each flow, 3.32 those without latency, by the bandwidth that its route has as it starts,
// so that a link that gets faster would not speed it up. That bound goes; where TCP-gamma is not 0 it is that of TCP's
// window as well, and stays.
static void bound_flow(Action *action, double bound)
{
    const bool unbounded = std::isinf(bound);
    if (unbounded && windows)
        return;
    if (windows && action->get_bound() > 0 && action->get_bound() < bound)
        return;
    action->set_bound(unbounded ? -1 : bound);
    action->set_user_bound(unbounded ? -1 : bound);
}

static weir_activity *weir_simgrid_send(sg_host_t from, sg_host_t to, double bytes, double bound, void *owner)
{
    // SimGrid counts whole bytes, and never starts an empty transfer; what is left of one under way may be a fraction.
    const double whole = std::max(1.0, std::ceil(bytes));
    auto comm = s4u::Comm::sendto_init(from, to);
    auto *made = new weir_activity{comm, nullptr, owner, true};
    comm->set_data(made);
    comm->set_payload_size(static_cast<uint64_t>(whole));
    comm->start();
    made->action = action_of(*comm);
    if (!made->action) {
        comm->set_data(nullptr);
        bury(made);
        return nullptr;
    }
    made->action->set_remains(made->action->get_remains_no_update() - (whole - bytes));
    bound_flow(made->action, bound);
    return made;
}

static void weir_simgrid_disown(weir_activity *activity)
{
    activity->owner = nullptr;
}

static void weir_simgrid_cancel(weir_activity *activity)
{
    activity->owner = nullptr;
    activity->activity->set_data(nullptr);
    if (activity->action)
        activity->activity->cancel();
    cancelled_s = s4u::Engine::get_clock();
    bury(activity);
}

static void weir_simgrid_bound(weir_activity *activity, double bound)
{
    if (!activity->action)
        return;
    activity->action->set_user_bound(bound);
    activity->action->set_bound(bound);
}

static void weir_simgrid_weigh_alike(weir_activity *activity, double bound)
{
    if (!activity->action)
        return;
    activity->action->set_sharing_penalty(2); // what is not changed would be forgotten
    activity->action->set_sharing_penalty(1);
    bound_flow(activity->action, bound);
}

static void weir_simgrid_pause(weir_activity *activity, bool paused)
{
    if (!activity->action || activity->action->is_suspended() == paused)
        return;
    if (paused)
        activity->action->suspend();
    else
        activity->action->resume();
}

static double weir_simgrid_left(const weir_activity *activity, double date_s)
{
    auto *action = activity->action;
    if (!action)
        return 0;
    if (action->get_state() != Action::State::STARTED)
        return action->get_remains_no_update();
    const double left = action->get_remains() - action->get_rate() * std::max(0.0, date_s - s4u::Engine::get_clock());
    return std::max(0.0, left);
}

static double weir_simgrid_rate(const weir_activity *activity)
{
    return activity->action ? activity->action->get_rate() : 0;
}

const weir_simgrid weir_simgrid_calls = {
    .start = weir_simgrid_start,
    .load = weir_simgrid_load,
    .listen = weir_simgrid_listen,
    .run = weir_simgrid_run,
    .now = weir_simgrid_now,
    .wake = weir_simgrid_wake,
    .await = weir_simgrid_await,
    .may_ask = weir_simgrid_may_ask,
    .next = weir_simgrid_next,
    .execute = weir_simgrid_execute,
    .send = weir_simgrid_send,
    .disown = weir_simgrid_disown,
    .cancel = weir_simgrid_cancel,
    .bound = weir_simgrid_bound,
    .weigh_alike = weir_simgrid_weigh_alike,
    .pause = weir_simgrid_pause,
    .left = weir_simgrid_left,
    .rate = weir_simgrid_rate,
};
