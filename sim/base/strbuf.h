/* SPDX-License-Identifier: MIT */
/* Growable byte string that remembers a failed allocation instead of failing at each append. */
#ifndef SIM_BASE_STRBUF_H
#define SIM_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * `struct strbuf buf = {0};` is empty. After an allocation fails every append is a no-op and
 * `failed` stays set: check it once, at the end. `data` is NUL-terminated whenever it is not NULL.
 */
struct strbuf {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
};

void strbuf_fini(struct strbuf *buf);
void strbuf_reset(struct strbuf *buf); /* empty again, keeps the memory and clears `failed` */
void strbuf_add(struct strbuf *buf, const char *bytes, size_t length);
void strbuf_adds(struct strbuf *buf, const char *string);
void strbuf_addf(struct strbuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
