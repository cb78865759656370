/* Devices on their way: dates at which the access point changes, and what radio links carry, against arithmetic;
 * stationary distributions of models against what is known of them. */
#include "sim/model/mobility.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"
#include "sim/model/scenario.h"
#include "tests/support/test.h"

/* At 10 m/s along the x axis past access points at 0, 300 and 700 m: the middles are at 150 and 500 m, and with 40 m of
 * hysteresis it changes 20 m later: at 17 and 52 s, and on the way back at 130 and 480 m, at 92 and 127 s. */
static void on_a_line(void)
{
    struct weir_access access[] = {{0, true, 0, 0, 0, 1}, {1, true, 300, 0, 0, 1}, {2, true, 700, 0, 0, 1}};
    struct weir_fix fixes[] = {{0, 0, 0, -1}, {70, 700, 0, -1}, {140, 0, 0, -1}};
    struct weir_course track = {"t", fixes, 3, 3};
    struct weir_device device = {.motion = WEIR_MOTION_TRACK, .track = &track};
    struct weir_mobility mobility = {
        .access = access, .access_count = 3, .hysteresis = 40, .ratio = 1, .handover_s = 0.5};
    const double dates[] = {17, 52, 92, 127};
    const int to[] = {1, 2, 1, 0};
    struct weir_roam roam;
    weir_roam_begin(&roam, &mobility, NULL, &device, 1, 0);
    CU_ASSERT_EQUAL(roam.at, 0);
    for (int k = 0; k < 4; k++) {
        CU_ASSERT(weir_roam_handover(&roam, INFINITY));
        CHECK_NEAR(roam.from_s, dates[k], 1e-9);
        CHECK_NEAR(roam.open_s, dates[k] + 0.5, 1e-9);
        CU_ASSERT_EQUAL(roam.at, to[k]);
    }
    CU_ASSERT(!weir_roam_handover(&roam, INFINITY));
}

static void begin(struct weir_radio *radio, struct weir_stays *stays, const struct weir_mobility *mobility,
                  const struct weir_device *device)
{
    struct weir_roam roam;
    weir_roam_begin(&roam, mobility, NULL, device, 1, 0);
    weir_stays_begin(stays, &roam, INFINITY);
    weir_radio_begin(radio, stays);
}

/* The same line; 1 MB/s within 100 m, 0.25 MB/s within 200 m, nothing beyond. From 5 s (50 m) on: 5 s at full rate
 * until 100 m, then 0.25 MB/s until 17 s, half a second of handover to the access point at 300 m, at 130 m then. 8 MB:
 * 5 + 3 x 1 s ... 5 MB by 10 s, 1.75 MB by 17 s, 0.125 MB/half second ... at 17.5 s it is 125 m off: 2.5 s until 100 m,
 * 0.625 MB; 0.625 MB are left: 20.625 s. */
static void rates_by_distance(void)
{
    struct weir_access access[] = {{0, true, 0, 0, 0, 1}, {1, true, 300, 0, 0, 1}, {2, true, 900, 0, 0, 1}};
    struct weir_fix fixes[] = {{0, 0, 0, -1}, {90, 900, 0, -1}};
    struct weir_course track = {"t", fixes, 2, 2};
    struct weir_reach reach[] = {{100, 1e6}, {200, 0.25e6}};
    struct weir_device device = {.motion = WEIR_MOTION_TRACK, .track = &track};
    struct weir_mobility mobility = {.access = access,
                                     .access_count = 3,
                                     .hysteresis = 40,
                                     .ratio = 1,
                                     .handover_s = 0.5,
                                     .reach = reach,
                                     .reach_count = 2};
    struct weir_stays stays;
    struct weir_radio radio;
    bool lost;
    begin(&radio, &stays, &mobility, &device);
    CHECK_NEAR(weir_radio_send(&radio, 5, 8e6, 1000, &lost), 20.625, 1e-9);
    CU_ASSERT(!lost);
    CU_ASSERT_EQUAL(weir_radio_at(&radio), 1);
    /* Beyond 200 m of it, at 50 s, nothing gets through until it is within 200 m of the one at 900 m, at 70 s. */
    CHECK_NEAR(weir_radio_send(&radio, 49, 0.5e6, 1000, &lost), 71, 1e-9);
    CU_ASSERT_EQUAL(weir_radio_at(&radio), 2);
    weir_stays_fini(&stays);
    /* What is never sent. */
    begin(&radio, &stays, &mobility, &device);
    CU_ASSERT(weir_radio_send(&radio, 51, 1, 60, &lost) == INFINITY);
    weir_stays_fini(&stays);
    /* What is left at a date: 8 MB less 5 MB by 10 s, and 1.5 MB more by 16 s. */
    double bytes = 8e6;
    begin(&radio, &stays, &mobility, &device);
    CU_ASSERT(weir_radio_carry(&radio, 5, &bytes, 16) == INFINITY);
    CHECK_NEAR(bytes, 1.5e6, 1e-3);
    CHECK_NEAR(weir_radio_carry(&radio, 16, &bytes, 1000), 20.625, 1e-9);
    weir_stays_fini(&stays);
    /* Where handovers lose, what is under way at 17 s is lost then, and what comes within half a second after it. */
    mobility.loses = true;
    begin(&radio, &stays, &mobility, &device);
    CHECK_NEAR(weir_radio_send(&radio, 16, 1e6, 1000, &lost), 17, 1e-9);
    CU_ASSERT(lost);
    CHECK_NEAR(weir_radio_send(&radio, 17.25, 1, 1000, &lost), 17.25, 1e-9);
    CU_ASSERT(lost);
    CHECK_NEAR(weir_radio_send(&radio, 17.5, 0.25e6, 1000, &lost), 18.5, 1e-9);
    CU_ASSERT(!lost);
    weir_stays_fini(&stays);
}

/* Mean over time of x, x^2 and of a distance along the way, from one long walk; and of speeds and legs. */
struct sums {
    double time_s, x, xx, y, legs, way, inside;
};
static void walk(const struct weir_device *device, double duration_s, struct sums *sums)
{
    struct weir_access access[] = {{0, true, 0, 0, 0, 1}};
    struct weir_mobility mobility = {.access = access, .access_count = 1, .ratio = 1};
    struct weir_roam roam;
    *sums = (struct sums){0};
    weir_roam_begin(&roam, &mobility, NULL, device, 7, 0);
    while (roam.from_s < duration_s) {
        double x0, y0, x1, y1, for_s = roam.until_s - roam.from_s;
        weir_trip_place(&roam.trip, roam.from_s, &x0, &y0);
        weir_trip_place(&roam.trip, roam.until_s, &x1, &y1);
        sums->time_s += for_s; /* of linear x: the mean of x^2 is (a^2 + a b + b^2) / 3 */
        sums->x += for_s * (x0 + x1) / 2;
        sums->y += for_s * (y0 + y1) / 2;
        sums->xx += for_s * (x0 * x0 + x0 * x1 + x1 * x1) / 3;
        sums->way += hypot(x1 - x0, y1 - y0);
        sums->legs += 1;
        sums->inside += x1 >= device->x[0] && x1 <= device->x[1] && y1 >= device->y[0] && y1 <= device->y[1];
        weir_roam_next(&roam);
    }
}

/* On a line of length 1 the density of a random waypoint is 6 x (1 - x), so that x has mean 1/2 and x^2 3/10; a leg is
 * 1/3 long. On a square a leg is 0.521405 long [bettstetter-2003]. With speeds uniform from a to b the mean speed over
 * time is (b - a) / ln(b / a). */
static void random_waypoint_is_stationary(void)
{
    struct sums line, square;
    struct weir_device device = {
        .motion = WEIR_MOTION_WAYPOINT, .x = {0, 1}, .y = {0, 0}, .speed = {0.1, 0.1}, .stream = "line"};
    walk(&device, 1e6, &line); /* 300 000 legs */
    CHECK_NEAR(line.x / line.time_s, 0.5, 0.002);
    CHECK_NEAR(line.xx / line.time_s, 0.3, 0.002);
    CHECK_NEAR(line.way / line.legs, 1.0 / 3, 0.002);
    device = (struct weir_device){
        .motion = WEIR_MOTION_WAYPOINT, .x = {0, 1}, .y = {0, 1}, .speed = {0.1, 0.4}, .stream = "square"};
    walk(&device, 1e6, &square);
    CHECK_NEAR(square.x / square.time_s, 0.5, 0.003);
    CHECK_NEAR(square.y / square.time_s, 0.5, 0.003);
    CHECK_NEAR(square.way / square.legs, 0.521405, 0.003);
    CHECK_NEAR(square.way / square.time_s, 0.3 / weir_log(4), 0.001);
    CHECK_NEAR(square.inside, square.legs, 0);
    /* A pause of 5 s for legs of 0.3333 / 0.1 s: at rest it is uniform, x^2 has mean 1/3 then. */
    device = (struct weir_device){.motion = WEIR_MOTION_WAYPOINT,
                                  .x = {0, 1},
                                  .y = {0, 0},
                                  .speed = {0.1, 0.1},
                                  .pause_s = {5, 5},
                                  .stream = "rests"};
    walk(&device, 2e6, &line);
    double rests = 5 / (5 + 1 / 0.3);
    CHECK_NEAR(line.xx / line.time_s, rests / 3 + (1 - rests) * 0.3, 0.002);
}

/* On a ring of streets about one block, 2 x 2 crossings, there is one way on at each; on a long grid the crossings of a
 * reversible walk are visited in proportion to their streets but for the turns; so only bounds and symmetry count here.
 */
static void manhattan_stays_on_streets(void)
{
    struct weir_device device = {.motion = WEIR_MOTION_MANHATTAN,
                                 .x = {100, 500},
                                 .y = {0, 300},
                                 .speed = {10, 10},
                                 .block = 100,
                                 .stream = "grid"};
    struct sums sums;
    walk(&device, 1e6, &sums);
    CHECK_NEAR(sums.inside, sums.legs, 0);
    CHECK_NEAR(sums.x / sums.time_s, 300, 3);
    CHECK_NEAR(sums.y / sums.time_s, 150, 3);
    CHECK_NEAR(sums.way / sums.legs, 100, 1e-6);
    struct weir_access access[] = {{0, true, 0, 0, 0, 1}};
    struct weir_mobility mobility = {.access = access, .access_count = 1, .ratio = 1};
    struct weir_roam roam;
    weir_roam_begin(&roam, &mobility, NULL, &device, 7, 0);
    int straight = 0, turns = 0;
    for (int leg = 0; leg < 40000; leg++) {
        int before = roam.trip.heading, x = roam.trip.street[0], y = roam.trip.street[1];
        weir_roam_next(&roam);
        CU_ASSERT(roam.trip.leg.vx == 0 || roam.trip.leg.vy == 0);
        if (x < 1 || x > 3 || y < 1 || y > 2)
            continue; /* all four ways are open there */
        straight += roam.trip.heading == before;
        turns++;
    }
    CHECK_NEAR((double)straight / turns, 0.5, 0.02);
}

static struct weir_scenario *read_with(const char *mobility, const char *more)
{
    struct weir_scenario *scenario = NULL;
    char *text = weir_format(
        "{\"platform\": \"p.xml\", \"duration\": \"60s\", %s \"mobility\": {%s}, \"workload\": "
        "{\"jobs\": [{\"name\": \"car\", \"count\": 2, \"source\": \"a\", \"sink\": \"source\", \"load\": {\"kind\": "
        "\"constant\", \"rate\": \"1/s\"}, \"operators\": [{\"name\": \"f\"}]}]}}",
        more, mobility);
    weir_test_file("p.xml", "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                            "<platform version=\"4.1\"><zone id=\"z\" routing=\"Full\"><host id=\"a\" speed=\"1Gf\">"
                            "<prop id=\"place\" value=\"10 20\"/></host><host id=\"b\" speed=\"1Gf\"/>"
                            "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/><route src=\"a\" dst=\"b\"><link_ctn "
                            "id=\"l\"/></route></zone></platform>\n");
    const char *path = weir_test_file("s.json", text);
    weir_scenario_read(path, NULL, &scenario);
    free(text);
    return scenario;
}

static void files_of_tracks(void)
{
    weir_test_file("t.csv", "time,id,x,y,host\n0,u,1,2,\n5,u,3,4,\n0,v,0,0,\n3,v,,,b\n10,u,5,6,\n20,u,5,7,\n");
    weir_test_file("fcd.xml", "<fcd-export><timestep time=\"0.00\"><vehicle id=\"n\" x=\"1\" y=\"2\" speed=\"3\"/>"
                              "</timestep><timestep time=\"1\"><vehicle id=\"n\" x=\"2\" y=\"2\"/>"
                              "<person id=\"p\" x=\"9\" y=\"9\"/></timestep></fcd-export>\n");
    weir_test_file("where.csv", "host;x;y\nb;30,5;40\n");
    struct weir_scenario *scenario =
        read_with("\"places\": \"where.csv\", \"devices\": [{\"jobs\": \"car-*\", \"tracks\": \"t.csv\"}]", "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    const struct weir_mobility *m = &scenario->mobility;
    CU_ASSERT_EQUAL(m->access_count, 2);
    CHECK_NEAR(m->access[0].y, 20, 0);
    CHECK_NEAR(m->access[1].x, 30.5, 0);
    CU_ASSERT_EQUAL(m->device_count, 2);
    const struct weir_course *u = m->devices[weir_mobility_device(m, 0, 0)].track,
                             *v = m->devices[weir_mobility_device(m, 1, 0)].track;
    CU_ASSERT_STRING_EQUAL(u->id, "u");
    CU_ASSERT_EQUAL(u->count, 3); /* the fix at 5 s lies between its neighbours */
    CHECK_NEAR(u->fixes[1].time_s, 10, 0);
    CU_ASSERT_EQUAL(v->fixes[1].access, 1);
    weir_scenario_free(scenario);
    scenario = read_with("\"devices\": [{\"jobs\": [\"car-0\"], \"tracks\": \"fcd.xml\", \"track\": \"n\"}]", "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    CU_ASSERT_EQUAL(scenario->mobility.access_count, 1);
    CU_ASSERT_EQUAL(scenario->mobility.files[0].count, 2);
    CU_ASSERT_EQUAL(weir_mobility_device(&scenario->mobility, 1, 0), -1);
    CU_ASSERT(weir_mobility_device(&scenario->mobility, 0, 0) == 0 && weir_mobility_sink(&scenario->mobility, 0) == 0);
    weir_scenario_free(scenario);
    /* Hosts without a place: that a pattern fits them is no matter; and a track may name one. */
    scenario = read_with("\"hosts\": \"?\", \"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"fcd.xml\"}]", "");
    CU_ASSERT_PTR_NOT_NULL(scenario);
    weir_scenario_free(scenario);
    scenario = read_with("\"hosts\": [\"a\", \"b\"], \"devices\": [{\"jobs\": \"car-*\", \"tracks\": \"t.csv\"}]", "");
    CU_ASSERT_PTR_NOT_NULL(scenario);
    weir_scenario_free(scenario);
}

/* Two jobs, one of two sources: its name means both, JOB/SOURCE one. */
static struct weir_scenario *read_several(const char *devices)
{
    struct weir_scenario *scenario = NULL;
    char *text = weir_format(
        "{\"platform\": \"p.xml\", \"duration\": \"60s\", \"mobility\": {\"devices\": [%s]}, "
        "\"workload\": {\"jobs\": [{\"name\": \"one\", \"source\": \"a\", \"load\": {\"kind\": \"constant\", \"rate\": "
        "\"1/s\"}, \"operators\": [{\"name\": \"f\"}]}, {\"name\": \"two\", \"sources\": ["
        "{\"name\": \"l\", \"source\": \"a\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}}, {\"name\": "
        "\"r\", "
        "\"source\": \"b\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}}], \"operators\": [{\"name\": "
        "\"f\"}]}]}}",
        devices);
    weir_scenario_read(weir_test_file("two.json", text), NULL, &scenario);
    if (!scenario)
        printf("\n    %s ", weir_error_message());
    free(text);
    return scenario;
}

static const char *id_of(const struct weir_scenario *scenario, int job, int source)
{
    int device = weir_mobility_device(&scenario->mobility, job, source);
    return device < 0 ? "" : scenario->mobility.devices[device].track->id;
}

static void one_of_several_sources(void)
{
#define UVW     "{\"tracks\": \"three.csv\", \"jobs\": "
#define NAMED   "{\"tracks\": \"named.csv\", \"jobs\": "
#define WANDERS "\"model\": \"random-waypoint\", \"area\": [0, 0, 9, 9], \"speed\": 1}"
    static const struct {
        const char *devices, *one, *left, *right;
    } cases[] = {
        {UVW "\"*\"}", "u", "v", "w"},
        {UVW "\"two\"}", "", "u", "v"},
        {UVW "[\"two/r\", \"one\"]}", "u", "", "v"},
        {UVW "\"two/r\"}, " UVW "\"two/?\", \"track\": \"w\"}", NULL, NULL, NULL}, /* right is named twice */
        {UVW "\"two/r\"}, " UVW "\"two/l\", \"track\": \"w\"}", "", "w", "u"},
        {NAMED "\"two\"}", "", "two/l", "two/r"},
        {NAMED "\"*\"}", NULL, NULL, NULL}, /* there is none of "one" */
        {UVW "\"two/x\"}", NULL, NULL, NULL},
    };
    weir_test_file("three.csv", "time,id,x,y\n0,u,1,2\n0,v,1,2\n0,w,1,2\n");
    weir_test_file("named.csv", "time,id,x,y\n0,two/r,1,2\n0,two/l,1,2\n");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct weir_scenario *scenario = read_several(cases[c].devices);
        CU_ASSERT_EQUAL_FATAL(!scenario, !cases[c].one);
        if (!scenario)
            continue;
        CU_ASSERT_STRING_EQUAL(id_of(scenario, 0, 0), cases[c].one);
        CU_ASSERT_STRING_EQUAL(id_of(scenario, 1, 0), cases[c].left);
        CU_ASSERT_STRING_EQUAL(id_of(scenario, 1, 1), cases[c].right);
        weir_scenario_free(scenario);
    }
    /* A sink goes with the only source, with the first of those meant, or by itself; named once. */
    static const struct {
        const char *devices;
        int sink;
    } ends[] = {
        {UVW "\"one\", \"end\": \"both\"}, " UVW "\"two\"}", 0},
        {UVW "\"two\", \"end\": \"both\"}", 0},
        {UVW "\"two/r\"}, " UVW "\"two/l\", \"end\": \"both\"}", 1},
        {UVW "\"two\"}, " UVW "\"two\", \"end\": \"sink\"}", 2},
        {UVW "\"one\"}, " UVW "\"one\", \"end\": \"sink\"}", -1}, /* the only source and its sink apart */
        {UVW "\"two\", \"end\": \"both\"}, " UVW "\"two\", \"end\": \"sink\"}", -1},
        {UVW "\"two\", \"end\": \"sink\"}, " UVW "\"two/l\", \"end\": \"both\"}", -1},
        {UVW "\"two/l\", \"end\": \"sink\"}", -1}, /* a job has one sink */
    };
    for (size_t c = 0; c < sizeof ends / sizeof *ends; c++) {
        struct weir_scenario *scenario = read_several(ends[c].devices);
        CU_ASSERT_EQUAL_FATAL(!scenario, ends[c].sink < 0);
        if (!scenario)
            continue;
        int job = c > 0, sink = weir_mobility_sink(&scenario->mobility, job);
        CU_ASSERT_EQUAL(sink, ends[c].sink);
        CU_ASSERT_EQUAL(weir_mobility_sink(&scenario->mobility, !job), -1);
        for (int d = 0; d < scenario->mobility.device_count; d++)
            CU_ASSERT_EQUAL(scenario->mobility.devices[d].is_sink, d == sink);
        weir_scenario_free(scenario);
    }
    /* Each has draws of its own. */
    struct weir_scenario *scenario = read_several("{\"jobs\": [\"two\", \"one\"], " WANDERS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    const struct weir_device *devices = scenario->mobility.devices;
    CU_ASSERT_STRING_EQUAL(devices[weir_mobility_device(&scenario->mobility, 0, 0)].stream, "mobility/one");
    CU_ASSERT_STRING_EQUAL(devices[weir_mobility_device(&scenario->mobility, 1, 0)].stream, "mobility/two/l");
    CU_ASSERT_STRING_EQUAL(devices[weir_mobility_device(&scenario->mobility, 1, 1)].stream, "mobility/two/r");
    weir_scenario_free(scenario);
}

static void what_is_refused(void)
{
    static const struct {
        const char *mobility, *more, *message;
    } cases[] = {
        {"\"devices\": [{\"jobs\": \"cart\", \"tracks\": \"t.csv\"}]", "", "has no job \"cart\""},
        {"\"devices\": [{\"jobs\": \"car-0\"}]", "", "either \"tracks\" or a \"model\""},
        {"\"devices\": [{\"jobs\": \"car-*\", \"tracks\": \"one.csv\"}]", "", "has 1 tracks, and job \"car-1\""},
        {"\"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"one.csv\", \"track\": \"w\"}]", "", "no track \"w\""},
        {"\"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"back.csv\"}]", "", "back.csv:3: u is at 1 s after 2 s"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"host.csv\"}]", "", "host.csv:2: host \"c\" is no access"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"far.csv\"}]", "",
         "far.csv:3: y is \"-1.1e9\"; it is 1e+09 m from the origin at most"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"model\": \"manhattan\", \"area\": [0, 0, 5, 5], \"speed\": 1,"
         " \"block\": 9}]",
         "", "longer than the area"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"model\": \"random-waypoint\", \"area\": [0, 0, 0, 0], \"speed\": 1}]",
         "", "single point"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"model\": \"random-waypoint\", \"area\": [0, 0, 9, 9],"
         " \"speed\": [2, 1]}]",
         "", "must not be above the second"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"one.csv\"}, {\"jobs\": \"car-0\", \"tracks\": "
         "\"one.csv\"}]",
         "", "moves already"},
        {"\"rates\": [{\"rate\": \"1MBps\"}, {\"within\": 5, \"rate\": \"1MBps\"}], \"devices\": [{\"jobs\": \"car-0\","
         " \"tracks\": \"one.csv\"}]",
         "", "must be more than that of the rate before"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"one.csv\"}]", "\"items_per_batch\": \"auto\",",
         "one by one"},
        {"\"hosts\": \"b\", \"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"one.csv\"}]", "",
         "no access point has a place"},
        {"\"hosts\": [\"a\", \"b\"], \"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"one.csv\"}]", "",
         "host \"b\" has no place, and no track names it"},
        {"\"devices\": [{\"jobs\": \"car-0\", \"tracks\": \"one.csv\", \"end\": \"sink\"}]", "",
         "the sink of job \"car-0\" is its source"},
    };
    weir_test_file("one.csv", "time,id,x,y\n0,u,1,2\n");
    weir_test_file("far.csv", "time,id,x,y\n0,u,1e9,2\n1,u,1e9,-1.1e9\n");
    weir_test_file("back.csv", "time,id,x,y\n2,u,1,2\n1,u,3,4\n");
    weir_test_file("host.csv", "time,id,host\n2,u,c\n");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        CU_ASSERT_PTR_NULL(read_with(cases[c].mobility, cases[c].more));
        CHECK_MESSAGE(cases[c].message);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"on a line", on_a_line},
        {"rates by distance", rates_by_distance},
        {"a random waypoint is stationary", random_waypoint_is_stationary},
        {"manhattan stays on streets", manhattan_stays_on_streets},
        {"files of tracks", files_of_tracks},
        {"one of several sources", one_of_several_sources},
        {"what is refused", what_is_refused},
        {0},
    };
    return weir_test_main("mobility", cases, argc, argv);
}
