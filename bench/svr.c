/* Online support vector regression at its usual work: a window of 100 samples of 6 inputs that slides over a daily load
 * with noise. Prints samples inserted and forgotten per second of processor time, those aged as well, and the change of
 * sets a sample. bench_svr [SAMPLES] */
#include <math.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "policies/learn/svr/svr.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

enum { WINDOW = 100, INPUTS = 6 };

static int slide(const double *z, int samples, const struct svr_weights *weights)
{
    struct svr_settings settings = {.inputs = INPUTS, .capacity = WINDOW, .gamma = 2, .jitter = 1e-6};
    struct svr *svr = svr_new(&settings);
    int code = WEIR_OK;
    double start_s = 0;
    for (int t = -WINDOW; t < samples && code == WEIR_OK; t++) {
        if (t == 0)
            start_s = bench_cpu_s();
        code = svr_slide(svr, weights, z + WINDOW + t, z[WINDOW + t + INPUTS]);
    }
    double taken_s = bench_cpu_s() - start_s;
    struct svr_counts counts = svr_counts_of(svr);
    if (code == WEIR_OK)
        printf("%.0f %.2f %.1e %ld\n", samples / taken_s, (double)counts.events / (samples + WINDOW), svr_kkt(svr),
               counts.rebuilds);
    else
        fprintf(stderr, "bench_svr: %s\n", weir_error_message());
    svr_free(svr);
    return code;
}

int main(int argc, char **argv)
{
    int samples = argc > 1 ? atoi(argv[1]) : 100000;
    struct weir_stream draw = weir_stream_open(1, "bench");
    double *z = weir_alloc((size_t)samples + WINDOW + INPUTS + 1, sizeof *z);
    for (int t = 0; t < samples + WINDOW + INPUTS + 1; t++)
        z[t] = 0.5 + 0.3 * sin(2 * 3.141592653589793 * t / 48) + weir_stream_normal(&draw, 0, 0.03);
    int code = slide(z, samples, &(struct svr_weights){.ageing = SVR_UNIFORM, .c = 10, .eps = 0.03});
    if (code == WEIR_OK)
        code = slide(z, samples, &(struct svr_weights){SVR_EXPONENTIAL, 10, 0.03, 0.97, 4});
    free(z);
    return weir_exit_code(code);
}
