/* What a ccp is made of: regions, servers, categories, who serves whom at first, the shape of the days. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"
#include "sim/generate/ccp.h"
#include "sim/generate/rates.h"

const char *const weir_ccp_contents[] = {"game", "show", "music", "outdoor", "shop", "sports", NULL};
const char *const weir_ccp_screens[] = {"phone", "web", "tv", NULL};
const char *const weir_ccp_classes[] = {"a", "b", "c", NULL};
const double weir_ccp_peaks[WEIR_CCP_PEAKS] = {0.53, 0.87};

/* How much each content has of the two peaks. */
static const double peak_weight[WEIR_CCP_CONTENTS][WEIR_CCP_PEAKS] = {{0.6, 1.0}, {0.5, 1.1}, {0.8, 0.9},
                                                                      {1.0, 0.6}, {0.9, 0.8}, {0.6, 1.1}};

/* What kinds of requests there are; more categories are variations of these. */
static const double bitrates_mbps[] = {2.5, 1.5, 4, 0.8, 6, 2, 3, 8, 1.2};

static void place_regions(struct weir_ccp *c, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, "generate/ccp/regions");
    double sum = 0;
    for (int m = 0; m < c->regions; m++) {
        double angle = 2 * M_PI * weir_stream_uniform(&stream);
        double far = c->options->radius_km * sqrt(weir_stream_uniform(&stream));
        c->place[m] = (struct weir_point){far * weir_cos(angle), far * weir_sin(angle), 0};
        c->popularity[m] = weir_pow(m + 1, -0.7);
        sum += c->popularity[m];
    }
    for (int m = 0; m < c->regions; m++)
        c->popularity[m] /= sum;
}

/* One server at least a region; the small test bed has as many in each, larger ones more where more is asked. */
static void place_servers(struct weir_ccp *c, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, "generate/ccp/servers");
    double sum = 0, due = 0;
    int next = 0, spare = c->servers - c->regions;
    for (int m = 0; m < c->regions; m++)
        sum += c->options->size == 0 ? 1 : sqrt(c->popularity[m]);
    for (int m = 0; m < c->regions; m++) {
        due += (c->options->size == 0 ? 1 : sqrt(c->popularity[m])) / sum * spare;
        int until = m + 1 == c->regions ? c->servers : m + 1 + (int)(due + 1e-9);
        for (int n = 1; next < until; n++, next++) {
            double draw = weir_stream_uniform(&stream);
            int quality = draw < c->class_share[0] ? 0 : draw < c->class_share[0] + c->class_share[1] ? 1 : 2;
            c->server[next] = (struct weir_ccp_server){.region = m, .number = n, .quality = quality};
        }
    }
}

static void draw_categories(struct weir_ccp *c, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, "generate/ccp/categories");
    double sum = 0;
    size_t bitrates = sizeof bitrates_mbps / sizeof *bitrates_mbps;
    for (int i = 0; i < c->categories; i++) {
        c->category[i] = (struct weir_ccp_category){
            .content = i % WEIR_CCP_CONTENTS,
            .screen = i / 2 % WEIR_CCP_SCREENS,
            .bitrate_bits_per_s = 1e6 * bitrates_mbps[(size_t)i % bitrates],
            .session_s = 60 * round(5 + weir_stream_gamma(&stream, 2, 12)),
            .share = weir_pow(i + 1, -0.6),
        };
        sum += c->category[i].share;
    }
    for (int i = 0; i < c->categories; i++)
        c->category[i].share /= sum;
}

static bool at_peak(double time_s)
{
    for (int k = 0; k < WEIR_CCP_PEAKS; k++)
        if (fabs(fmod(time_s, 86400) - weir_ccp_peaks[k] * 86400) <= WEIR_CCP_PEAK_HALF_S)
            return true;
    return false;
}

static void draw_shapes(struct weir_ccp *c, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, "generate/ccp/shape");
    double weight[WEIR_CCP_CONTENTS] = {0}, peak = 0;
    for (int i = 0; i < c->categories; i++)
        weight[c->category[i].content] += c->category[i].share;
    for (int k = 0; k < WEIR_CCP_CONTENTS; k++) {
        double *rate = c->shape + (size_t)k * (size_t)c->steps, sum = 0, high = 0;
        for (int t = 0; t < c->steps; t++) {
            double middle_s = (t + 0.5) * WEIR_CCP_STEP_S, day = fmod(middle_s / 86400, 1);
            rate[t] = 0.35;
            for (int p = 0; p < WEIR_CCP_PEAKS; p++) {
                double away = fabs(day - weir_ccp_peaks[p]);
                away = fmin(away, 1 - away);
                rate[t] += peak_weight[k][p] * weir_exp(-away * away / (2 * 0.07 * 0.07));
            }
            if (fmod(floor(middle_s / 86400), 7) >= 5)
                rate[t] *= c->options->weekend;
            rate[t] *= weir_rates_noise(c->options->noise, &stream);
            sum += rate[t];
            high += at_peak(middle_s) ? rate[t] : 0;
        }
        for (int t = 0; t < c->steps; t++)
            rate[t] *= c->steps / sum;
        peak += weight[k] * high / sum;
    }
    c->peak_share = peak;
}

/* The first server of each region, and how many it has. */
static void count_servers(const struct weir_ccp *c, int *first, int *count)
{
    for (int e = c->servers; e-- > 0;) {
        first[c->server[e].region] = e;
        count[c->server[e].region]++;
    }
}

/* Each job begins on one server of its region, the jobs in turn; some begin elsewhere, until their requests at peak are
 * the share that is asked for. */
static void place_jobs(struct weir_ccp *c, double requests_per_s, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, "generate/ccp/jobs");
    int *first = weir_alloc((size_t)c->regions, sizeof *first), *count = weir_alloc((size_t)c->regions, sizeof *count);
    int jobs = c->regions * c->categories;
    count_servers(c, first, count);
    for (int j = 0; j < jobs; j++) {
        int m = j / c->categories, i = j % c->categories;
        c->job[j].requests_per_s = requests_per_s * c->popularity[m] * c->category[i].share;
        c->job[j].server = first[m] + i % count[m];
    }
    double wanted = c->peak_share > 0 ? fmin(c->options->service / c->peak_share, 1) : 0;
    for (int tries = 0; tries < 50 * jobs && c->regions > 1; tries++) {
        int j = (int)weir_stream_below(&stream, (uint64_t)jobs), m = j / c->categories;
        double share = c->job[j].requests_per_s / requests_per_s;
        /* Short of the share by less than half a job is near enough. */
        if (c->job[j].crosses || c->crossing + share / 2 > wanted)
            continue;
        int to = (m + 1 + (int)weir_stream_below(&stream, (uint64_t)c->regions - 1)) % c->regions;
        c->job[j].server = first[to] + (int)weir_stream_below(&stream, (uint64_t)count[to]);
        c->job[j].crosses = true;
        c->crossing += share;
    }
    free(first);
    free(count);
}

struct loaded {
    double load;
    int server;
};

static int by_load(const void *left, const void *right)
{
    const struct loaded *a = left, *b = right;
    return a->load != b->load ? (a->load < b->load) - (a->load > b->load)
                              : (a->server > b->server) - (a->server < b->server);
}

/* Uplinks that make the busiest servers use 21 to 33 % of theirs on average and the others 2 to 19 %; a server without
 * jobs gets the uplink of another. */
static void size_uplinks(struct weir_ccp *c, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, "generate/ccp/uplinks");
    struct loaded *order = weir_alloc((size_t)c->servers, sizeof *order);
    int used = 0;
    for (int j = 0; j < c->regions * c->categories; j++) {
        double bits = c->category[j % c->categories].bitrate_bits_per_s * 60;
        c->server[c->job[j].server].load_bytes_per_s += c->job[j].requests_per_s * bits / 8;
    }
    for (int e = 0; e < c->servers; e++) {
        order[e] = (struct loaded){c->server[e].load_bytes_per_s, e};
        used += c->server[e].load_bytes_per_s > 0;
    }
    qsort(order, (size_t)c->servers, sizeof *order, by_load);
    int busy = (int)lround((1 - c->options->quiet) * c->servers);
    for (int k = 0; k < c->servers; k++) {
        struct weir_ccp_server *s = &c->server[order[k].server];
        double draw = weir_stream_uniform(&stream), use = k < busy ? 0.21 + 0.12 * draw : 0.02 + 0.17 * draw;
        if (k < used) /* whole Mbit/s, 100 at least: a server that is busy at less stays so */
            s->uplink_bytes_per_s = 125e3 * fmax(k < busy ? 10 : 100, floor(s->load_bytes_per_s / use / 125e3));
        else
            s->uplink_bytes_per_s =
                c->server[order[weir_stream_below(&stream, (uint64_t)used)].server].uplink_bytes_per_s;
    }
    free(order);
}

int weir_ccp_make(const struct weir_ccp_options *o, unsigned long long seed, struct weir_ccp *c)
{
    static const int sizes[][3] = {{10, 50, 6}, {59, 476, 29}, {59, 5174, 29}};
    static const double shares[WEIR_CCP_CLASSES] = {0.6, 0.3, 0.1}, times[WEIR_CCP_CLASSES] = {1, 3, 10};
    *c = (struct weir_ccp){
        .options = o,
        .regions = o->regions ? o->regions : sizes[o->size][0],
        .servers = o->servers ? o->servers : sizes[o->size][1],
        .categories = o->categories ? o->categories : sizes[o->size][2],
        .steps = (int)(o->duration_s / WEIR_CCP_STEP_S),
    };
    if (c->servers < c->regions)
        return weir_error(WEIR_EUSAGE, "--servers (%d) is below --regions (%d); each region needs one", c->servers,
                          c->regions);
    if (o->run_s > o->duration_s)
        return weir_error(WEIR_EUSAGE, "--run (%g s) is longer than --duration (%g s)", o->run_s, o->duration_s);
    c->channels = o->channels ? o->channels : (int)lround(17854. / 5174 * c->servers);
    double mean = 0;
    for (int k = 0; k < WEIR_CCP_CLASSES; k++)
        mean += shares[k] * times[k];
    for (int k = 0; k < WEIR_CCP_CLASSES; k++) {
        c->class_share[k] = shares[k];
        c->class_anomalous[k] = fmin(o->device * times[k] / mean, 0.9);
    }
    size_t regions = (size_t)c->regions, categories = (size_t)c->categories;
    c->place = weir_alloc(regions, sizeof *c->place);
    c->popularity = weir_alloc(regions, sizeof *c->popularity);
    c->server = weir_alloc((size_t)c->servers, sizeof *c->server);
    c->category = weir_alloc(categories, sizeof *c->category);
    c->job = weir_alloc(regions * categories, sizeof *c->job);
    c->shape = weir_alloc((size_t)WEIR_CCP_CONTENTS * (size_t)c->steps, sizeof *c->shape);
    place_regions(c, seed);
    place_servers(c, seed);
    draw_categories(c, seed);
    draw_shapes(c, seed);
    place_jobs(c, o->requests_per_s > 0 ? o->requests_per_s : 6.71 / 60 * c->servers, seed);
    size_uplinks(c, seed);
    return WEIR_OK;
}

void weir_ccp_fini(struct weir_ccp *c)
{
    free(c->place);
    free(c->popularity);
    free(c->server);
    free(c->category);
    free(c->job);
    free(c->shape);
}

const char *weir_ccp_name(const struct weir_ccp *c, int server, char buffer[48])
{
    const struct weir_ccp_server *s = &c->server[server];
    snprintf(buffer, 48, "r%02d-s%02d-%s", s->region + 1, s->number, weir_ccp_classes[s->quality]);
    return buffer;
}
