#include "tests/generate/make.h"

#include <stdlib.h>
#include <string.h>

char *make(const char *line, unsigned long long seed)
{
    char *copy = weir_copy(line), *rest = copy, *text = NULL, *word = strsep(&rest, " ");
    struct weir_generator_option options[32] = {{0}};
    const struct weir_generator *kind;
    int count = 0;
    size_t length;
    int code = weir_generator_find(word, &kind);
    while ((word = strsep(&rest, " ")) && count < 32) {
        char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
        if (equals)
            *equals = '\0';
        if (strncmp(word, "--", 2) == 0)
            options[count++] = (struct weir_generator_option){word + 2, equals ? equals + 1 : ""};
        else if (count > 0)
            options[count - 1].value = word;
    }
    if (!code)
        code = weir_generate(kind, options, count, seed, &text, &length);
    CU_ASSERT_EQUAL(code == WEIR_OK, text != NULL);
    free(copy);
    return text;
}

void refuse(const char *line, int code, const char *message)
{
    char *text = make(line, 1);
    CU_ASSERT_PTR_NULL(text);
    free(text);
    CU_ASSERT_EQUAL(weir_error_code(), code);
    CHECK_MESSAGE(message);
}
