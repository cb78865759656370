/* Opens a platform file and hands it to the walk. */
#include "sim/model/platform.h"

#include <libxml/tree.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/platform_read.h"
#include "sim/model/xml_read.h"

const char *const weir_tier_names[] = {"device", "edge", "cloud", NULL};
const char *const weir_class_names[] = {"cpu", "gpu", NULL};

const double *weir_platform_pstates(const struct weir_host *host)
{
    return host->pstates_flops_per_s ? host->pstates_flops_per_s : &host->speed_flops_per_s;
}

double weir_platform_speed(const struct weir_host *host, enum weir_class work_class)
{
    bool gpu = work_class == WEIR_CLASS_GPU && host->speed_gpu_flops_per_s > 0;
    return gpu ? host->speed_gpu_flops_per_s : host->speed_flops_per_s;
}

/* --- helpers of the reader --- */

int weir_platform_fail_at(const struct weir_platform_reader *reader, const xmlNode *node)
{
    weir_error_context("%s:%d", reader->path, weir_xml_line(node));
    return WEIR_EINPUT;
}

int weir_platform_fail(const struct weir_platform_reader *reader, const xmlNode *node, const char *format, ...)
{
    char sentence[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    weir_error(WEIR_EINPUT, "%s", sentence);
    return weir_platform_fail_at(reader, node);
}

const char *weir_platform_own(struct weir_platform_reader *reader, char *text)
{
    reader->owned = weir_grow(reader->owned, reader->owned_count + 1, &reader->owned_capacity, sizeof *reader->owned);
    reader->owned[reader->owned_count++] = text;
    return text;
}

/* --- the document --- */

/* What SimGrid wants around the document, although XML does not. */
static int check_prolog(const char *path, const struct weir_text *text, const xmlDoc *document)
{
    static const char *const known[] = {"https://simgrid.org/simgrid.dtd",
                                        "http://simgrid.gforge.inria.fr/simgrid/simgrid.dtd"};
    static const char doctype[] = "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">";
    if (strncmp(weir_text_string(text), "<?xml", 5) != 0)
        return weir_error(WEIR_EINPUT, "%s:1: the file must begin with <?xml version=\"1.0\"?>, or SimGrid refuses it",
                          path);
    const char *end = strstr(text->data, "?>");
    const char *standalone = strstr(text->data, "standalone");
    if (standalone && end && standalone < end)
        return weir_error(WEIR_EINPUT, "%s:1: SimGrid refuses \"standalone\" in the first line; remove it", path);
    const xmlDtd *dtd = document->intSubset;
    const char *system = dtd && dtd->SystemID ? (const char *)dtd->SystemID : "";
    bool good = dtd && !dtd->ExternalID && !dtd->children && strcmp((const char *)dtd->name, "platform") == 0 &&
                (strcmp(system, known[0]) == 0 || strcmp(system, known[1]) == 0);
    if (!good)
        return weir_error(WEIR_EINPUT, "%s:2: SimGrid wants the line %s before <platform>", path, doctype);
    const char *encoding = (const char *)document->encoding;
    bool ascii = true;
    for (size_t i = 0; i < text->length; i++)
        ascii &= (unsigned char)text->data[i] < 0x80;
    if (!ascii && encoding && strcasecmp(encoding, "UTF-8") != 0)
        return weir_error(WEIR_EINPUT, "%s:1: the encoding is %s; save the file as UTF-8", path, encoding);
    return 0;
}

static void reader_fini(struct weir_platform_reader *reader)
{
    weir_names_fini(&reader->routers);
    weir_names_fini(&reader->zone_ids);
    weir_names_fini(&reader->links);
    weir_names_fini(&reader->duplex);
    weir_names_fini(&reader->traces);
    weir_names_fini(&reader->profiles);
    weir_names_fini(&reader->routes);
    free(reader->zones);
    free(reader->connects);
    for (size_t i = 0; i < reader->owned_count; i++)
        free(reader->owned[i]);
    free(reader->owned);
}

int weir_platform_read(const char *path, struct weir_platform **platform)
{
    return weir_platform_read_edited(path, NULL, 0, platform);
}

int weir_platform_read_edited(const char *path, const struct weir_platform_edit *edits, size_t edit_count,
                              struct weir_platform **platform)
{
    char *content = NULL;
    struct weir_text text = {0};
    xmlDocPtr document = NULL;
    struct weir_platform_reader reader = {.path = path};
    *platform = NULL;
    int status = weir_text_read_file(&text, path);
    bool mended = status == 0 && weir_platform_mend(&text, path);
    if (status == 0)
        status = weir_xml_read(path, &text, &document);
    if (status == 0)
        status = weir_platform_edit(document, path, edits, edit_count, &content);
    if (status != 0)
        goto out;
    if (mended && !content)
        content = weir_copy(text.data);
    reader.platform = weir_alloc(1, sizeof *reader.platform);
    reader.platform->path = weir_copy(path);
    reader.platform->content = content;
    reader.platform->map = weir_alloc(1, sizeof *reader.platform->map);
    reader.platform->hash =
        content ? weir_hash_string(WEIR_HASH_START, content) : weir_hash(WEIR_HASH_START, text.data, text.length);
    reader.hosts = &reader.platform->map->names;
    status = weir_platform_walk(&reader, xmlDocGetRootElement(document));
    if (status == 0)
        status = check_prolog(path, &text, document);
    if (status == 0)
        *platform = reader.platform;
    else
        weir_platform_free(reader.platform);
out:
    reader_fini(&reader);
    xmlFreeDoc(document);
    weir_text_fini(&text);
    return status;
}

/* --- the platform --- */

void weir_platform_free(struct weir_platform *platform)
{
    if (!platform)
        return;
    for (size_t i = 0; i < platform->host_count; i++) {
        free(platform->hosts[i].name);
        free(platform->hosts[i].region);
        free(platform->hosts[i].pstates_flops_per_s);
    }
    for (size_t i = 0; i < platform->link_count; i++) {
        free(platform->links[i].name);
        free(platform->links[i].region);
    }
    if (platform->map)
        weir_names_fini(&platform->map->names);
    free(platform->map);
    free(platform->hosts);
    free(platform->links);
    for (size_t i = 0; i < platform->config_count; i++) {
        free(platform->configs[i].key);
        free(platform->configs[i].value);
    }
    free(platform->configs);
    free(platform->bad_energy);
    free(platform->path);
    free(platform->content);
    free(platform);
}

int weir_platform_find(const struct weir_platform *platform, const char *name)
{
    return weir_names_find(&platform->map->names, name);
}

const char *weir_platform_suggest(const struct weir_platform *platform, const char *word)
{
    return weir_names_nearest(&platform->map->names, word);
}
