/* Files of results, and the last words of a process. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/last_words.h"
#include "tests/support/test.h"

static void names_are_distinct_and_plain(void)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"ds2+load-balancer", "ds2+load-balancer"},
        {"a/b", "a%2Fb"},
        {"..", "%2E."},
        {"100%", "100%25"},
        {"two words", "two%20words"},
        {"reactive(high=0.8)", "reactive(high=0.8)"},
        {"\xc3\xa9", "%C3%A9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name = weir_file_name(cases[i].text);
        CU_ASSERT_STRING_EQUAL(name, cases[i].name);
        free(name);
    }
}

static void numbers_read_back_as_themselves(void)
{
    static const double values[] = {0, 1, -2.5, 0.1, 1.0 / 3, 1e-300, 123456789.123456789, 0.1 + 0.2};
    char buffer[32];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        CU_ASSERT_EQUAL(strtod(weir_number(values[i], buffer), NULL), values[i]);
    CU_ASSERT_STRING_EQUAL(weir_number(0.1, buffer), "0.1");
    CU_ASSERT_STRING_EQUAL(weir_number(NAN, buffer), "");
    CU_ASSERT_STRING_EQUAL(weir_number(INFINITY, buffer), "");
}

static void csv_fields_are_quoted_when_needed(void)
{
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"", ""},
        {"plain text", "plain text"},
        {"a,b", "\"a,b\""},
        {"say \"no\"", "\"say \"\"no\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        /* what a spreadsheet would reckon with becomes text; numbers stay numbers */
        {"=1+2", "'=1+2"},
        {"=HYPERLINK(\"a\",\"b\")", "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\""},
        {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
        {"-2+3", "'-2+3"},
        {"@sum", "'@sum"},
        {"\t=1", "'\t=1"},
        {"\n=1", "\"'\n=1\""},
        {"-5ms", "'-5ms"},
        {"-", "'-"},
        {"-inf", "'-inf"},
        {"'=1", "''=1"},
        {"''-5", "'''-5"},
        {"-5", "-5"},
        {"+1.5e-3", "+1.5e-3"},
        {"'quoted'", "'quoted'"},
        {"a=1", "a=1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *field;
        size_t size;
        FILE *file = open_memstream(&field, &size);
        weir_csv_field(file, cases[i].text);
        fclose(file);
        CU_ASSERT_STRING_EQUAL(field, cases[i].field);
        if (!strchr(field, '"'))
            CU_ASSERT_STRING_EQUAL(weir_csv_unguard(field), cases[i].text);
        free(field);
    }
}

static void a_file_is_replaced_as_a_whole(void)
{
    struct weir_text text = {0};
    const char *path = weir_test_file("whole.txt", "old");
    char *partial = weir_format("%s.partial", path);
    CU_ASSERT_EQUAL(weir_file_replace(path, "new"), WEIR_OK);
    CU_ASSERT_EQUAL(weir_text_read_file(&text, path), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "new");
    CU_ASSERT_FALSE(weir_file_exists(partial));
    CU_ASSERT_EQUAL(weir_file_replace("/no/such/folder/file", "x"), WEIR_EINPUT);
    CHECK_MESSAGE("/no/such/folder/file.partial: cannot write: No such file");
    weir_text_fini(&text);
    free(partial);
}

static void folders_are_made_with_those_above(void)
{
    char *path = weir_format("%s/a/b//c", weir_test_folder());
    CU_ASSERT_EQUAL(weir_folder_make(path), WEIR_OK);
    CU_ASSERT_EQUAL(weir_folder_make(path), WEIR_OK);
    CU_ASSERT_EQUAL(access(path, W_OK), 0);
    free(path);
    const char *file = weir_test_file("file", "");
    CU_ASSERT_EQUAL(weir_folder_make(file), WEIR_EINPUT);
    CHECK_MESSAGE("file: is not a folder; give another one with -o");
    path = weir_format("%s/below", file);
    CU_ASSERT_EQUAL(weir_folder_make(path), WEIR_EINPUT);
    CHECK_MESSAGE("below: cannot make this folder: Not a directory");
    free(path);
}

/* A record lock is seen by other processes only, so the second taker is a child. */
static void a_folder_is_locked_against_other_processes(void)
{
    int status = -1, lock = weir_folder_lock(weir_test_folder());
    CU_ASSERT(lock >= 0);
    for (int held = 1; held >= 0; held--) {
        pid_t child = fork();
        if (child == 0)
            _exit(weir_folder_lock(weir_test_folder()) < 0 && strstr(weir_error_message(), "another weir is writing"));
        CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
        CU_ASSERT_EQUAL(WEXITSTATUS(status), held);
        weir_folder_unlock(lock);
        lock = -1;
    }
}

static void the_telling_line_is_found(void)
{
    static const struct {
        const char *words, *line;
    } cases[] = {
        {"", ""},
        {"only this\n", "only this"},
        {"first\nsecond", "second"},
        {"first\n\n  \n", "first"},
        {"[0.0] [xbt_cfg/INFO] hello\n[1.0] [parse/CRITICAL] Parse error at a.xml:3\nBacktrace:\n -> #0 main\n",
         "Parse error at a.xml:3"},
        {"terminate called after throwing an instance of 'std::exception'\n  what():  no route\nmore\n",
         "terminate called after throwing an instance of 'std::exception'"},
        {"[1.0] [a/INFO] one\n    #3 0x55 in f\n", "one"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[100];
        struct weir_last_words words = {0};
        weir_last_words_add(&words, cases[i].words, strlen(cases[i].words));
        CU_ASSERT_STRING_EQUAL(weir_last_words_line(&words, line, sizeof line), cases[i].line);
        weir_last_words_fini(&words);
    }
}

static void only_the_last_words_are_kept(void)
{
    struct weir_last_words words = {0};
    char line[32], bytes[1000];
    memset(bytes, 'x', sizeof bytes);
    weir_last_words_add(&words, "error: lost\n", 12);
    for (int i = 0; i < 10; i++)
        weir_last_words_add(&words, bytes, sizeof bytes);
    CU_ASSERT_EQUAL(words.length, WEIR_LAST_WORDS_BYTES);
    CU_ASSERT_PTR_NULL(memchr(words.bytes, 'l', words.length));
    weir_last_words_add(&words, "\nlast\n", 6);
    CU_ASSERT_STRING_EQUAL(weir_last_words_line(&words, line, sizeof line), "last");
    weir_last_words_fini(&words);
}

static const struct weir_case cases[] = {
    {"names are distinct and plain", names_are_distinct_and_plain},
    {"numbers read back as themselves", numbers_read_back_as_themselves},
    {"CSV fields are quoted when needed", csv_fields_are_quoted_when_needed},
    {"a file is replaced as a whole", a_file_is_replaced_as_a_whole},
    {"folders are made with those above", folders_are_made_with_those_above},
    {"a folder is locked against other processes", a_folder_is_locked_against_other_processes},
    {"the telling line is found", the_telling_line_is_found},
    {"only the last words are kept", only_the_last_words_are_kept},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment files", cases, argc, argv);
}
