/* Files and folders of results. What is written appears whole or not at all: written beside, synced, renamed. */
#ifndef WEIR_EXPERIMENT_FILES_H
#define WEIR_EXPERIMENT_FILES_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/base/number.h"

/* Makes a folder and those above it; one that exists is fine. Errors: WEIR_EINPUT. */
int weir_folder_make(const char *path);

/* Forces a folder's entries to disk. Errors: WEIR_EINPUT. */
int weir_folder_sync(const char *path);

bool weir_file_exists(const char *path);

/* Whether both paths are there and lead to one file. */
bool weir_file_same(const char *a, const char *b);

/* Mixes the content of a file into a hash (weir_hash); of one that cannot be read, its name. */
unsigned long long weir_file_hash(const char *path, unsigned long long hash);

/* Replaces a file by this content: "path.partial" is written, synced and renamed. Errors: WEIR_EINPUT. */
int weir_file_replace(const char *path, const char *content);

/* The same for content that is written in parts: begin opens "path.partial" (NULL and an error if that fails), commit
 * closes it and, if all went well, renames it. */
FILE *weir_file_begin(const char *path);
int weir_file_commit(FILE *file, const char *path);

/* Flushes, syncs and closes, whatever happens; tells any error that the stream met before. `path` is for messages.
 * Errors: WEIR_EINPUT. */
int weir_file_finish(FILE *file, const char *path);

/* A name that can stand in a path: bytes other than letters, digits and . _ + - = , ( ) become %XX, and so does a dot
 * at the start. Different texts give different names. Owned. */
char *weir_file_name(const char *text);

/* Writes a field of a CSV row, in quotes if RFC 4180 wants it, and guarded if a spreadsheet would reckon with it. */
void weir_csv_field(FILE *file, const char *text);

/* Whether a field gets an apostrophe in front, which makes text of it in a spreadsheet: one that begins with = + - @, a
 * tab or a line end and is no number, and one that begins so behind apostrophes of its own. */
bool weir_csv_is_formula(const char *text);
/* The text of a field that may be guarded: what weir_csv_field was given. */
const char *weir_csv_unguard(const char *field);

/* Takes a lock, for writing to `path`; `command` is fcntl's. A file system without locks is told on stderr, and is no
 * error. Errors: WEIR_EINPUT if another process holds it, or for a reason of another kind. */
int weir_lock_take(int descriptor, int command, struct flock *lock, const char *path);

/* Takes the folder for this process by a lock on folder/.lock, which ends with the process. Errors: WEIR_EINPUT if
 * another process holds it. Returns the descriptor, to be closed by weir_folder_unlock. */
int weir_folder_lock(const char *path);
/* The same for processes that may be several in a folder, but not together with one that has it for itself. */
int weir_folder_share(const char *path);
void weir_folder_unlock(int lock);

/* The same for a folder that may not be there yet: the lock is on FOLDER.lock beside it, which ends with
 * weir_folder_unlock_beside. Makes the folders above. */
int weir_folder_lock_beside(const char *path);
void weir_folder_unlock_beside(int lock, const char *path);

#endif
