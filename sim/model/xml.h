/* XML documents, read by libxml2 without network, DTD or entities. */
#ifndef WEIR_MODEL_XML_H
#define WEIR_MODEL_XML_H

#include "sim/base/text.h"

struct _xmlDoc;
struct _xmlNode;

/* Parses a text; `path` is its name for messages. Free the document with xmlFreeDoc. Errors: WEIR_EINPUT with file and
 * line for text that is not well-formed, entity declarations, and what is beyond libxml2's limits; *document is NULL
 * then. */
int weir_xml_parse(const char *path, const struct weir_text *text, struct _xmlDoc **document);

/* The line of an element, also beyond 65535. */
int weir_xml_line(const struct _xmlNode *node);

/* The text of an attribute, or the fallback if it is absent or empty. Borrowed from the document. */
const char *weir_xml_attribute(const struct _xmlNode *node, const char *name, const char *fallback);

/* The next node that is an element, from `node` itself on; NULL at the end. */
const struct _xmlNode *weir_xml_element(const struct _xmlNode *node);

#endif
