/* What weir brings along and users call by name: scenarios and studies. They lie in a folder that is found from where
 * the program is, so that an installed tree may be moved, and programs of a build folder find those of the source. */
#ifndef WEIR_EXPERIMENT_SHIPPED_H
#define WEIR_EXPERIMENT_SHIPPED_H

/* What is looked for; may be joined by |. */
enum weir_shipped_kind { WEIR_SHIPPED_SCENARIO = 1, WEIR_SHIPPED_STUDY = 2 };

struct weir_shipped {
    char *name;    /* "first", "demos/backpressure" */
    char *path;    /* absolute */
    char *summary; /* a sentence: its key "# what"; "" if it has none */
};

struct weir_shipped_list {
    struct weir_shipped *entries; /* by shelf, then by name */
    int count;
};

/* All of a kind. Errors: WEIR_EINPUT if there is no such folder, with what was looked for, or a file in it is wrong. */
int weir_shipped_read(int kinds, struct weir_shipped_list *list);
void weir_shipped_fini(struct weir_shipped_list *list);

/* The path of the one of this name, owned; a demo needs no "demos/" before its name where no scenario has that name.
 * Errors: WEIR_EINPUT, with the near name, or as above. */
int weir_shipped_find(int kinds, const char *name, char **path);

/* The path of the file `word`, or else `word`.json, as seen from the folder of the file `beside` (NULL: from the
 * present one), owned; NULL if there is neither. */
char *weir_shipped_here(const char *beside, const char *word);

/* The path of what a user calls `word`, owned: the file `word`, or `word`.json, if there is one, else what weir brings
 * along. A word with a slash, or that ends in .json or .xml, is a path and stays as it is. Errors: WEIR_EINPUT as
 * above. */
int weir_shipped_resolve(int kinds, const char *beside, const char *word, char **path);

/* Writes a shipped scenario or study into a folder, which is made if it is not there, with all files that it names and
 * those that they name. All lie side by side there, so that the names in them are changed; two files of one name are
 * told apart by the name of their folder put before it. *paths is what was written, the scenario first, a NULL at the
 * end; owned, to be freed by weir_shipped_free_paths. Errors: WEIR_EINPUT; if a file is there already, nothing is
 * written. */
int weir_shipped_copy(const char *name, const char *folder, char ***paths);
void weir_shipped_free_paths(char **paths);

#endif
