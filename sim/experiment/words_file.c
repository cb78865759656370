#include "sim/experiment/words_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/experiment/files.h"

void weir_words_begin(struct weir_words_file *words, const char *path)
{
    *words = (struct weir_words_file){.path = path, .descriptor = -1};
    if (path)
        weir_os->unlink(path);
}

static void write_all(struct weir_words_file *words, const char *bytes, size_t count)
{
    while (count > 0 && !words->failed) {
        ssize_t written = weir_os->write(words->descriptor, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        words->failed = written <= 0;
        bytes += written > 0 ? written : 0;
        count -= written > 0 ? (size_t)written : 0;
    }
}

static void open_file(struct weir_words_file *words)
{
    const char *slash = strrchr(words->path, '/');
    words->begun = true;
    if (slash) {
        char *folder = weir_format("%.*s", (int)(slash - words->path), words->path);
        if (weir_folder_make(folder) != WEIR_OK)
            weir_error_clear();
        free(folder);
    }
    words->descriptor = weir_os->open(words->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    words->failed = words->descriptor < 0;
}

void weir_words_add(struct weir_words_file *words, const char *bytes, size_t count)
{
    if (!words->path || count == 0)
        return;
    if (!words->begun)
        open_file(words);
    size_t room = WEIR_WORDS_BYTES - words->kept, room_for = count < room ? count : room;
    write_all(words, bytes, room_for);
    words->kept += room_for;
    words->lost += count - room_for;
}

bool weir_words_end(struct weir_words_file *words, const struct weir_last_words *last)
{
    if (!words->begun)
        return false;
    if (words->lost) {
        size_t tail = words->lost < last->length ? words->lost : last->length;
        if (words->lost > tail) {
            char *note = weir_format("\n[%zu bytes are not kept]\n", words->lost - tail);
            write_all(words, note, strlen(note));
            free(note);
        }
        write_all(words, last->bytes + last->length - tail, tail);
    }
    if (words->descriptor >= 0)
        words->failed |= weir_os->close(words->descriptor) != 0;
    if (words->failed)
        weir_os->unlink(words->path);
    return !words->failed;
}
