/* Things named in a slot, as forecasters and detectors are: NAME, or NAME:KEY=VALUE:KEY=VALUE on the command line. */
#ifndef WEIR_BASE_SLOT_H
#define WEIR_BASE_SLOT_H

#include <stddef.h>

#include "sim/base/json.h"

/* The text of a slot as the JSON object that stands for it: "linear:window=12" is {"name": "linear", "window": 12}. The
 * document is named "`noun` NAME" for messages. `example` is shown where a part is not KEY=VALUE. *doc is NULL after an
 * error; free with weir_json_free. Errors: WEIR_EINPUT. */
int weir_slot_parse(const char *noun, const char *example, const char *text, struct weir_json_doc **doc);

/* The error that there is no `noun` of this name, with the nearest of the names there are. Returns WEIR_EINPUT. */
int weir_slot_unknown(const char *noun, const char *name, const char *const *names, size_t count);

#endif
