/* SPDX-License-Identifier: MIT */
/* The text of a document before it is YAML: a strict UTF-8 reader. */
#include "yaml/yaml_text.h"

#include <stdbool.h>
#include <string.h>

/* The character at bytes[0], its length in *ret_length; false: not UTF-8. */
static bool decode(const uint8_t *bytes, size_t size, uint32_t *ret_char, size_t *ret_length)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t lead = bytes[0];
    size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    uint32_t value = length == 1 ? lead : lead & (0x7fu >> length);

    if ((lead >= 0x80 && lead < 0xc0) || lead >= 0xf8 || length > size)
        return false;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return false;
        value = value << 6 | (bytes[i] & 0x3fu);
    }
    if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return false;
    *ret_char = value;
    *ret_length = length;
    return true;
}

static bool is_allowed(uint32_t c)
{
    if (c < 0x80)
        return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' || c == '\r';
    return c == 0x85 || (c >= 0xa0 && c != 0xfffe && c != 0xffff);
}

/* Eight bytes of 0x20..0x7e: the usual case. */
static bool is_printable_ascii8(const uint8_t *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t high = ones << 7;
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    /* The second term borrows from a byte below 0x20, the third carries from 0x7f. */
    return !((word | (word - ones * 0x20) | (word + ones)) & high);
}

enum yaml_text_fault yaml_text_check(const uint8_t *bytes, size_t size, size_t *ret_offset)
{
    enum yaml_text_fault fault = YAML_TEXT_GOOD;
    size_t at = 0;

    while (at < size) {
        uint32_t c;
        size_t length;

        if (size - at >= 8 && is_printable_ascii8(bytes + at)) {
            at += 8;
            continue;
        }
        if (!decode(bytes + at, size - at, &c, &length))
            fault = YAML_TEXT_NOT_UTF8;
        else if (c == 0)
            fault = YAML_TEXT_NUL;
        else if (!is_allowed(c))
            fault = YAML_TEXT_CONTROL;
        if (fault != YAML_TEXT_GOOD) {
            *ret_offset = at;
            return fault;
        }
        at += length;
    }
    return YAML_TEXT_GOOD;
}

void yaml_text_place(const uint8_t *bytes, size_t offset, uint32_t *ret_line, uint32_t *ret_column)
{
    uint32_t line = 1, column = 1;
    size_t at = 0;

    while (at < offset) {
        uint32_t c;
        size_t length;

        if (!decode(bytes + at, offset - at, &c, &length))
            break;
        at += length;
        if (c == '\r' && at < offset && bytes[at] == '\n')
            at++;
        if (c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029) {
            line++;
            column = 1;
        } else {
            column++;
        }
    }
    *ret_line = line;
    *ret_column = column;
}
