#include "policies/learn/learn.h"

const char *weir_learn_version(void)
{
    return WEIR_LEARN_VERSION;
}
