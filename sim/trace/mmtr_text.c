/* SPDX-License-Identifier: MIT */
/* What counts as text in a trace: UTF-8 without control characters. */
#include "trace/mmtr_text.h"

size_t mmtr_text_char(const uint8_t *text, size_t size)
{
    uint32_t code;
    size_t length;

    if (text[0] < 0x80)
        return text[0] >= 0x20 && text[0] != 0x7f;
    if (text[0] >= 0xc2 && text[0] <= 0xdf)
        length = 2;
    else if ((text[0] & 0xf0) == 0xe0)
        length = 3;
    else if (text[0] >= 0xf0 && text[0] <= 0xf4)
        length = 4;
    else
        return 0;
    if (size < length)
        return 0;
    code = text[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3fu);
    }
    if (length == 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff)))
        return 0; /* too long a form, or a surrogate */
    if (length == 4 && (code < 0x10000 || code > 0x10ffff))
        return 0;
    if (code < 0xa0)
        return 0; /* C1 controls */
    return length;
}

bool mmtr_text_valid(const uint8_t *text, size_t size)
{
    for (size_t at = 0, length; at < size; at += length) {
        length = mmtr_text_char(text + at, size - at);
        if (length == 0)
            return false;
    }
    return true;
}

void mmtr_text_clean(uint8_t *text, size_t size)
{
    for (size_t at = 0, length; at < size; at += length) {
        length = mmtr_text_char(text + at, size - at);
        if (length == 0) {
            text[at] = '?';
            length = 1;
        }
    }
}
