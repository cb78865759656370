/* Shared objects that are wrong in one way each, chosen by the macro of that name, and one that uses all that the
 * installed headers declare. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <weir/error.h>
#include <weir/policy.h>
#include <weir/random.h>

struct state {
    double high;
    int count;
};

#ifdef TABLE_OFFSET
#define OFFSET 4096
#else
#define OFFSET offsetof(struct state, high)
#endif
#ifdef TABLE_DEFAULT
#define DEFAULT "a lot"
#else
#define DEFAULT "0.8"
#endif
static const struct weir_param params[] = {
#ifdef OWN_TIMEOUT
    {.name = "timeout",
     .type = WEIR_PARAM_INT,
     .offset = offsetof(struct state, count),
     .fallback = "1",
     .max = 7,
     .help = "Something else than the host's."},
#endif
    {.name = "high",
     .type = WEIR_PARAM_DOUBLE,
     .offset = OFFSET,
     .fallback = DEFAULT,
     .max = 1,
     .help = "Busy time above which an operator gets an instance more."},
    {0},
};

#ifdef UNDEFINED
int nobody_defines_this(void);
#endif

static inline void for_ever(void)
{
    for (volatile int i = 0;; i = !i)
        ;
}

static int create(void *state, const struct weir_policy_env *env)
{
#ifdef CRASH
    abort();
#endif
#ifdef HANG
    for (;;)
        pause();
#endif
#ifdef UNDEFINED
    return nobody_defines_this();
#endif
#ifdef EVERYTHING
    char text[100];
    const double draws = weir_draw(&(struct weir_distribution){.mean = 1}, &(struct weir_stream){1});
    struct weir_stream stream = weir_stream_open(env->seed, env->stream);
    stream = weir_stream_at(weir_stream_key(env->seed, env->stream) + weir_stream_bits(&stream), 1);
    double value = weir_stream_uniform(&stream) + weir_stream_exponential(&stream, 1) +
                   weir_stream_normal(&stream, 0, 1) + weir_stream_gamma(&stream, 1, 1) +
                   (double)weir_stream_below(&stream, 7) + draws;
    weir_quantity_show(WEIR_UNIT_TIME, value, text, sizeof text);
    if (!weir_number_scan("1", &value) || weir_quantity_parse(WEIR_UNIT_TIME, "1s", &value) ||
        !*weir_unit_describe(WEIR_UNIT_TIME) || !*weir_unit_symbol(WEIR_UNIT_TIME) || !weir_spread_names[0] ||
        weir_param_check(params, sizeof(struct state)))
        return weir_error(WEIR_ERUN, "%s", text);
    weir_param_defaults(params, state);
    weir_param_describe(params, text, sizeof text);
    if (weir_error_context("nothing") || weir_error_code() || *weir_error_message() || weir_exit_code(WEIR_ERUN) != 4)
        return WEIR_ERUN;
    weir_error_clear();
#endif
    return 0;
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    ((struct state *)state)->count++;
#ifdef SEGFAULT
    raise(SIGSEGV);
#endif
#ifdef GIVES_UP
    return weir_error(WEIR_ERUN, "the stars are not favourable");
#endif
#ifdef STUCK
    if (view->window == 1)
        for_ever();
#endif
#ifdef LOSES
    *(void *volatile *)&(void *){NULL} = malloc(100);
#endif
#ifdef UNSET
    struct state *copy = realloc(NULL, sizeof *copy); /* as malloc, but compilers do not see through it */
    if (copy->high > 0.5)                             /* NOLINT: memcheck is to find it */
        ((struct state *)state)->count++;
    free(copy);
#endif
#ifdef LEAVES
    if (view->window == 2)
        exit(0);
#endif
#ifdef DOWN /* wherever a host is down, everything shall go there */
    for (int h = 0; h < view->host_count; h++)
        for (int j = 0; j < view->job_count && !view->hosts[h].up; j++)
            weir_plan_move(plan, j, 0, h, "to the ruins");
#endif
#if defined NOT_A_NUMBER || defined EVERYTHING
    for (int j = 0; j < view->job_count; j++) {
        int count;
        const struct weir_placement *placed = weir_plan_get(plan, j, 0, &count);
        struct weir_placement one = count ? placed[0] : (struct weir_placement){0, 1, 1};
#ifdef NOT_A_NUMBER
        if (view->window == 1)
            one.weight = NAN;
#else
        weir_plan_scale(plan, j, 0, weir_plan_free_slots(plan, 0) > 0 ? 2 : 1, "%d", 2);
        weir_plan_move(plan, j, 0, 0, "here");
#endif
        weir_plan_set(plan, j, 0, &one, 1, "%d instance", 1);
    }
#endif
    return 0; /* NOLINT: what is lost above, memcheck is to find */
}

static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
#ifdef STUCK_AT_ARRIVAL
    for_ever();
#endif
#ifdef INFINITE
    struct weir_placement two[] = {{0, 1, 1}, {0, 1, INFINITY}};
    weir_plan_set(plan, job, 0, two, 2, "as much as there is");
#endif
    return 0;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
#ifdef STUCK_AT_DEPARTURE
    for_ever();
#endif
}

static void destroy(void *state)
{
#ifdef STUCK_AT_END /* only after a run, not when it is checked */
    if (((struct state *)state)->count)
        for_ever();
#endif
}

#ifndef NO_SYMBOL
const struct weir_policy weir_policy_plugin = {
#ifdef OTHER_ABI
    .abi = WEIR_POLICY_ABI + 41,
#else
    .abi = WEIR_POLICY_ABI,
#endif
#ifndef NO_NAME
    .name = "plugin",
#endif
    .summary = "Does what its macro says.",
    .source = "",
    .state_size = sizeof(struct state),
    .params = params,
    .create = create,
    .job_arrives = job_arrives,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
#else
int unused(void);
int unused(void)
{
    job_departs(NULL, NULL, 0);
    destroy(NULL);
    return params->offset ? create(NULL, NULL) : window_ends(NULL, NULL, NULL) + job_arrives(NULL, NULL, 0, NULL);
}
#endif
