#include "tests/engine/drive.h"

#include <stdio.h>
#include <stdlib.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

static const char xml[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
    "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">"
    "<host id=\"west\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/><prop id=\"place\" value=\"0 0\"/></host>"
    "<host id=\"east\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/><prop id=\"place\" value=\"1000 0\"/></host>"
    "<host id=\"cloud\" speed=\"1Gf\"><prop id=\"tier\" value=\"cloud\"/></host>"
    "<link id=\"between\" bandwidth=\"10MBps\" latency=\"10ms\"/><link id=\"far\" bandwidth=\"10MBps\" "
    "latency=\"20ms\"/>"
    "<route src=\"west\" dst=\"east\"><link_ctn id=\"between\"/></route>"
    "<route src=\"west\" dst=\"cloud\"><link_ctn id=\"far\"/></route>"
    "<route src=\"east\" dst=\"cloud\"><link_ctn id=\"far\"/></route></zone></platform>\n";

const struct weir_drive weir_drive_stays = {
    "",   "{\"rate\": \"1MBps\"}",      "100kB", "\"source\"", "1MB", "", "west", "source", "", "10Mf", "0B", "100s",
    "1s", "0,car,0,0\n100,car,1000,0\n"};

struct weir_test_result weir_drive_with(const struct weir_drive *drive, const char *policy, bool all,
                                        const struct weir_policy *const *catalog)
{
    char *track = weir_format("time,id,x,y\n%s", drive->track);
    weir_test_file("car.csv", track);
    free(track);
    char *scenario = weir_format(
        "{\"duration\": \"%s\", \"window\": \"10s\", %s \"mobility\": {\"hysteresis\": 24, \"handover\": \"%s\", "
        "\"latency\": \"5ms\", \"rates\": [%s], %s \"devices\": [{\"jobs\": \"car\", \"tracks\": "
        "\"car.csv\", \"end\": \"%s\"}]}, \"workload\": {\"jobs\": [{\"name\": \"car\", \"source\": {\"host\": "
        "\"%s\"}, %s \"source_bytes\": \"%s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\": "
        "\"1s\"}, \"operators\": [{\"name\": \"see\", \"flops\": \"%s\", \"bytes\": \"%s\", \"placement\": "
        "%s, \"state\": \"%s\"}]}]}}",
        drive->duration, drive->more, drive->handover, drive->rates, drive->mobility, drive->end, drive->source,
        drive->job, drive->bytes, drive->flops, drive->out_bytes, drive->place, drive->state);
    struct weir_test_result got = weir_test_run_traced(weir_test_file("cells.xml", xml),
                                                       all ? weir_test_all(scenario) : scenario, policy, 1, catalog);
    if (got.code != WEIR_OK)
        printf("\n    %s\n", got.message);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    weir_test_conservation(weir_test_file("cells.xml", xml), scenario, &got);
    free(scenario);
    return got;
}

struct weir_test_result weir_drive_under(const struct weir_drive *drive, const char *policy, bool all)
{
    return weir_drive_with(drive, policy, all, weir_catalog);
}
