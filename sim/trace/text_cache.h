/* SPDX-License-Identifier: MIT */
/* The numbers that short texts stand for, for texts that repeat from line to line. */
#ifndef SIM_TRACE_TEXT_CACHE_H
#define SIM_TRACE_TEXT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * One entry a hash value, the last one wins: it may forget, it never errs. The key is the text and
 * a number beside it. A zeroed cache is empty; empty texts and long ones are not kept.
 */
enum { TEXT_CACHE_SIZE = 64, TEXT_CACHE_LENGTH_MAX = 63 };

struct cached_text {
    uint32_t value;
    uint32_t beside;
    uint8_t length; /* 0: empty */
    char text[TEXT_CACHE_LENGTH_MAX];
};

struct text_cache {
    struct cached_text slots[TEXT_CACHE_SIZE];
};

static inline uint32_t text_cache_slot(const char *text, size_t length, uint32_t beside)
{
    uint32_t hash = (uint32_t)length + beside * 31;

    for (size_t i = 0; i < length; i++)
        hash = hash * 33 + (uint8_t)text[i];
    return (hash ^ hash >> 11) % TEXT_CACHE_SIZE;
}

static inline bool text_cache_get(const struct text_cache *cache, const char *text, size_t length,
                                  uint32_t beside, uint32_t *ret_value)
{
    const struct cached_text *slot;

    if (length == 0 || length > TEXT_CACHE_LENGTH_MAX)
        return false;
    slot = &cache->slots[text_cache_slot(text, length, beside)];
    if (slot->length != length || slot->beside != beside || memcmp(slot->text, text, length) != 0)
        return false;
    *ret_value = slot->value;
    return true;
}

static inline void text_cache_put(struct text_cache *cache, const char *text, size_t length,
                                  uint32_t beside, uint32_t value)
{
    struct cached_text *slot;

    if (length == 0 || length > TEXT_CACHE_LENGTH_MAX)
        return;
    slot = &cache->slots[text_cache_slot(text, length, beside)];
    slot->value = value;
    slot->beside = beside;
    slot->length = (uint8_t)length;
    memcpy(slot->text, text, length);
}

#endif
