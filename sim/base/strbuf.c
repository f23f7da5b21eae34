/* SPDX-License-Identifier: MIT */
/* Growable byte string that remembers a failed allocation. */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

void strbuf_fini(struct strbuf *buf)
{
    if (!buf)
        return;
    free(buf->data);
    *buf = (struct strbuf){0};
}

void strbuf_reset(struct strbuf *buf)
{
    buf->length = 0;
    buf->failed = false;
    if (buf->data)
        buf->data[0] = '\0';
}

/* Room for `length` more bytes and the terminator. */
static bool strbuf_reserve(struct strbuf *buf, size_t length)
{
    if (buf->failed)
        return false;
    if (length >= SIZE_MAX - buf->length ||
        !vec_grow(&buf->data, &buf->capacity, 1, buf->length + length + 1))
        buf->failed = true;
    return !buf->failed;
}

void strbuf_add(struct strbuf *buf, const char *bytes, size_t length)
{
    if (!strbuf_reserve(buf, length))
        return;
    if (length)
        memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void strbuf_adds(struct strbuf *buf, const char *string)
{
    strbuf_add(buf, string, strlen(string));
}

void strbuf_addf(struct strbuf *buf, const char *format, ...)
{
    va_list args, again;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    if (length < 0)
        buf->failed = true;
    else if (strbuf_reserve(buf, (size_t)length))
        buf->length +=
            (size_t)vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
}
