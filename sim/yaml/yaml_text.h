/* SPDX-License-Identifier: MIT */
/* The text of a document before it is YAML: encoding, and places from byte offsets. */
#ifndef SIM_YAML_YAML_TEXT_H
#define SIM_YAML_YAML_TEXT_H

#include <stddef.h>
#include <stdint.h>

/*
 * What YAML does not allow in its text. Checked ahead of the parser, because libyaml takes a NUL
 * for the end of the text and does not give lines for what it cannot decode.
 */
enum yaml_text_fault {
    YAML_TEXT_GOOD,
    YAML_TEXT_NOT_UTF8, /* also overlong forms, surrogates, above U+10FFFF, a character cut off */
    YAML_TEXT_NUL,
    YAML_TEXT_CONTROL, /* a control character, U+FFFE or U+FFFF */
};

/* The first fault and its offset (untouched without one). O(size), eight ASCII bytes a step. */
enum yaml_text_fault yaml_text_check(const uint8_t *bytes, size_t size, size_t *ret_offset);

/*
 * Line and column, from 1, of the character at `offset`; the bytes before it are good text. Lines
 * end as in YAML 1.1: LF, CR, CR LF, NEL, LS, PS.
 */
void yaml_text_place(const uint8_t *bytes, size_t offset, uint32_t *ret_line, uint32_t *ret_column);

#endif
