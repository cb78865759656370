/* Leaks of a child process that leaves by _exit are looked for here, where the leak sanitiser is built in. */
#include "tests/support/test.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#include <unistd.h>

void weir_test_leak_check(void)
{
    if (__lsan_do_recoverable_leak_check())
        _exit(23);
}
#else
void weir_test_leak_check(void)
{
}
#endif
