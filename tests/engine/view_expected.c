#include "tests/engine/view_expected.h"

#include <math.h>
#include <stddef.h>

/* Windows of 10 s; all jobs arrive at 50 ms, so that nothing of theirs ties with the end of a window. */
static const char scenario_text[] =
    "{\"platform\": \"\", \"duration\": \"40s\", \"window\": \"10s\", \"items_per_batch\": 1,"
    " \"costs\": {\"start\": \"15s\", \"stop\": \"0s\", \"checkpoint\": \"300ms\", \"restore\": \"700ms\"},"
    " \"faults\": [{\"host\": \"d\", \"at\": \"21s\", \"for\": \"1s\"}, {\"host\": \"d\", \"at\": \"29s\"}, {\"link\": "
    "\"side\", \"at\": \"5s\", \"bandwidth\": 0.5}],"
    " \"anomalies\": [{\"kind\": \"odd\", \"host\": \"c\", \"at\": \"10s\", \"for\": \"15s\", \"cpu\": {\"offset\": "
    "0.25}}],"
    " \"traffic\": [{\"from_tier\": \"device\", \"to_tier\": \"cloud\", \"price_per_GB\": 0.25}],"
    " \"carbon\": [{\"region\": \"north\", \"intensity\": 320}],"
    " \"recovery\": {\"checkpoint_interval\": \"1h\", \"place\": \"wait\"},"
    " \"workload\": {\"jobs\": ["
    /* 1 kB at 100 kB/s and 10 ms; 20 Mf on half a core; 500 B at 1 MB/s and 20 ms: 10 + 10 + 40 + 0.5 + 20 ms. */
    "  {\"name\": \"plain\", \"source\": \"s\", \"source_bytes\": \"1kB\", \"arrive\": \"50ms\", \"sink\": \"c\", "
    "\"slo\": \"50ms\","
    "   \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"},"
    "   \"operators\": [{\"name\": \"a\", \"flops\": \"20Mf\", \"bytes\": \"500B\", \"disk\": \"2kB\", \"state\": "
    "\"3MB\", \"keys\": 1,"
    "    \"min_instances\": 0, \"max_parallelism\": 7, \"placement\": {\"region\": \"north\"}}]},"
    /* 0.11 s of work every 0.1 s. */
    "  {\"name\": \"queue\", \"source\": \"f\", \"source_bytes\": \"2kB\", \"arrive\": \"50ms\", \"slo\": \"2.505s\","
    "   \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"},"
    "   \"operators\": [{\"name\": \"q\", \"flops\": \"110Mf\", \"capacity\": 100}]},"
    /* 10/s into one that serves 5/s, whose full input blocks what comes before. */
    "  {\"name\": \"jam\", \"source\": \"f\", \"arrive\": \"50ms\","
    "   \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"},"
    "   \"operators\": [{\"name\": \"j1\", \"flops\": \"1Mf\", \"capacity\": 2},"
    "                   {\"name\": \"j2\", \"flops\": \"200Mf\", \"capacity\": 4, \"keys\": 5}]},"
    /* 4/s, then 10/s, into one that serves 5/s and drops what it has no room for. */
    "  {\"name\": \"shed\", \"source\": \"f\", \"arrive\": \"50ms\","
    "   \"load\": {\"kind\": \"steps\", \"arrivals\": \"even\","
    "    \"steps\": [{\"at\": \"0s\", \"rate\": \"4/s\"}, {\"at\": \"10s\", \"rate\": \"10/s\"}]},"
    "   \"operators\": [{\"name\": \"d\", \"flops\": \"200Mf\", \"capacity\": 4}],"
    "   \"edges\": [{\"from\": \"source\", \"to\": \"d\", \"full\": \"drop-new\"}, [\"d\", \"sink\"]]},"
    /* A diamond: g on the accelerator of e, p and r on f, m joins on c; then w halves in windows of 2 s. */
    "  {\"name\": \"shape\", \"omega\": 2.5, \"source\": \"e\", \"source_bytes\": \"400B\", \"arrive\": \"50ms\","
    "   \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\", \"count\": 5000},"
    "   \"operators\": [{\"name\": \"g\", \"class\": \"gpu\", \"flops\": \"40Mf\"},"
    "    {\"name\": \"p\", \"flops\": \"5Mf\", \"placement\": \"f\"}, {\"name\": \"r\", \"flops\": \"10Mf\", "
    "\"placement\": \"f\"},"
    "    {\"name\": \"m\", \"flops\": \"2Mf\", \"join\": \"all\", \"placement\": \"c\"},"
    "    {\"name\": \"w\", \"flops\": \"2Mf\", \"window\": \"2s\", \"selectivity\": 0.5, \"bytes\": \"10B\", "
    "\"placement\": \"c\"}],"
    "   \"edges\": [[\"source\", \"g\"], {\"from\": \"g\", \"to\": \"p\", \"bytes\": \"100B\"},"
    "    {\"from\": \"g\", \"to\": \"r\", \"bytes\": \"300B\"}, {\"from\": \"p\", \"to\": \"m\", \"bytes\": \"50B\"},"
    "    {\"from\": \"r\", \"to\": \"m\", \"bytes\": \"70B\"}, [\"m\", \"w\"], [\"w\", \"sink\"]]},"
    "  {\"name\": \"gone\", \"source\": \"f\", \"arrive\": \"50ms\", \"depart\": \"12s\","
    "   \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"}, \"operators\": [{\"name\": \"o\", \"flops\": "
    "\"1Mf\"}]},"
    /* Played again from the beginning, when d is back. */
    "  {\"name\": \"twice\", \"source\": \"s\", \"arrive\": \"50ms\", \"load\": {\"kind\": \"constant\", \"rate\": "
    "\"1/s\"}, \"operators\": [{\"name\": \"t\", \"flops\": \"1Mf\", \"placement\": \"d\"}]},"
    /* Each item comes to x twice, at once and by way of s, when its window of 20 ms has ended. */
    "  {\"name\": \"event\", \"source\": \"c\", \"arrive\": \"50ms\", \"load\": {\"kind\": \"constant\", \"rate\": "
    "\"50/s\"}, \"operators\": [{\"name\": \"u\", \"placement\": \"c\"}, {\"name\": \"v\", \"placement\": \"s\"},"
    "    {\"name\": \"x\", \"placement\": \"c\", \"window\": {\"size\": \"20ms\"}}],"
    "   \"edges\": [[\"source\", \"u\"], [\"source\", \"v\"], [\"u\", \"x\"], [\"v\", \"x\"], [\"x\", \"sink\"]]}]}}";

static const struct view_expectation expectations[] = {
    {"view.time_s", "now", NULL, 30, 0},
    {"view.window_s", "now", NULL, 10, 0},
    {"view.window", "now", NULL, 2, 0},
    {"view.hosts", "now", NULL, 6, 0},
    {"view.host_count", "now", NULL, 6, 0},
    {"view.jobs", "now", NULL, 8, 0},
    {"view.job_count", "now", NULL, 8, 0},
    {"view.links", "now", NULL, 5, 0}, /* SimGrid's loopback is one */
    {"view.link_count", "now", NULL, 5, 0},
    {"view.route_latency_s", "s-c", NULL, 0.010 + 0.020, 0},
    {"view.route_bytes_per_s", "s-c", NULL, 1e6, 0},
    {"view.route_bytes_per_s", "s-s", "inf", 0, 0},
    {"view.restart_s", "now", NULL, 0.3 + 0.7, 0},
    {"view.route_links", "s-c", "up wan_UP", 0, 0},
    {"view.route_links", "s-s", NULL, 0, 0},
    {"view.anomalous", "c", NULL, 0.5, 0}, /* until 25 s */
    {"view.ends_s", "now", NULL, 40, 0},
    {"view.traffic_price", "s-c", NULL, 0.25e-9, 0},
    {"view.traffic_price", "c-s", NULL, 0, 0},

    {"host.name", "e", "e", 0, 0},
    {"host.region", "e", "north", 0, 0},
    {"host.tier", "s", "device", 0, 0},
    {"host.tier", "e", "edge", 0, 0},
    {"host.tier", "c", "cloud", 0, 0},
    {"host.speed_flops_per_s", "c", NULL, 2e9, 0},
    {"host.speed_gpu_flops_per_s", "e", NULL, 4e9, 0},
    {"host.cores", "e", NULL, 2, 0},
    {"host.slots", "e", NULL, 5, 0},
    {"host.memory_bytes", "e", NULL, 1e9, 0},
    {"host.price_per_core_s", "e", NULL, 0.25, 0},
    {"host.up", "e", "true", 0, 0},
    {"host.up", "d", "false", 0, 0},
    {"host.instances", "e", NULL, 2, 0},
    {"host.instances", "f", NULL, 7, 0}, /* q, j1, j2, d, p, r, and a second w that starts */
    {"host.memory_used_bytes", "e", NULL, 3e6, 0},
    /* Of 10 s of 2 cores: a 100 x 20 Mf, and g 100 x 10 ms of a core. */
    {"host.cpu", "e", NULL, (2.0 + 1.0) / 20, 0},
    {"host.cpu", "f", NULL, (91 * 0.110 + 50 * 0.001 + 100 * 0.200 + 100 * 0.015) / 80, 0},
    {"host.cpu", "c", NULL, 2 * 100 * 0.002 / 80 + 0.25 / 2, 0}, /* half of the window anomalous */
    {"host.memory_reported_bytes", "e", NULL, 3e6, 0},
    {"host.memory_reported_bytes", "f", NULL, 27 * 2e3, 0}, /* in front of q; those of jam and shed have no size */
    {"host.disk_bytes_per_s", "s", NULL, 10 * 1e3, 0},      /* the log of the source */
    {"host.disk_bytes_per_s", "e", NULL, 10 * 2e3 + 10 * 400, 0},
    {"host.sent_bytes_per_s", "e", NULL, 10 * (500 + 100 + 300), 0},
    {"host.sent_bytes_per_s", "f", NULL, 10 * (50 + 70), 0},
    {"host.received_bytes_per_s", "e", NULL, 10 * 1e3, 0},
    {"host.received_bytes_per_s", "c", NULL, 10 * (500 + 50 + 70), 0},

    {"host.carbon_g_per_kwh", "e", NULL, 320, 0},
    {"host.carbon_g_per_kwh", "c", "nan", 0, 0},
    {"host.asleep", "z", "true", 0, 0}, /* since 20 s */
    {"host.asleep", "d", "false", 0, 0},
    {"host.may_sleep", "d", "true", 0, 0},
    {"host.may_sleep", "s", "false", 0, 0}, /* sources */
    {"host.may_sleep", "c", "false", 0, 0}, /* a sink */
    {"host.boot_s", "z", NULL, 7, 0},

    {"host.pstate", "z", NULL, 1, 0},
    {"host.pstate_count", "z", NULL, 2, 0},
    {"host.pstate_count", "c", NULL, 1, 0},
    {"host.pstate_flops_per_s", "z", "2000000000 1000000000", 0, 0},
    {"host.pstate_flops_per_s", "c", "2000000000", 0, 0},
    /* e, 10:20 W and two cores: half of a core for 100 x 40 ms, and one for 100 x 10 ms; they never meet, as the items
     * of a come 20 ms after those of g. Each draws 10 W, and its share of 10 W, while it works. At 30 s a is at work,
     * from 29.97 to 30.01 s. */
    {"host.watts", "e", NULL, 10 + (4 * 0.25 + 1 * 0.5) * 10 / 10, 1e-9},
    {"host.watts_now", "e", NULL, 10 + 0.25 * 10, 1e-9},
    {"host.watts", "c", "nan", 0, 0},
    /* z, 4 W asleep from 20 s on, and 36 W idle before: 720 + 40 of 1000 J; 12 of these are harvested each second. */
    {"host.watts", "z", NULL, 4, 1e-9},
    {"host.battery_j", "z", NULL, 900 - 20 * (36 - 12) + 10 * (12 - 4), 1e-9},
    {"host.battery_share", "z", NULL, (900 - 20 * (36 - 12) + 10 * (12 - 4)) / 1000., 1e-9},
    {"host.battery_j", "e", "nan", 0, 0},
    {"host.harvest_w", "z", NULL, 12, 0},
    {"host.idle_w", "z", NULL, 36, 0},
    {"host.all_w", "z", NULL, 40, 0},
    {"host.off_w", "z", NULL, 4, 0},
    {"host.boot_w", "z", NULL, 36, 0},
    {"host.boot_w", "c", "nan", 0, 0},
    {"host.boot_time_s", "z", NULL, 7, 0},

    {"link.name", "wan_UP", "wan_UP", 0, 0},
    {"link.bytes_per_s", "up", NULL, 1e6, 0},
    {"link.bytes_per_s", "side", NULL, 4e6, 0}, /* half is left */
    {"link.latency_s", "wan_DOWN", NULL, 0.020, 0},

    {"job.name", "plain", "plain", 0, 0},
    {"job.running", "plain", "true", 0, 0},
    {"job.running", "gone", "false", 0, 0},
    {"job.age_s", "plain", NULL, 29.95, 0},
    {"job.source_host", "plain", "s", 0, 0},
    {"job.source_before", "plain", "s", 0, 0},
    {"job.sink_host", "plain", "c", 0, 0},
    {"job.sink_host", "queue", "none", 0, 0},
    {"job.source_bytes", "plain", NULL, 1000, 0},
    {"job.slo_s", "plain", NULL, 0.050, 0},
    {"job.slo_s", "jam", "inf", 0, 0},
    {"job.declared_items_per_s", "shed", NULL, (10 * 4 + 29.95 * 10) / 39.95, 0},
    {"job.declared_items", "shape", NULL, 5000, 0},
    {"job.declared_items", "plain", "inf", 0, 0},
    {"job.omega", "shape", NULL, 2.5, 0},
    {"job.omega", "plain", NULL, 1, 0},
    {"job.operators", "shape", NULL, 5, 0},
    {"job.operator_count", "jam", NULL, 2, 0},
    {"job.ingress_rate", "jam", NULL, 10, 0},
    {"job.emitted_rate", "jam", NULL, 5, 0},
    /* 300 have come by 30 s. j2 began at 51 ms and has done 149; it has one, 4 wait, j1 holds one, 2 wait, and the
     * source holds one that it has emitted. */
    {"job.backlog", "jam", NULL, 300 - 149 - 1 - 4 - 1 - 2 - 1, 0},
    {"job.source_backpressured", "jam", NULL, 1, 0},
    {"job.source_backpressured", "plain", NULL, 0, 0},
    /* Item k (0 first) of the queue comes at 50 ms + k / 10 s and leaves at 50 ms + 110 (k + 1) ms, after 110 + 10 k
     * ms: from 20 to 30 s those of k = 181 to 271. */
    {"job.delivered_rate", "queue", NULL, 9.1, 0},
    {"job.late_rate", "queue", NULL, 3.2, 0},      /* k = 240 and later: 2.51 s */
    {"job.duplicate_rate", "twice", NULL, 2.1, 0}, /* those of 50 ms to 20.05 s, all from 20 s on */
    {"job.due_rate", "plain", NULL, 10, 0},
    {"job.violation_rate", "plain", NULL, 10, 0},
    /* Due from 20 to 30 s are those that came from 17.495 to 27.495 s, k = 175 to 274; late is what is k = 240 and
     * later, come or not. */
    {"job.due_rate", "queue", NULL, 10, 0},
    {"job.violation_rate", "queue", NULL, 3.5, 0},
    {"job.due_rate", "jam", NULL, 0, 0},
    {"job.latency_mean_s", "queue", NULL, 0.11 + 0.01 * (181 + 271) / 2, 1e-6},
    {"job.latency_p50_s", "queue", NULL, 0.11 + 0.01 * (181 + 0.50 * 90), 0.02},
    {"job.latency_p95_s", "queue", NULL, 0.11 + 0.01 * (181 + 0.95 * 90), 0.02},
    {"job.latency_p99_s", "queue", NULL, 0.11 + 0.01 * (181 + 0.99 * 90), 0.02},
    {"job.latency_mean_s", "plain", NULL, 0.0805, 1e-9},
    /* The m-th leaves j2 at 51 ms + 0.2 m s, and has come at 50 ms + (m - 1) / 10 s; m = 100 to 149. */
    {"job.latency_mean_s", "jam", NULL, 0.101 + 0.1 * (100 + 149) / 2, 1e-6},
    {"job.dropped_rate", "shed", NULL, 5, 0},
    {"job.ingress_history", "shed", "4 10 10", 0, 0},
    {"job.history_count", "shed", NULL, 3, 0},
    {"job.origins", "plain", NULL, 1, 0},
    {"job.origin_count", "plain", NULL, 1, 0},

    {"origin.host", "plain/0", "e", 0, 0},
    {"origin.delivered_rate", "queue/0", NULL, 9.1, 0},
    {"origin.late_rate", "queue/0", NULL, 3.2, 0},
    {"origin.bytes_per_s", "plain/0", NULL, 10 * 500, 0},

    {"operator.name", "plain/a", "a", 0, 0},
    {"operator.index", "shape/m", NULL, 3, 0},
    {"operator.upstream", "shape/m", "p r", 0, 0},
    {"operator.upstream", "shape/g", "end", 0, 0},
    {"operator.upstream_bytes", "shape/m", "50 70", 0, 0},
    {"operator.upstream_rates", "plain/a", "100000", 0, 0},
    {"operator.upstream_rates", "shape/m", "inf inf", 0, 0},
    {"operator.upstream_count", "shape/m", NULL, 2, 0},
    {"operator.downstream", "shape/g", "p r", 0, 0},
    {"operator.downstream", "shape/w", "end", 0, 0},
    {"operator.downstream_bytes", "shape/g", "100 300", 0, 0},
    {"operator.downstream_rates", "plain/a", "1000000", 0, 0},
    {"operator.downstream_count", "shape/g", NULL, 2, 0},
    {"operator.work_class", "shape/g", "gpu", 0, 0},
    {"operator.work_class", "plain/a", "cpu", 0, 0},
    {"operator.flops_per_item", "plain/a", NULL, 20e6, 0},
    {"operator.in_bytes", "shape/m", NULL, (50 + 70) / 2.0, 0},
    {"operator.out_bytes", "shape/g", NULL, (100 + 300) / 2.0, 0},
    {"operator.selectivity", "shape/w", NULL, 0.5, 0},
    {"operator.stateful", "plain/a", "true", 0, 0},
    {"operator.stateful", "jam/j1", "false", 0, 0},
    {"operator.state_bytes", "plain/a", NULL, 3e6, 0},
    {"operator.min_instances", "plain/a", NULL, 0, 0},
    {"operator.min_instances", "shape/w", NULL, 1, 0},
    {"operator.max_parallelism", "plain/a", NULL, 7, 0},
    {"operator.window_s", "shape/w", NULL, 2, 0},
    {"operator.key_groups", "jam/j2", NULL, 128, 0},
    {"operator.key_groups", "shape/w", NULL, 0, 0},
    {"operator.joins", "shape/m", "true", 0, 0},
    {"operator.joins", "shape/w", "false", 0, 0},
    {"operator.range_share", "plain/a", "1 1 1 1 1 1 1", 0, 0}, /* one key */
    {"operator.range_share_count", "plain/a", NULL, 7, 0},
    {"operator.instances", "shape/w", NULL, 2, 0},
    {"operator.instance_count", "shape/w", NULL, 2, 0},
    {"operator.ready_s", "shape/w", "29.95 -1", 0, 0}, /* since it arrived; the other until 35 s */
    {"operator.instance_busy", "shape/w", "0.01 nan", 0, 0},
    {"operator.instance_busy", "plain/a", "0.4", 0, 0},
    {"operator.where", "plain/a", "e", 0, 0},
    {"operator.where_count", "plain/a", NULL, 1, 0},
    {"operator.changing", "shape/w", "true", 0, 0}, /* until 35 s */
    {"operator.changing", "shape/m", "false", 0, 0},
    {"operator.arrival_rate", "shape/m", NULL, 20, 0}, /* from two inputs */
    {"operator.arrival_rate", "shed/d", NULL, 5, 0},   /* what is dropped has not arrived */
    {"operator.processed_rate", "shape/m", NULL, 10, 0},
    {"operator.processed_rate", "queue/q", NULL, 9.1, 0},
    {"operator.output_rate", "shape/w", NULL, 5, 0},
    {"operator.output_rate", "shape/g", NULL, 10, 0}, /* however many edges */
    {"operator.true_rate", "plain/a", NULL, 1 / 0.040, 1e-6},
    {"operator.true_rate", "jam/j1", NULL, 1 / 0.001, 1e-6},
    {"operator.true_output_rate", "shape/w", NULL, 0.5 / 0.001, 1e-6},
    {"operator.busy", "plain/a", NULL, 10 * 0.040, 1e-9},
    {"operator.idle", "plain/a", NULL, 1 - 10 * 0.040, 1e-9},
    {"operator.busy", "jam/j1", NULL, 5 * 0.001, 1e-9},
    {"operator.backpressured", "jam/j1", NULL, 1 - 5 * 0.001, 1e-9},
    {"operator.occupancy", "queue/q", NULL, 0.27, 0},
    {"operator.queued", "queue/q", NULL, 300 - 272 - 1, 0},
    {"operator.held", "jam/j2", NULL, 1, 0},
    {"operator.held", "queue/q", NULL, 0, 0},
    {"operator.waiting_s", "queue/q", NULL, 0.01 * (181 + 271) / 2, 1e-6},
    {"operator.waiting_s", "jam/j2", NULL, 4 * 0.2, 1e-6},
    {"operator.service_s", "plain/a", NULL, 0.040, 1e-9},
    {"operator.blocked_s", "jam/j1", NULL, 0.2 - 0.001, 1e-9},
    {"operator.latency_s", "jam/j1", NULL, 2 * 0.2 + 0.2, 1e-6}, /* two before it, then itself */
    {"operator.dropped_rate", "shed/d", NULL, 5, 0},
    {"operator.late_rate", "event/x", NULL, 50, 0},
    {"operator.late_rate", "event/u", NULL, 0, 0},
    {"operator.watermark_lag_s", "event/x", NULL, 0.01, 1e-9}, /* the last came at 29.99 s */

    {"instance.host", "shape/w/1", "f", 0, 0},
    {"instance.weight", "plain/a/0", NULL, 2, 0},
    {"instance.cpu_share", "plain/a/0", NULL, 0.5, 0},
    {0},
};

/* One job of two sources, each to an operator that serves 5/s: left sends 20/s, of which a full input drops the rest,
 * and right 10/s, which wait. At 30 s 300 of right have come, 149 are done, one is served, one waits and one is in
 * hand. */
static const char pair_text[] =
    "{\"platform\": \"\", \"duration\": \"40s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"pair\", "
    "\"arrive\": \"51ms\", \"sources\": [{\"name\": \"left\", \"source\": \"s\", \"source_bytes\": \"700B\", \"load\": "
    "{\"kind\": \"constant\", \"rate\": \"20/s\"}}, {\"name\": \"right\", \"source\": \"f\", \"load\": {\"kind\": "
    "\"constant\", \"rate\": \"10/s\"}}], \"operators\": [{\"name\": \"y\", \"flops\": \"200Mf\", \"capacity\": 4, "
    "\"placement\": \"f\"}, {\"name\": \"x\", \"flops\": \"200Mf\", \"capacity\": 1, \"placement\": \"f\"}], "
    "\"edges\": "
    "[{\"from\": \"left\", \"to\": \"y\", \"full\": \"drop-new\"}, [\"right\", \"x\"], [\"y\", \"sink\"], [\"x\", "
    "\"sink\"]]}]}}";
static const struct view_expectation pair_expectations[] = {
    {"job.sources", "pair", NULL, 2, 0},
    {"job.source_count", "pair", NULL, 2, 0},
    {"source.name", "pair/left", "left", 0, 0},
    {"source.host", "pair/left", "s", 0, 0},
    {"source.before", "pair/right", "f", 0, 0},
    {"source.source_bytes", "pair/left", NULL, 700, 0},
    {"source.source_bytes", "pair/right", NULL, 0, 0},
    {"source.ingress_rate", "pair/left", NULL, 20, 0},
    {"source.ingress_rate", "pair/right", NULL, 10, 0},
    {"source.emitted_rate", "pair/left", NULL, 20, 0},
    {"source.emitted_rate", "pair/right", NULL, 5, 0},
    {"source.backlog", "pair/left", NULL, 0, 0},
    {"source.backlog", "pair/right", NULL, 300 - 149 - 1 - 1 - 1, 0},
    {"source.delivered_rate", "pair/left", NULL, 5, 0},
    {"source.delivered_rate", "pair/right", NULL, 5, 0},
    {"source.dropped_rate", "pair/left", NULL, 15, 0},
    {"source.dropped_rate", "pair/right", NULL, 0, 0},
    {0},
};

const struct view_world view_worlds[VIEW_WORLDS] = {{scenario_text, expectations}, {pair_text, pair_expectations}};
