/* Reads stdin; exit code 0 if it is one JSON value, 3 with the reason if not. */
#include <stdio.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/text.h"

int main(void)
{
    char bytes[4096];
    size_t got;
    struct weir_text text = {0};
    struct weir_json_doc *doc;
    while ((got = fread(bytes, 1, sizeof bytes, stdin)) > 0)
        weir_text_add_bytes(&text, bytes, got);
    int code = weir_json_parse(weir_text_string(&text), "stdin", &doc);
    if (code != WEIR_OK)
        fprintf(stderr, "%s\n", weir_error_message());
    weir_json_free(doc);
    weir_text_fini(&text);
    return weir_exit_code(code);
}
