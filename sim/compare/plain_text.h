/* SPDX-License-Identifier: MIT */
/* Makes names that others gave fit for a line of a report. */
#ifndef SIM_COMPARE_PLAIN_TEXT_H
#define SIM_COMPARE_PLAIN_TEXT_H

#include <stddef.h>

#include "base/strbuf.h"

/* Appends the text as UTF-8 without control characters, line ends and tabs included, and without
 * U+FFFE and U+FFFF: '?' for each byte of these, and for each that is no UTF-8. */
void plain_text_add(struct strbuf *out, const char *text, size_t length);

#endif
