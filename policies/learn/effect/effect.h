/* What a request does on a server: the rate of data that it yields there, and whether it fails for no fault of the
 * server, learnt from history [li-2025, equation 9]. For server e, region m, category i at time t:
 *     Q = enc1(i, m, t),   V = enc2(e, B_e, L_e),   alpha = softmax(Q)
 *     A = dec1(Q + dropout(alpha * V))                    rate
 *     S = sigmoid(dec2(Q + dropout(alpha * V)))           chance that no service anomaly comes
 * with B_e the bandwidth and L_e the load of the server. Encoders are the sum of learnt rows for e, m, i and of a dense
 * layer on the numbers, relu, dense; decoders are dense, relu, dense. A is learnt by squared error, S by cross entropy.
 * Ours: enc2 also knows the region that a server stands in (`home`), whether the request comes from another one, and
 * from how far (`distance`), where these are told: that a region is a server's own is hard to learn from pairs of
 * numbers. alpha counts `width` times, which changes the size of V and nothing else. */
#ifndef WEIR_LEARN_EFFECT_EFFECT_H
#define WEIR_LEARN_EFFECT_EFFECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct effect_settings {
    int servers, regions, categories; /* E, M, I; each at least 1 */
    const int *home;                  /* [servers]: region of each server; NULL: not told. Copied */
    const double *distance;           /* [servers][regions]: how far it is, in hops or seconds or any unit, 0 or more;
                                         NULL: not told. Copied */
    int width;                        /* of Q and V */
    int hidden;                       /* of encoders and decoders */
    double dropout;                   /* of alpha * V, 0 <= dropout < 1 */
    int epochs;                       /* passes over the samples in a fit, at most: */
    int updates;                      /* steps of Adam in a fit, at most; samples are then drawn from all */
    int batch;                        /* samples a step of Adam */
    double rate;                      /* of Adam at first; it falls to 0 along a half cosine */
    double caution;                   /* what an anomaly counts by in the cross entropy; above 1: S falls, and more
                                         is taken for unsafe */
    double threshold;                 /* safe: S above it; the paper has 1/2 */
    uint64_t seed;
};

/* width 32, hidden 32, dropout 0.1, epochs 20, updates 3000, batch 256, rate 0.01, caution 1, threshold 0.5, seed 1;
 * servers, regions and categories are the caller's to set. */
extern const struct effect_settings effect_defaults;

/* What was seen of requests of one category and region on one server at about one time. */
struct effect_sample {
    int server, region, category;
    double time_s;                /* 0: midnight at the start of a Monday; series/calendar.h */
    double bandwidth_bytes_per_s; /* B_e, above 0 */
    double load;                  /* L_e, utilisation before these requests, usually 0..1 */
    double rate;                  /* data that a request yielded, at least 0; any unit, which forecasts then have; NAN:
                                     not known, and A learns nothing of it */
    double safe;                  /* share of the requests without service anomaly, 0..1 */
    double weight;                /* what the sample counts by, above 0: the number of requests, for example */
};

struct effect;

/* Learns samples[count]. *made is the caller's; NULL after an error. Errors: WEIR_EINPUT for settings out of range, no
 * sample, and samples out of range, by number; WEIR_ERUN if the training diverges. */
int effect_fit(const struct effect_settings *settings, const struct effect_sample *samples, size_t count,
               struct effect **made);

/* Goes on learning from where it is, so many updates at a fifth of the rate. Same errors; after WEIR_ERUN the model is
 * as it was. */
int effect_tune(struct effect *model, const struct effect_sample *samples, size_t count, int updates);

/* One cell; rate, safe and weight of the sample are not read. */
void effect_predict(struct effect *model, const struct effect_sample *at, double *rate, double *safe);

/* All cells at a time; servers, regions and categories that no sample showed are as the others are on average:
 * rate[servers][regions][categories] >= 0, and safe[..][..][..], the chances S. Either may be NULL. bandwidth[servers]
 * and load[servers] are those of now; a bandwidth that is not above 0 (nothing is known, or the server is down) counts
 * as the mean one, a load that is not finite as 0. O(E M I width hidden), by matrix products; working memory O((E +
 * width I) hidden), kept for the next call. */
void effect_predict_all(struct effect *model, double time_s, const double *bandwidth_bytes_per_s, const double *load,
                        float *rate, float *safe);

/* Floating-point operations of effect_predict_all, by size: two for each cell, decoder, weight of the decoder's first
 * layer and its second one. */
double effect_flops(const struct effect *model);

/* Whether a chance S is above the threshold. */
bool effect_is_safe(const struct effect *model, double safe);

/* Model files (docs/model-file.md). Errors: WEIR_EINPUT. */
int effect_save(const struct effect *model, const char *path);
int effect_load(const char *path, struct effect **made);

void effect_free(struct effect *model); /* NULL is fine */

#endif
