#include "sim/model/xml_read.h"

#include <ctype.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/error.h"

/* The first complaint of libxml2. */
struct complaint {
    int line;
    bool entity;
    char message[256];
};

static void note_error(void *context, weir_xml_complaint *error)
{
    xmlParserCtxtPtr parser = context;
    struct complaint *complaint = parser->_private;
    if (error->level < XML_ERR_ERROR || complaint->message[0] || complaint->entity)
        return;
    complaint->line = error->line;
    snprintf(complaint->message, sizeof complaint->message, "%s", error->message ? error->message : "unknown");
    size_t length = strlen(complaint->message);
    while (length > 0 && isspace((unsigned char)complaint->message[length - 1]))
        complaint->message[--length] = 0;
}

/* Entities of a file's own are how small documents grow without bound; no format of ours needs any. */
static void refuse_entity(void *context, const xmlChar *name, int type, const xmlChar *public_id,
                          const xmlChar *system_id, xmlChar *content)
{
    xmlParserCtxtPtr parser = context;
    struct complaint *complaint = parser->_private;
    if (!complaint->entity) { /* also after an error that libxml2 would go on after, such as a bad URI in it */
        complaint->entity = true;
        complaint->line = xmlSAX2GetLineNumber(context);
    }
    xmlStopParser(parser);
}

int weir_xml_read(const char *path, const struct weir_text *text, xmlDocPtr *document)
{
    struct complaint complaint = {0};
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (!parser)
        return weir_error(WEIR_EINPUT, "%s: libxml2 could not start", path);
    parser->_private = &complaint;
    parser->sax->serror = note_error;
    parser->sax->entityDecl = refuse_entity;
    *document = xmlCtxtReadMemory(parser, weir_text_string(text), (int)text->length, path, NULL,
                                  XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    xmlFreeParserCtxt(parser);
    if (*document && !complaint.entity && xmlDocGetRootElement(*document))
        return 0;
    xmlFreeDoc(*document);
    *document = NULL;
    if (complaint.entity)
        return weir_error(WEIR_EINPUT, "%s:%d: entity declarations are not taken; write the text where it is used",
                          path, complaint.line);
    return weir_error(WEIR_EINPUT, "%s:%d: not well-formed XML: %s", path, complaint.line,
                      complaint.message[0] ? complaint.message : "no document");
}

int weir_xml_line(const xmlNode *node)
{
    /* Beyond 65535 libxml2 keeps the line in texts alone, where they end: the one before ends where the node begins. */
    if (node->line == 65535)
        for (const xmlNode *before = node->prev; before; before = before->prev)
            if (before->type == XML_TEXT_NODE && before->psvi)
                return (int)(ptrdiff_t)before->psvi;
    return (int)xmlGetLineNo(node);
}

const char *weir_xml_attribute(const xmlNode *node, const char *name, const char *fallback)
{
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
        if (strcmp((const char *)attribute->name, name) == 0) {
            const xmlNode *value = attribute->children;
            return value && value->content && *value->content ? (const char *)value->content : fallback;
        }
    return fallback;
}

const xmlNode *weir_xml_element(const xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}
