/* XML documents, read by libxml2 with care: no entities of the file's own, nothing fetched. */
#ifndef WEIR_MODEL_XML_READ_H
#define WEIR_MODEL_XML_READ_H

#include <libxml/tree.h>

#include "sim/base/text.h"

/* Parses a text; `path` is for messages. Free the document with xmlFreeDoc. Errors: WEIR_EINPUT with path and line if
 * it is not well-formed or declares an entity. */
int weir_xml_read(const char *path, const struct weir_text *text, xmlDocPtr *document);

#endif
