/* The account of a scenario: its keys, its hosts, and the revenue of a server. */
#include "sim/model/account.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/scenario.h"
#include "tests/support/test.h"

/* Hosts of tiny.xml: a device, two of the edge, a cloud. */
enum { CAM_1, EDGE_1, EDGE_2, CLOUD_1 };

static int scenario(const char *account, struct weir_scenario **read)
{
    char *here = getcwd(NULL, 0);
    char *text = weir_format("{\"platform\": \"%s/tests/input/valid/tiny.xml\", \"duration\": \"1h\", %s"
                             " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cam-1\","
                             "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
                             "  \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}]}]}}",
                             here, account);
    int code = weir_scenario_read(weir_test_file("scenario.json", text), NULL, read);
    free(text);
    free(here);
    return code;
}

static void revenue(void)
{
    static const struct {
        double u_opt, sigma, use, revenue;
    } cases[] = {
        {0.6, 0.25, 0.6, 1},                  /* at its best */
        {0.6, 0.25, 0.35, 0.60653065971263},  /* sigma under it: exp(-1/2) */
        {0.6, 0.25, 0.85, 0.60653065971263},  /* sigma over it */
        {0.6, 0.25, 0, 0.056134762834133729}, /* exp(-0.36 / 0.125) = exp(-2.88) */
        {0.5, 0.1, 0.9, 3.3546262790251e-4},  /* exp(-8) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct weir_account account = {.u_opt = cases[i].u_opt, .sigma = cases[i].sigma};
        CHECK_NEAR(weir_account_revenue(&account, cases[i].use), cases[i].revenue, 1e-14);
    }
}

static void keys(void)
{
    struct weir_scenario *read;
    CU_ASSERT_EQUAL_FATAL(scenario("", &read), WEIR_OK);
    CU_ASSERT(!read->account.on && read->account.host_count == 0);
    unsigned long long without = read->hash;
    weir_scenario_free(read);
    CU_ASSERT_EQUAL_FATAL(scenario("\"account\": {},", &read), WEIR_OK);
    CU_ASSERT(read->account.on && read->account.u_opt == 0.6 && read->account.sigma == 0.25);
    CU_ASSERT(read->account.price_per_byte == 0 && read->account.fine_service == 0 && read->account.fine_device == 0);
    CU_ASSERT_EQUAL_FATAL(read->account.host_count, 3);
    CU_ASSERT(read->account.hosts[0] == EDGE_1 && read->account.hosts[2] == CLOUD_1);
    CU_ASSERT(read->hash != without);
    weir_scenario_free(read);
    CU_ASSERT_EQUAL_FATAL(scenario("\"account\": {\"u_opt\": 0.5, \"sigma\": 0.1, \"price_per_GB\": 2,"
                                   " \"fine_service\": 3, \"fine_device\": 4, \"hosts\": [\"edge-?\", \"cam-1\"]},",
                                   &read),
                          WEIR_OK);
    CU_ASSERT(read->account.u_opt == 0.5 && read->account.sigma == 0.1 && read->account.price_per_byte == 2e-9);
    CU_ASSERT(read->account.fine_service == 3 && read->account.fine_device == 4);
    CU_ASSERT_EQUAL_FATAL(read->account.host_count, 3);
    CU_ASSERT(read->account.hosts[0] == CAM_1 && read->account.hosts[1] == EDGE_1 && read->account.hosts[2] == EDGE_2);
    weir_scenario_free(read);
}

static void what_is_refused(void)
{
    static const struct {
        const char *account, *message;
    } cases[] = {
        {"\"account\": {\"u_op\": 1},", "account: unknown key \"u_op\""},
        {"\"account\": {\"u_opt\": 60},", "account.u_opt: "},
        {"\"account\": {\"sigma\": 0},", "account.sigma: "},
        {"\"account\": {\"fine_device\": -1},", "account.fine_device: "},
        {"\"account\": {\"hosts\": \"fog-*\"},", "no host of the platform matches \"fog-*\""},
        {"\"account\": {\"hosts\": []},", "the list is empty"},
        {"\"account\": 3,", "account: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_scenario *read;
        CU_ASSERT_EQUAL(scenario(cases[i].account, &read), WEIR_EINPUT);
        if (!strstr(weir_error_message(), cases[i].message))
            fprintf(stderr, "\n%s\n", weir_error_message());
        CU_ASSERT_PTR_NOT_NULL(strstr(weir_error_message(), cases[i].message));
        CU_ASSERT_PTR_NULL(read);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"revenue", revenue},
        {"keys", keys},
        {"what is refused", what_is_refused},
        {0},
    };
    return weir_test_main("model/account", cases, argc, argv);
}
