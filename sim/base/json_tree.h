/* What the files of the JSON reader share; not for others. */
#ifndef WEIR_BASE_JSON_TREE_H
#define WEIR_BASE_JSON_TREE_H

#include <stdbool.h>

struct cJSON;
struct weir_json;
struct weir_json_doc;

/* Parses the whole text, or WEIR_EINPUT with line and column. Free the tree with cJSON_Delete. */
int weir_json_parse_tree(const char *text, const char *name, struct cJSON **tree);

/* Refuses, anywhere below, keys given twice and numbers beyond double. */
int weir_json_check_tree(const struct weir_json *at);

/* Makes a document of a tree, which is checked and owned from now on, even after an error. */
int weir_json_adopt(struct cJSON *tree, const char *name, struct weir_json_doc **doc);

/* The document is about to change: tables of its lists are made anew. */
void weir_json_forget_tables(struct weir_json_doc *doc);

/* Whether a key is a remark to human readers. */
bool weir_json_is_comment(const char *key);

#endif
