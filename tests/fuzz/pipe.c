/* The pipe protocol: the input is what a program writes, one answer for each event of a small run, in whatever pieces
 * it comes. What is decided is carried out, and is in the view of the next event. */
#include "policies/pipe/line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/pipe/message.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/view.h"

#define EVENTS 12

/* What the program writes, and how much of it has come. */
struct stream {
    const char *bytes;
    size_t size, done;
    unsigned dice; /* 0: pieces end with lines */
};

static void must(bool good)
{
    if (!good)
        __builtin_trap();
}

/* Length of the next piece: at most 8 bytes, or up to the end of the line. */
static size_t next_piece(struct stream *stream)
{
    const char *at = stream->bytes + stream->done;
    size_t left = stream->size - stream->done;
    const char *end = memchr(at, '\n', left);
    if (!stream->dice)
        return end ? (size_t)(end - at) + 1 : left;
    stream->dice = stream->dice * 1664525u + 1013904223u;
    size_t piece = 1 + (stream->dice >> 29);
    return piece < left ? piece : left;
}

/* Reads an answer; false: there is none, or what came is none. */
static bool listen(struct stream *stream, struct weir_pipe_answer *answer, const char **line)
{
    size_t begun = stream->done;
    weir_pipe_answer_begin(answer);
    for (*line = NULL; !*line;) {
        if (stream->done == stream->size)
            return false;
        size_t piece = next_piece(stream);
        weir_pipe_answer_add(answer, stream->bytes + stream->done, piece);
        stream->done += piece;
        if (weir_pipe_answer_take(answer, line) != WEIR_OK) {
            must(weir_error_code() == WEIR_ERUN && *weir_error_message());
            return false;
        }
    }
    must(strlen(*line) + 1 == stream->done - begun); /* the pieces are the line and its end */
    must(memcmp(*line, stream->bytes + begun, strlen(*line)) == 0);
    return true;
}

/* An edge of 4 slots, one that is down, a cloud; a job of two operators, one of one operator, one that has departed. */
static struct weir_mock *make_world(void)
{
    struct weir_mock *world = weir_mock_new();
    weir_mock_host(world, "e", "north", WEIR_VIEW_EDGE, 2, 4);
    weir_mock_host(world, "down", "north", WEIR_VIEW_EDGE, 2, 4);
    weir_mock_host(world, "c", "far", WEIR_VIEW_CLOUD, 16, 0);
    world->hosts[1].up = false;
    weir_mock_job(world, "j", 0);
    weir_mock_operator(world, 0, "a", 1e6);
    weir_mock_operator(world, 0, "b", 1e6);
    weir_mock_deploy(world, 0, 0, 0);
    weir_mock_deploy(world, 0, 1, 2);
    weir_mock_job(world, "k", 2);
    weir_mock_operator(world, 1, "a", 1e5);
    weir_mock_deploy(world, 1, 0, 2);
    weir_mock_job(world, "gone", 0);
    world->jobs[2].running = false;
    return world;
}

static void check_changes(const struct weir_mock *world, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int c = 0; c < count; c++) {
        const struct weir_plan_change *change = &changes[c];
        must(change->refusal || change->count > 0);
        for (int i = 0; i < change->count && !change->refusal; i++) {
            const struct weir_placement *at = &change->instances[i];
            must(at->host >= 0 && at->host < world->view.host_count && world->hosts[at->host].up);
            must(isfinite(at->weight) && at->weight > 0 && at->cpu_share > 0 && at->cpu_share <= 1);
        }
    }
}

/* The event must be a line of JSON, whatever was decided before. */
static void check_event(const struct weir_mock *world, const char *event, int job, const struct weir_plan *plan)
{
    struct weir_text text = {0};
    struct weir_json_doc *doc = NULL;
    weir_pipe_add_event(&text, event, job, &world->view, plan, true, NULL);
    must(strchr(weir_text_string(&text), '\n') == text.data + text.length - 1);
    must(weir_json_parse(weir_text_string(&text), "event", &doc) == WEIR_OK);
    weir_json_free(doc);
    weir_text_fini(&text);
}

/* A run that ends with the first answer that is wrong. */
static void converse(struct stream stream)
{
    static const char *const names[] = {"window_ends", "job_arrives", "job_departs"};
    struct weir_mock *world = make_world();
    struct weir_pipe_answer answer = {0};
    const char *line;
    bool good = true;
    for (int e = 0; e < EVENTS && good; e++) {
        int kind = e == 0 ? 1 : e % 5 == 4 ? 2 : 0;
        struct weir_plan *plan = kind == 2 ? NULL : weir_plan_new(weir_mock_view(world));
        if (plan)
            weir_plan_author(plan, "exec");
        check_event(world, names[kind], kind ? 0 : -1, plan);
        good = listen(&stream, &answer, &line);
        if (good && weir_pipe_read_answer(line, &world->view, plan) != WEIR_OK) {
            must(weir_error_code() == WEIR_ERUN && *weir_error_message());
            good = false;
        }
        if (good && plan) {
            if (weir_mock_apply(world, plan))
                check_event(world, names[kind], -1, plan); /* what the next policy of the stack would see */
            check_changes(world, plan);
        }
        weir_plan_free(plan);
    }
    weir_pipe_answer_fini(&answer);
    free(world);
}

/* The bytes as a program's complaints. */
static void complain(const struct stream *stream)
{
    struct weir_pipe_complaint whole = {0}, parts = {0};
    struct stream pieces = *stream;
    weir_pipe_complaint_add(&whole, stream->bytes, stream->size);
    while (pieces.done < pieces.size) {
        size_t piece = next_piece(&pieces);
        weir_pipe_complaint_add(&parts, pieces.bytes + pieces.done, piece);
        pieces.done += piece;
    }
    char *text = weir_pipe_complaint(&whole, "python3 mine.py"), *same = weir_pipe_complaint(&parts, "python3 mine.py");
    must(strcmp(text, same) == 0);
    must(strlen(text) <= 5 * 243 && !strpbrk(text, "\n\r\t\033"));
    free(text);
    free(same);
    weir_pipe_complaint_fini(&whole);
    weir_pipe_complaint_fini(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream lines = {.bytes = (const char *)data, .size = size}, pieces = lines;
    pieces.dice = 1 + (unsigned)size;
    converse(lines);
    converse(pieces);
    complain(&pieces);
    weir_error_clear();
    return 0;
}
