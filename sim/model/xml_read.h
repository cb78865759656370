/* XML documents, read by libxml2 with care: no entities of the file's own, nothing fetched. */
#ifndef WEIR_MODEL_XML_READ_H
#define WEIR_MODEL_XML_READ_H

#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>

#include "sim/base/text.h"

/* What libxml2 hands to those who hear of errors; const since 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError weir_xml_complaint;
#else
typedef xmlError weir_xml_complaint;
#endif

/* Parses a text; `path` is for messages. Free the document with xmlFreeDoc. Errors: WEIR_EINPUT with path and line if
 * it is not well-formed or declares an entity. */
int weir_xml_read(const char *path, const struct weir_text *text, xmlDocPtr *document);

/* The line of an element, also beyond 65535. */
int weir_xml_line(const xmlNode *node);

/* The text of an attribute, or the fallback if it is absent or empty. Borrowed from the document. */
const char *weir_xml_attribute(const xmlNode *node, const char *name, const char *fallback);

/* The next node that is an element, from `node` itself on; NULL at the end. */
const xmlNode *weir_xml_element(const xmlNode *node);

#endif
