"""The self-test of scripts/mutate: a tiny program, and how each change of it must be noticed."""
import os
import sys

TINY = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES C)
add_library(tiny STATIC tiny.c)
add_executable(test_tiny test.c)
target_link_libraries(test_tiny tiny cunit)
enable_testing()
add_test(NAME tiny COMMAND test_tiny)
""",
    "tiny.h": "struct pair {\n    int left, right; /* x < y */\n};\nint less(const struct pair *p);\nint steps(int n);\nint same(int n);\n",
    "tiny.c": """#include "tiny.h"
/* 1 + 1 == 2 */
static const char *const words = "3 * 4";
int less(const struct pair *p)
{
    return p->left < p->right;
}
int steps(int n)
{
    int done = 0;
    for (; n > 0; n--)
        done++;
    return done;
}
int same(int n)
{
    return words ? n * 1 : n;
}
""",
    "test.c": """#include <CUnit/Basic.h>
#include "tiny.h"
static void cases(void)
{
    CU_ASSERT_EQUAL(less(&(struct pair){1, 2}), 1);
    CU_ASSERT_EQUAL(less(&(struct pair){2, 1}), 0);
    CU_ASSERT_EQUAL(steps(3), 3);
}
int main(void)
{
    CU_initialize_registry();
    CU_add_test(CU_add_suite("tiny", NULL, NULL), "cases", cases);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    return CU_get_number_of_failures() > 0;
}
""",
}
# What must be found of each change in tiny.c; what gives the same program is not there.
TINY_FOUND = {
    ("<", ">="): "value",
    ("<", "<="): "survived",  # no test of equal ones
    ("left", "right"): "value",
    ("right", "left"): "value",
    (">", ">="): "value",
    (">", "<="): "value",
    ("++", "--"): "value",
    ("--", "++"): "hang",
    ("0", "1"): "value",
    ("1", "2"): "unreached",  # nobody calls it; n / 1 is the same
}


def write(folder):
    """Makes the tree in the folder; the path of the file to be changed."""
    for name, text in TINY.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return os.path.join(folder, "tiny.c")


def check(rows):
    found = {}
    for row in rows:
        found.setdefault((row["old"], row["new"]), set()).add(row["verdict"])
    if found != {change: {verdict} for change, verdict in TINY_FOUND.items()}:
        sys.exit(f"mutate: self-test: found {found}")
    print(f"mutate: self-test passed, {len(found)} changes")
