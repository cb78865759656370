#include "sim/experiment/shipped.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

/* Folders of the data, and what goes before the names of what is in them. */
static const struct shelf {
    enum weir_shipped_kind kind;
    const char *prefix, *folder;
} shelves[] = {
    {WEIR_SHIPPED_SCENARIO, "", "workloads/scenarios"},
    {WEIR_SHIPPED_SCENARIO, "demos/", "workloads/demos"},
    {WEIR_SHIPPED_SCENARIO, "systems/", "workloads/systems"},
    {WEIR_SHIPPED_STUDY, "", "workloads/studies"},
};
#define SHELVES (sizeof shelves / sizeof *shelves)

/* From the folder of the program to that of the data: as installed (WEIR_DATA_FROM_BIN), and in a build folder. */
static const char *const places[] = {WEIR_DATA_FROM_BIN, "share/weir"};
#define PLACES (sizeof places / sizeof *places)

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* Joins without "..": the folder's path is one without links. Owned. */
static char *join(const char *folder, const char *way)
{
    int length = (int)strlen(folder);
    while (strncmp(way, "../", 3) == 0) {
        while (length > 0 && folder[--length] != '/')
            continue;
        way += 3;
    }
    return weir_format("%.*s/%s", length, folder, way);
}

/* The folder of the data; owned. */
static int find_data(char **data)
{
    char program[PATH_MAX];
    struct weir_text tried = {0};
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    *data = NULL;
    if (length < 0)
        return weir_error(WEIR_EINPUT,
                          "/proc/self/exe cannot be read (%s), so that weir does not know where it is: "
                          "give the path of a scenario",
                          strerror(errno));
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    *slash = '\0';
    for (size_t p = 0; p < PLACES && !*data; p++) {
        char *folder = join(program, places[p]), *shelf = weir_format("%s/%s", folder, shelves[0].folder);
        if (is_folder(shelf))
            *data = folder;
        else
            free(folder);
        weir_text_addf(&tried, "%s%s", p ? " nor " : "", shelf);
        free(shelf);
    }
    int code = *data ? WEIR_OK
                     : weir_error(WEIR_EINPUT,
                                  "the scenarios that weir brings along are not there: neither %s is a folder; install "
                                  "weir with its data, or give the path of a scenario",
                                  weir_text_string(&tried));
    weir_text_fini(&tried);
    return code;
}

/* "first" of "first.json", owned; NULL for other files. */
static char *stem_of(const char *file)
{
    size_t length = strlen(file), ending = strlen(".json");
    if (length <= ending || strcmp(file + length - ending, ".json") != 0)
        return NULL;
    return weir_format("%.*s", (int)(length - ending), file);
}

static int compare_entries(const void *a, const void *b)
{
    const struct weir_shipped *one = a, *other = b;
    return strcmp(one->name, other->name);
}

/* Adds what is on a shelf, without sentences. */
static void add_shelf(const struct shelf *shelf, const char *data, struct weir_shipped_list *list)
{
    char *folder = weir_format("%s/%s", data, shelf->folder);
    char *real = realpath(folder, NULL);
    DIR *stream = real ? opendir(real) : NULL;
    int first = list->count;
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        char *stem = stem_of(entry->d_name);
        if (!stem)
            continue;
        list->entries = weir_resize(list->entries, (size_t)list->count + 1, sizeof *list->entries);
        list->entries[list->count++] = (struct weir_shipped){.name = weir_format("%s%s", shelf->prefix, stem),
                                                             .path = weir_format("%s/%s", real, entry->d_name),
                                                             .summary = weir_copy("")};
        free(stem);
    }
    if (list->count > first)
        qsort(list->entries + first, (size_t)(list->count - first), sizeof *list->entries, compare_entries);
    if (stream)
        closedir(stream);
    free(real);
    free(folder);
}

static int list_names(int kinds, struct weir_shipped_list *list)
{
    char *data;
    *list = (struct weir_shipped_list){0};
    int code = find_data(&data);
    for (size_t s = 0; s < SHELVES && code == WEIR_OK; s++)
        if (kinds & (int)shelves[s].kind)
            add_shelf(&shelves[s], data, list);
    free(data);
    return code;
}

static int read_summary(struct weir_shipped *entry)
{
    struct weir_json_doc *doc = NULL;
    const char *what = "";
    int code = weir_json_load(entry->path, &doc);
    if (code == WEIR_OK) {
        struct weir_json root = weir_json_root(doc);
        code = weir_json_opt_string(&root, "# what", &what);
        free(entry->summary);
        entry->summary = weir_copy(what);
    }
    weir_json_free(doc);
    return code;
}

int weir_shipped_read(int kinds, struct weir_shipped_list *list)
{
    int code = list_names(kinds, list);
    for (int i = 0; i < list->count && code == WEIR_OK; i++)
        code = read_summary(&list->entries[i]);
    if (code != WEIR_OK)
        weir_shipped_fini(list);
    return code;
}

void weir_shipped_fini(struct weir_shipped_list *list)
{
    for (int i = 0; i < list->count; i++) {
        free(list->entries[i].name);
        free(list->entries[i].path);
        free(list->entries[i].summary);
    }
    free(list->entries);
    *list = (struct weir_shipped_list){0};
}

static const char *without_shelf(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

static int unknown(int kinds, const char *name, const struct weir_shipped_list *list)
{
    const char **names = weir_alloc(2 * (size_t)list->count, sizeof *names);
    char quoted[WEIR_QUOTE_SIZE];
    size_t count = 0;
    for (int i = 0; i < list->count; i++) {
        names[count++] = list->entries[i].name;
        if (without_shelf(list->entries[i].name) != list->entries[i].name)
            names[count++] = without_shelf(list->entries[i].name);
    }
    const char *what = kinds == WEIR_SHIPPED_STUDY ? "study" : "scenario";
    const char *topic = kinds == WEIR_SHIPPED_STUDY ? "studies" : "scenarios";
    const char *near = weir_nearest(name, names, count);
    int code = near ? weir_error(WEIR_EINPUT,
                                 "%s: no such file, and weir brings no %s of that name along; did you mean "
                                 "\"%s\"?",
                                 weir_quote(name, quoted), what, near)
                    : weir_error(WEIR_EINPUT,
                                 "%s: no such file, and weir brings no %s of that name along; `weir list "
                                 "%s` shows them",
                                 weir_quote(name, quoted), what, topic);
    free(names);
    return code;
}

/* The entry of a name, with or without that of its shelf; NULL if there is none. */
static const struct weir_shipped *entry_of(const struct weir_shipped_list *list, const char *name)
{
    for (int i = 0; i < list->count; i++)
        if (strcmp(list->entries[i].name, name) == 0)
            return &list->entries[i];
    for (int i = 0; i < list->count; i++)
        if (strcmp(without_shelf(list->entries[i].name), name) == 0)
            return &list->entries[i];
    return NULL;
}

int weir_shipped_find(int kinds, const char *name, char **path)
{
    struct weir_shipped_list list;
    char quoted[WEIR_QUOTE_SIZE];
    *path = NULL;
    int code = list_names(kinds, &list);
    if (code != WEIR_OK)
        return weir_error_context("%s: no such file", weir_quote(name, quoted));
    const struct weir_shipped *found = entry_of(&list, name);
    if (found)
        *path = weir_copy(found->path);
    else
        code = unknown(kinds, name, &list);
    weir_shipped_fini(&list);
    return code;
}

/* Whether a word can only be a path: it has a slash that is not that of a shelf, or the ending of a file. */
static bool is_path(const char *word)
{
    const char *dot = strrchr(word, '.');
    if (dot && (strcmp(dot, ".json") == 0 || strcmp(dot, ".xml") == 0))
        return true;
    for (size_t s = 0; s < SHELVES; s++)
        if (*shelves[s].prefix && strncmp(word, shelves[s].prefix, strlen(shelves[s].prefix)) == 0)
            return false;
    return strchr(word, '/') || !*word;
}

/* Refuses "first.json" where there is no such file, but weir brings "first" along. */
static int check_ending(int kinds, const char *word)
{
    struct weir_shipped_list list;
    char *stem = strchr(word, '/') ? NULL : stem_of(word);
    int code = WEIR_OK;
    if (stem && list_names(kinds, &list) == WEIR_OK) {
        if (entry_of(&list, stem))
            code = weir_error(WEIR_EINPUT, "%s: no such file; what weir brings along is called %s, without an ending",
                              word, stem);
        weir_shipped_fini(&list);
    }
    if (code == WEIR_OK)
        weir_error_clear();
    free(stem);
    return code;
}

char *weir_shipped_here(const char *beside, const char *word)
{
    static const char *const endings[] = {"", ".json"};
    char *path = NULL, *beside_word = weir_path_beside(beside, word);
    for (int e = 0; e < 2 && !path; e++) {
        path = weir_format("%s%s", beside_word, endings[e]);
        if (!is_file(path)) {
            free(path);
            path = NULL;
        }
    }
    free(beside_word);
    return path;
}

int weir_shipped_resolve(int kinds, const char *beside, const char *word, char **path)
{
    *path = weir_shipped_here(beside, word);
    if (*path)
        return WEIR_OK;
    if (!is_path(word))
        return weir_shipped_find(kinds, word, path);
    int code = check_ending(kinds, word);
    if (code == WEIR_OK)
        *path = weir_path_beside(beside, word);
    return code;
}
