#include "policies/learn/given.h"

#include <stdarg.h>
#include <string.h>

#include "sim/base/error.h"

int learn_given(const char *function, const char *names, ...)
{
    int code = WEIR_OK;
    va_list pointers;
    va_start(pointers, names);
    for (const char *name = names; *name && code == WEIR_OK;) {
        size_t length = strcspn(name, " ");
        if (!va_arg(pointers, const void *))
            code = weir_error(WEIR_EINPUT, "%s: \"%.*s\" is NULL", function, (int)length, name);
        name += length + (name[length] == ' ');
    }
    va_end(pointers);
    return code;
}
