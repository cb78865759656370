/* Files of fitted forecasters: one line that says what it is, how many bytes follow and their checksum; one line of
 * JSON with the kind's parameters and the step; what the checks remember; what the kind saves. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/support.h"
#include "policies/learn/forecast/work.h"
#include "policies/learn/given.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define MAGIC   "weir-forecaster"
#define VERSION 2

static int write_bytes(const char *path, const struct weir_text *head, const struct weir_text *body)
{
    char *draft = weir_format("%s.part", path);
    FILE *file = fopen(draft, "wb");
    bool written = file && fwrite(head->data, 1, head->length, file) == head->length &&
                   fwrite(body->data, 1, body->length, file) == body->length;
    if (file && fclose(file) != 0)
        written = false;
    int code = WEIR_OK;
    if (!written || rename(draft, path) != 0) {
        code = weir_error(WEIR_EINPUT, "%s: cannot be written: %s", path, strerror(errno));
        remove(draft);
    }
    free(draft);
    return code;
}

int forecaster_pack(const struct forecaster *forecaster, struct weir_text *to)
{
    const struct forecaster_kind *kind = forecaster->kind;
    if (!kind->kept && (!kind->save || !kind->load))
        return weir_error(WEIR_EINPUT, "forecaster %s: this kind cannot be saved; it is quick to fit anew", kind->name);
    if (!forecaster->fitted)
        return weir_error(WEIR_EINPUT, "forecaster %s: it must be fitted to a series first", kind->name);
    weir_text_addf(to, "{\"step\": %.17g, \"memory\": %zu, \"forecaster\": %s}\n", forecaster->env.step_s,
                   sizeof forecaster->memory, forecaster->parameters);
    weir_text_add_bytes(to, &forecaster->memory, sizeof forecaster->memory);
    int code = WEIR_OK;
    if (kind->kept)
        forecaster_kept_save(kind->kept, forecaster->state, to);
    else
        code = kind->save(forecaster->state, to);
    return code == WEIR_OK ? WEIR_OK : weir_error_context("forecaster %s", kind->name);
}

int forecaster_save(const struct forecaster *forecaster, const char *path)
{
    if (learn_given(__func__, "forecaster path", forecaster, path) != WEIR_OK)
        return WEIR_EINPUT;
    struct weir_text head = {0}, body = {0};
    int code = forecaster_pack(forecaster, &body);
    if (code == WEIR_OK) {
        weir_text_addf(&head, MAGIC " %d %zu %016llx\n", VERSION, body.length,
                       weir_hash(WEIR_HASH_START, body.data, body.length));
        code = write_bytes(path, &head, &body);
    }
    weir_text_fini(&head);
    weir_text_fini(&body);
    return code;
}

int forecaster_unpack(const char **bytes, size_t *left, void *into, size_t size)
{
    if (*left < size)
        return weir_error(WEIR_EINPUT,
                          "what it saved has %zu bytes left where %zu are needed; it was saved by another "
                          "weir, save it anew",
                          *left, size);
    memcpy(into, *bytes, size);
    *bytes += size;
    *left -= size;
    return WEIR_OK;
}

static int read_bytes(const char *path, struct weir_text *content)
{
    FILE *file = fopen(path, "rb");
    char block[65536];
    size_t got;
    if (!file)
        return weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno));
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        weir_text_add_bytes(content, block, got);
    bool failed = ferror(file);
    fclose(file);
    return failed ? weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno)) : WEIR_OK;
}

/* Checks the first line and the sum of what follows; *body is that. */
static int check_file(const char *path, const struct weir_text *content, const char **body, size_t *length)
{
    int version, used = 0;
    unsigned long long sum;
    const char *text = weir_text_string(content);
    if (sscanf(text, MAGIC " %d %zu %16llx%n", &version, length, &sum, &used) != 3 || text[used] != '\n') {
        if (sscanf(text, MAGIC " %d", &version) == 1 && version != VERSION)
            return weir_error(WEIR_EINPUT, "%s: its format is version %d, and this weir reads version %d; save it anew",
                              path, version, VERSION);
        return weir_error(WEIR_EINPUT, "%s: it is no forecaster that weir has saved", path);
    }
    if (version != VERSION)
        return weir_error(WEIR_EINPUT, "%s: its format is version %d, and this weir reads version %d; save it anew",
                          path, version, VERSION);
    *body = text + used + 1;
    size_t there = content->length - (size_t)used - 1;
    if (there != *length)
        return weir_error(WEIR_EINPUT,
                          "%s: it has %zu bytes where its first line says %zu; it was cut short or added "
                          "to: save it anew",
                          path, there, *length);
    if (weir_hash(WEIR_HASH_START, *body, *length) != sum)
        return weir_error(WEIR_EINPUT, "%s: its checksum is wrong: it was changed; save it anew", path);
    return WEIR_OK;
}

/* Makes the forecaster that the JSON line describes. */
static int make(const struct forecaster_env *env, const struct weir_json *at, struct forecaster **made)
{
    struct forecaster_env own = *env;
    struct weir_json slot;
    double step_s = 0, memory = 0;
    int code = weir_json_opt_number(at, "step", 0, 1e300, &step_s);
    if (code == WEIR_OK)
        code = weir_json_opt_number(at, "memory", 0, 1e300, &memory);
    if (code == WEIR_OK && memory != sizeof(struct forecaster_memory))
        code = weir_json_error(at, "it was saved by another weir; save it anew");
    if (code == WEIR_OK && own.step_s > 0 && own.step_s != step_s)
        code =
            weir_json_error(at, "it was fitted to values %g s apart, and here they are %g s apart", step_s, own.step_s);
    own.step_s = step_s;
    if (code == WEIR_OK)
        code = weir_json_need(at, "forecaster", &slot);
    return code == WEIR_OK ? forecaster_make(&own, &slot, made) : code;
}

/* What the checks remember, then what the kind saved. */
static int fill(struct forecaster *made, const char *bytes, size_t left)
{
    int code = forecaster_unpack(&bytes, &left, &made->memory, sizeof made->memory);
    if (code == WEIR_OK && made->memory.recent_count > SERIES_HAMPEL)
        code = weir_error(WEIR_EINPUT, "what it saved does not fit this weir; save it anew");
    const struct forecaster_kind *kind = made->kind;
    if (code == WEIR_OK && !kind->kept && !kind->load)
        code = weir_error(WEIR_EINPUT, "this kind cannot be loaded");
    if (code == WEIR_OK)
        code = kind->kept ? forecaster_kept_load(kind->kept, made->state, bytes, left)
                          : kind->load(made->state, bytes, left);
    if (code == WEIR_OK && kind->kept && kind->loaded)
        code = kind->loaded(made->state);
    made->fitted = code == WEIR_OK;
    return code;
}

int forecaster_restore(const struct forecaster_env *env, const char *name, const char *bytes, size_t length,
                       struct forecaster **made)
{
    struct weir_json_doc *doc = NULL;
    const char *end = memchr(bytes, '\n', length);
    char *line = end ? weir_format("%.*s", (int)(end - bytes), bytes) : weir_copy("");
    *made = NULL;
    int code = weir_json_parse(line, name, &doc);
    free(line);
    if (code != WEIR_OK)
        return code;
    struct weir_json root = weir_json_root(doc);
    code = make(env, &root, made);
    if (code != WEIR_OK) {
        weir_json_free(doc);
        return code;
    }
    (*made)->own = doc;
    code = fill(*made, end + 1, length - (size_t)(end + 1 - bytes));
    if (code != WEIR_OK) {
        weir_error_context("%s: forecaster %s", name, (*made)->kind->name);
        forecaster_free(*made);
        *made = NULL;
    }
    return code;
}

int forecaster_load(const struct forecaster_env *env, const char *path, struct forecaster **made)
{
    struct weir_text content = {0};
    const char *body = NULL;
    size_t length = 0;
    if (learn_given(__func__, "env path made", env, path, made) != WEIR_OK)
        return WEIR_EINPUT;
    *made = NULL;
    int code = read_bytes(path, &content);
    if (code == WEIR_OK)
        code = check_file(path, &content, &body, &length);
    if (code == WEIR_OK)
        code = forecaster_restore(env, path, body, length, made);
    weir_text_fini(&content);
    return code;
}
