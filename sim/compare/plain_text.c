/* SPDX-License-Identifier: MIT */
/* Makes names that others gave fit for a line of a report. */
#include "compare/plain_text.h"

#include <stdint.h>
#include <string.h>

#include "yaml/yaml_text.h"

/* NEL is good text in YAML, but a control character. */
static const char nel[] = "\xc2\x85";

void plain_text_add(struct strbuf *out, const char *text, size_t length)
{
    size_t begin = out->length;

    while (length > 0) {
        size_t good = length;

        yaml_text_check((const uint8_t *)text, length, &good);
        strbuf_add(out, text, good);
        strbuf_add(out, "?", good < length);
        good += good < length;
        text += good;
        length -= good;
    }
    if (out->failed || !out->data)
        return;
    for (char *at = out->data + begin; *at; at++) {
        if ((unsigned char)*at < 0x20)
            *at = '?';
        else if (strncmp(at, nel, 2) == 0)
            memset(at, '?', 2);
    }
}
