/* YAML as JSON: what becomes of words, lists, mappings and aliases; what is refused, and where. */
#include "sim/base/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/text.h"
#include "tests/support/test.h"

/* By YAML 1.2's core schema (its table of chapter 10.3), but for octal and hexadecimal numbers. */
static void words(void)
{
    static const char *const cases[][2] = {
        {"12", "12"},
        {"-0.5", "-0.5"},
        {"+.5e2", "50"},
        {"1.", "1"},
        {"5.0.4", "\"5.0.4\""},
        {"1e", "\"1e\""},
        {".", "\".\""},
        {"-", "[null]"},
        {"1e999", "\"1e999\""},
        {"0x10", "\"0x10\""},
        {"1:30", "\"1:30\""},
        {"'12'", "\"12\""},
        {"\"a\\tb\"", "\"a\\tb\""},
        {"~", "null"},
        {"", "null"},
        {"null", "null"},
        {"'null'", "\"null\""},
        {"True", "true"},
        {"false", "false"},
        {"yes", "\"yes\""},
        {"two words", "\"two words\""},
        {"|\n  a\n  b\n", "\"a\\nb\\n\""},
        {"[1, [a, {b: 2}], ]", "[1,[\"a\",{\"b\":2}]]"},
        {"- 1\n- - a\n  - b: 2\n    c:\n", "[1,[\"a\",{\"b\":2,\"c\":null}]]"},
        {"a: &x {k: 1}\nb: *x\n", "{\"a\":{\"k\":1},\"b\":{\"k\":1}}"},
        {"1: a\ntrue: b\n", "{\"1\":\"a\",\"true\":\"b\"}"},
        {"# remark\na: 1 # more\n", "{\"a\":1}"},
        {"\xef\xbb\xbf"
         "a: \xc3\xa4\n",
         "{\"a\":\"\xc3\xa4\"}"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct weir_json_doc *doc;
        CU_ASSERT_FATAL(!weir_yaml_parse(cases[c][0], strlen(cases[c][0]), "w.yml", &doc));
        struct weir_json root = weir_json_root(doc);
        char *text = weir_json_print(&root);
        if (strcmp(text, cases[c][1]) != 0)
            fprintf(stderr, "\n%s: %s\n", cases[c][0], text);
        CU_ASSERT_STRING_EQUAL(text, cases[c][1]);
        free(text);
        weir_json_free(doc);
    }
}

static void refuse(const char *text, size_t length, const char *why)
{
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL(weir_yaml_parse(text, length, "r.yml", &doc), WEIR_EINPUT);
    CU_ASSERT_PTR_NULL(doc);
    CHECK_MESSAGE(why);
    weir_json_free(doc);
}

static void refused(void)
{
    static const char *const cases[][2] = {
        {"a: [1, 2", "r.yml: line 2, column 1: is no YAML: "},
        {"a: 1\n b: 2\n", "r.yml: line 2, column 3: is no YAML: "},
        {"a: *x\n", "r.yml: line 1, column 4: is no YAML: "},
        {"a: 1\n---\nb: 2\n", "r.yml: line 3, column 1: a second document begins"},
        {"a: 1\n...\n]", "r.yml: line 3, column 1: is no YAML: "},
        {"? [1]\n: 2\n", "r.yml: line 1, column 3: a key must be a word"},
        {"a: 1\nb: {c: 1, c: 2}\n", "r.yml: b"},
        {"a: \"x\\0y\"\n", "r.yml: line 1, column 4: a text holds a zero character"},
        {"\"x\\0y\": 1\n", "r.yml: line 1, column 1: a key holds a zero character"},
        {"a: \xff\n", "r.yml: line 1, column "},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        refuse(cases[c][0], strlen(cases[c][0]), cases[c][1]);
    struct weir_text deep = {0};
    for (int i = 0; i < 102; i++)
        weir_text_add(&deep, "[");
    for (int i = 0; i < 102; i++)
        weir_text_add(&deep, "]");
    refuse(deep.data, deep.length, "column 102: is nested too deeply; 100 levels are the most");
    refuse(deep.data + 1, deep.length - 1, "is no YAML"); /* one bracket too many */
    weir_text_fini(&deep);
    /* Seven levels of ten times the one before are ten million values. */
    struct weir_text many = {0};
    weir_text_add(&many, "a0: &a0 x\n");
    for (int i = 1; i <= 7; i++) {
        weir_text_addf(&many, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            weir_text_addf(&many, "*a%d, ", i - 1);
        weir_text_add(&many, "]\n");
    }
    refuse(many.data, many.length, "is more than a million values");
    weir_text_fini(&many);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"words", words}, {"refused", refused}, {0}};
    return weir_test_main("base/yaml", cases, argc, argv);
}
