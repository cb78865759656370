/* Categories by what channels are: by hand, and on the channels of a generated platform. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/channels.h"
#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "sim/base/text.h"
#include "tests/generate/make.h"
#include "tests/policies/sentinel_world.h"

#define HEAD "channel,content,screen,bitrate_bits_per_s,session_s,jobs\n"

static int class_of(const struct channels *channels, const char *job)
{
    int class = -1;
    CU_ASSERT_EQUAL(channels_class_of(channels, job, &class), WEIR_OK);
    return class;
}

static struct channels *table(const char *text, int wanted)
{
    struct channels *channels;
    CU_ASSERT_EQUAL_FATAL(channels_load(weir_test_file("channels.csv", text), wanted, 1, &channels), WEIR_OK);
    return channels;
}

/* Features by hand: content (2), screen (2), log of the bitrate from 1 to 8 Mbit/s, log of the session from 100 to 400
 * s, so that 2 and 4 Mbit/s are 1/3 and 2/3, and 200 s is 1/2. a  game web  0    0        b  game web  1/3  0 squared
 * distance a-b 1/9 c  show web  1    1        d  show web  1    1/2    c-d 1/4 e  show tv   1    1 c-e 2 Two classes:
 * those of game and those of show. Three: e by itself, as (c, d) and (a, b) cost 1/8 + 1/18, and any other three leave
 * two of a distance of 2 or more together. Four: the pair that stays is the nearest, a and b. */
static void by_hand(void)
{
    static const char text[] = HEAD "1,game,web,1e6,100,a\n2,game,web,2e6,100,b\n3,show,web,8e6,400,c\n"
                                    "4,show,web,8e6,200,d\n5,show,tv,8e6,400,e\n";
    static const char *const alike[] = {"11111", "11222", "11223", "11234", "12345"};
    for (int wanted = 1; wanted <= 6; wanted++) {
        struct channels *channels = table(text, wanted);
        const char *expected = alike[wanted < 5 ? wanted - 1 : 4];
        CU_ASSERT_EQUAL(channels_count(channels), wanted < 5 ? wanted : 5);
        for (int a = 0; a < 5; a++)
            for (int b = 0; b < a; b++) {
                bool same = class_of(channels, (char[]){(char)('a' + a), 0}) ==
                            class_of(channels, (char[]){(char)('a' + b), 0});
                CU_ASSERT_EQUAL(same, expected[a] == expected[b]);
            }
        channels_free(channels);
    }
}

/* Of 1, 3 and 8 Mbit/s the last two are alike, as log 3 is 0.53 of the way: 0.47^2 is less than 0.53^2. (By the numbers
 * themselves 3 is 0.29 of the way.) */
static void by_logarithms(void)
{
    struct channels *channels = table(HEAD "1,game,web,1e6,100,a\n2,game,web,3e6,100,b\n3,game,web,8e6,100,c\n", 2);
    CU_ASSERT_EQUAL(class_of(channels, "b"), class_of(channels, "c"));
    CU_ASSERT(class_of(channels, "b") != class_of(channels, "a"));
    channels_free(channels);
}

/* A job of several channels has the mean of their features: of three at 0, 0 and 1 that is 1/3, nearer to those at 0.
 * The first pattern that matches counts. */
static void several_channels(void)
{
    struct channels *channels =
        table(HEAD "1,game,web,1e6,100,*-mixed\n2,game,web,1e6,100,*-mixed\n"
                   "3,game,web,8e6,100,*-mixed\n4,game,web,1e6,100,low\n5,game,web,8e6,100,high\n"
                   "6,game,web,8e6,100,low*\n",
              2);
    CU_ASSERT_EQUAL(class_of(channels, "north-mixed"), class_of(channels, "low"));
    CU_ASSERT(class_of(channels, "low") != class_of(channels, "high"));
    CU_ASSERT_EQUAL(class_of(channels, "lower"), class_of(channels, "high"));
    int class;
    CU_ASSERT_EQUAL(channels_class_of(channels, "north", &class), WEIR_EINPUT);
    CHECK_MESSAGE("channels.csv: no row's \"jobs\" is \"north\" or matches it; add a row of its channels");
    channels_free(channels);
}

static void wrong_tables(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "holds no channel"},
        {HEAD, "holds no channel"},
        {"channel,content,screen,bitrate_bits_per_s,session_s\n1,a,b,1,1\n", "channels.csv:1: has no column jobs"},
        {HEAD "1,game,web,fast,100,a\n", "channels.csv:2: bitrate_bits_per_s is \"fast\"; a number above 0"},
        {HEAD "1,game,web,1e6,100,a\n2,game,web,1e6,0,a\n", "channels.csv:3: session_s is \"0\""},
        {HEAD "1,game,,1e6,100,a\n", "channels.csv:2: has no screen"},
        {HEAD "1,game,web,1e6\n", "channels.csv:2: has no jobs"},
    };
    struct channels *channels;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        CU_ASSERT_EQUAL(channels_load(weir_test_file("channels.csv", rows[k].text), 5, 1, &channels), WEIR_EINPUT);
        CHECK_MESSAGE(rows[k].message);
        CU_ASSERT_PTR_NULL(channels);
    }
    CU_ASSERT_EQUAL(channels_load("no/such/channels.csv", 5, 1, &channels), WEIR_EINPUT);
    CHECK_MESSAGE("no/such/channels.csv");
    channels_free(NULL);
}

/* Jobs 0 and 1 are alike by what they declare, and job 2 is not; their channels say that 0 and 2 are. */
static void of_the_policy(void)
{
    static const char *const name[JOBS] = {"a", "b", "c"};
    const char *path = weir_test_file("channels.csv", HEAD "1,game,web,1e6,100,[ac]\n2,show,web,1e6,100,b\n");
    char *params = weir_format("{\"u_opt\": 0.6, \"channels\": \"%s\"}", path);
    for (int told_of = 0; told_of < 2; told_of++) {
        begin(told_of ? params : "{\"u_opt\": 0.6}");
        for (int j = 0; j < JOBS; j++)
            world->jobs[j].name = name[j];
        for (int w = 0; w < 3; w++)
            step(100, 100, 100);
        const struct live *live = &((struct sentinel *)state)->live;
        CU_ASSERT(told("of 4 cells"));
        CU_ASSERT_EQUAL(live->categories, 2);
        CU_ASSERT_EQUAL(live->jobs[0].category == live->jobs[1].category, !told_of);
        CU_ASSERT_EQUAL(live->jobs[0].category == live->jobs[2].category, told_of);
        for (int j = 0; j < JOBS; j++)
            CHECK_NEAR(on_servers(j), 1, 1e-6);
        end();
    }
    free(params);
    CU_ASSERT_EQUAL(begin_as(&weir_policy_sentinel, "{\"channels\": \"no/channels.csv\"}"), WEIR_EINPUT);
    CHECK_MESSAGE("\"channels\": ");
    end();
}

/* The channels of a generated platform, as its table says of which category each is: the generator draws them about the
 * category's features. No class holds jobs of two categories. */
static void of_a_platform(void)
{
    static const char *const lines[] = {"ccp", "ccp --categories 29 --channels 2000 --duration 1d"};
    static const int categories[] = {6, 29};
    for (int k = 0; k < 2; k++) {
        char *text = make(lines[k], 5), *name, *content;
        const char *rest = text;
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        struct channels *channels = NULL;
        while (weir_generate_next(&rest, &name, &content)) {
            if (strcmp(name, "channels.csv") == 0)
                channels = table(content, 29);
            free(name);
            free(content);
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(channels);
        CU_ASSERT_EQUAL(channels_count(channels), 29);
        int class[29];
        for (int i = 0; i < categories[k]; i++)
            for (int m = 1; m <= 10; m += 9) {
                char job[24];
                snprintf(job, sizeof job, "r%02d-c%02d", m, i + 1);
                int here = class_of(channels, job);
                if (m == 1)
                    class[i] = here;
                CU_ASSERT_EQUAL(here, class[i]);
                for (int other = 0; other < i && categories[k] == 6; other++)
                    CU_ASSERT(class[other] != here);
            }
        channels_free(channels);
        free(text);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"by hand", by_hand},
        {"by logarithms", by_logarithms},
        {"several channels", several_channels},
        {"wrong tables", wrong_tables},
        {"of the policy", of_the_policy},
        {"of a platform", of_a_platform},
        {0},
    };
    return weir_test_main("sentinel_channels", cases, argc, argv);
}
