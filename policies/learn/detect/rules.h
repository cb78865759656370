/* Is a server well? Two rules that compare its newest samples with those of a healthy server of the same kind, without
 * any training [li-2025]:
 *   A  in at least the share beta of the dimensions n, |var(S_n) - var(Sh_n)| > theta_v;
 *   B  |corr(S) - corr(Sh)|_F / N > theta_r, the Frobenius norm over the number N of dimensions.
 * Both hold: anomalous; neither: healthy; one alone: unsure, which is where a learned detector is asked. */
#ifndef WEIR_LEARN_DETECT_RULES_H
#define WEIR_LEARN_DETECT_RULES_H

/* Most dimensions. */
#define DETECT_RULES_MOST 64

struct detect_rules {
    int length;     /* T, samples of a window, at least 2 */
    int width;      /* N, dimensions, 1 to DETECT_RULES_MOST */
    double beta;    /* 0 to 1; 0.5 in the source */
    double theta_v; /* 0.4 in the source */
    double theta_r; /* 0.4 in the source */
};

enum detect_verdict { DETECT_HEALTHY, DETECT_UNSURE, DETECT_ANOMALOUS };

/* What the rules saw. */
struct detect_evidence {
    double deviating;   /* share of the dimensions whose variance differs by more than theta_v */
    double correlation; /* the norm of rule B */
    int samples;        /* of the newest window without gap */
};

/* Judges newest[length][width] against healthy[length][width]. low[width] and high[width] are the range that each
 * dimension of healthy servers has, and become 0 and 1; NULL for the range of the healthy window itself. A range of 0
 * is taken as the largest absolute value that there is, or 1. (Scaled by its own range instead, a window could never
 * differ by 0.4: values from 0 to 1 have a variance of 0.25 at most.) Variances divide by the number of samples; the
 * correlation with a series that does not change is 0.
 * Samples with a NaN are left out; with fewer than 2 left in either window the verdict is unsure, and for sizes out of
 * their ranges. *evidence may be NULL. Allocates nothing. */
enum detect_verdict detect_rules_judge(const struct detect_rules *rules, const double *newest, const double *healthy,
                                       const double *low, const double *high, struct detect_evidence *evidence);

#endif
