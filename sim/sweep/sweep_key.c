/* SPDX-License-Identifier: MIT */
/* The name of a run: 128-bit FNV-1a over framed parts. */
#include "sweep/sweep_key.h"

#include <inttypes.h>
#include <stdio.h>

__extension__ typedef unsigned __int128 uint128;

enum { NIBBLES = 16 }; /* of half a key */

/* The prime is 2^88 + 0x13b. */
static uint128 hash_byte(uint128 hash, uint8_t byte)
{
    const uint128 prime = (uint128)1 << 88 | 0x13b;

    return (hash ^ byte) * prime;
}

static uint128 hash_bytes(uint128 hash, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = hash_byte(hash, bytes[i]);
    return hash;
}

struct sweep_key sweep_key_begin(void)
{
    return (struct sweep_key){UINT64_C(0x6c62272e07bb0142), UINT64_C(0x62b821756295c58d)};
}

void sweep_key_add(struct sweep_key *key, const void *bytes, size_t size)
{
    uint128 hash = (uint128)key->high << 64 | key->low;
    uint64_t length = size;

    for (unsigned i = 0; i < sizeof(length); i++)
        hash = hash_byte(hash, (uint8_t)(length >> 8 * i));
    hash = hash_bytes(hash, bytes, size);
    *key = (struct sweep_key){(uint64_t)(hash >> 64), (uint64_t)hash};
}

void sweep_key_format(const struct sweep_key *key, char text[static SWEEP_KEY_TEXT])
{
    snprintf(text, SWEEP_KEY_TEXT, "%016" PRIx64 "%016" PRIx64, key->high, key->low);
}

static bool parse_half(const char *text, uint64_t *ret_half)
{
    uint64_t half = 0;

    for (unsigned i = 0; i < NIBBLES; i++) {
        char c = text[i];

        if (c >= '0' && c <= '9')
            half = half << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            half = half << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *ret_half = half;
    return true;
}

bool sweep_key_parse(struct sweep_key *key, const char *text, size_t length)
{
    struct sweep_key parsed;

    if (length != SWEEP_KEY_TEXT - 1 || !parse_half(text, &parsed.high) ||
        !parse_half(text + NIBBLES, &parsed.low))
        return false;
    *key = parsed;
    return true;
}

int sweep_key_compare(const struct sweep_key *a, const struct sweep_key *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    return 0;
}
