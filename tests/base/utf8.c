/* UTF-8 against the C library's iconv, and names. */
#include "sim/base/utf8.h"

#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "tests/support/test.h"

/* Bytes of the first character, 0 if there is none: what iconv takes, one byte more at a time. UTF-16 holds neither
 * halves of surrogates nor what is beyond U+10FFFF. */
static size_t by_iconv(iconv_t to, const char *text, size_t left)
{
    for (size_t length = 1; length <= left; length++) {
        char out[16], *from = (char *)text, *end = out;
        size_t in_left = length, out_left = sizeof out;
        iconv(to, NULL, NULL, NULL, NULL);
        if (iconv(to, &from, &in_left, &end, &out_left) == 0 && in_left == 0)
            return length;
    }
    return 0;
}

static void characters_are_those_of_iconv(void)
{
    static const unsigned char last[] = {0x00, 0x41, 0x80, 0xbf, 0xc3};
    iconv_t to = iconv_open("UTF-16LE", "UTF-8");
    CU_ASSERT_FATAL(to != (iconv_t)-1);
    int wrong = 0;
    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second++)
            for (size_t i = 0; i < 25; i++) {
                char text[4] = {(char)first, (char)second, (char)last[i / 5], (char)last[i % 5]};
                for (size_t left = 1; left <= sizeof text; left++)
                    wrong += weir_utf8_length(text, left) != by_iconv(to, text, left);
            }
    iconv_close(to);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(weir_utf8_length("a", 0), 0);
}

static void points_are_those_of_iconv(void)
{
    iconv_t from = iconv_open("UTF-8", "UTF-32LE");
    CU_ASSERT_FATAL(from != (iconv_t)-1);
    int wrong = 0;
    for (uint32_t point = 1; point < 0x110000; point += point < 0x3000 || point > 0xffc0 ? 1 : 61) {
        char text[8] = "", *in = (char *)&point, *out = text;
        size_t in_left = sizeof point, out_left = sizeof text, length;
        if (point >= 0xd800 && point < 0xe000)
            continue;
        iconv(from, &in, &in_left, &out, &out_left);
        wrong += weir_utf8_point(text, &length) != point || length != strlen(text);
    }
    iconv_close(from);
    CU_ASSERT_EQUAL(wrong, 0);
    size_t length;
    CU_ASSERT_EQUAL(weir_utf8_point("\xff", &length), 0xfffd);
    CU_ASSERT_EQUAL(length, 1);
    CU_ASSERT_EQUAL(weir_utf8_point("\xc3", &length), 0xfffd);
    CU_ASSERT_EQUAL(length, 1);
}

static void the_first_fault_is_found(void)
{
    const char *text = "caf\xc3\xa9 \xe2\x82\xac caf\xe9 \xff";
    CU_ASSERT_PTR_EQUAL(weir_utf8_fault(text, strlen(text)), strchr(text, '\xe9'));
    CU_ASSERT_PTR_NULL(weir_utf8_fault(text, 9));
    const char *cut = "ab\xc3"; /* in a character */
    CU_ASSERT_PTR_EQUAL(weir_utf8_fault(cut, 3), cut + 2);
}

static void names(void)
{
    static const struct {
        const char *name, *fault;
    } cases[] = {
        {"camera-1", NULL},
        {"Z\xc3\xbcrich \xe2\x86\x92 \xe6\x9d\xb1\xe4\xba\xac", NULL},
        {"\xc2\xa0", NULL}, /* U+00A0 is the first after the control characters */
        {"", "is empty"},
        {"a\nb", "has a control character (U+000A)"},
        {"a\x1b[31m", "has a control character (U+001B)"},
        {"a\x7f", "has a control character (U+007F)"},
        {"a\xc2\x80", "has a control character (U+0080)"},
        {"a\xc2\x9f", "has a control character (U+009F)"},
        {"caf\xe9", "is not UTF-8 (byte e9)"},
        {"\xed\xa0\x80", "is not UTF-8 (byte ed)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *fault = weir_name_fault(cases[i].name);
        CU_ASSERT_STRING_EQUAL(fault ? fault : "", cases[i].fault ? cases[i].fault : "");
    }
}

static const struct weir_case cases[] = {
    {"characters are those of iconv", characters_are_those_of_iconv},
    {"points are those of iconv", points_are_those_of_iconv},
    {"the first fault is found", the_first_fault_is_found},
    {"names", names},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("base utf8", cases, argc, argv);
}
