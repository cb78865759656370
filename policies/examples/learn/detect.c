/* Detectors: fitted to a past that is taken as healthy, then asked about what comes. Here a server with two signals, of
 * which one goes up at sample 5. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <weir/learn/learn.h>

#define WIDTH 2
#define PAST  100
#define NEW   8

int main(void)
{
    struct detector_env env = {.width = WIDTH, .seed = 1};
    struct detector *detector;
    double past[PAST][WIDTH], rows[NEW][WIDTH], score[NEW];
    bool flagged[NEW];
    for (int t = 0; t < PAST; t++) {
        past[t][0] = t % 2 ? 9 : 11;      /* mean 10, deviation 1 */
        past[t][1] = t % 4 < 2 ? 46 : 54; /* mean 50, deviation 4 */
    }
    for (int t = 0; t < NEW; t++) {
        rows[t][0] = t < 5 ? 11 : 16;
        rows[t][1] = 46;
    }
    int code = detector_make_text(&env, "z-score:combine=max", &detector);
    struct detector_past healthy = {.rows = past[0], .count = PAST};
    if (code == 0)
        code = detector_fit(detector, &healthy, 1);
    if (code == 0)
        code = detector_run(detector, rows[0], NEW, 0, score, flagged, NULL);
    for (int t = 0; code == 0 && t < NEW; t++)
        printf("sample %d: %.6f%s\n", t, score[t], flagged[t] ? " anomalous" : "");
    detector_free(detector);
    if (code != 0)
        fprintf(stderr, "%s\n", weir_error_message());
    return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
