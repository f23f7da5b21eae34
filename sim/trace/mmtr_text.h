/* SPDX-License-Identifier: MIT */
/* What counts as text in a trace: UTF-8 without control characters. */
#ifndef SIM_TRACE_MMTR_TEXT_H
#define SIM_TRACE_MMTR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the well-formed character at `text`, `size` > 0 bytes; 0: none, or a control. */
size_t mmtr_text_char(const uint8_t *text, size_t size);

bool mmtr_text_valid(const uint8_t *text, size_t size);

/* Replaces every byte that is no text by '?'. */
void mmtr_text_clean(uint8_t *text, size_t size);

#endif
