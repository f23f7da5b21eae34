/* SPDX-License-Identifier: MIT */
/* GFP masks of captured kernels, read as masks of 2.6.24. */
#include "trace/ftrace_gfp.h"

#include <stdbool.h>
#include <string.h>

#include "base/units.h"

/* Bits of 2.6.24; the same numbers as in the model, whose headers lie above this layer. */
enum {
    DMA = 0x1,
    HIGHMEM = 0x2,
    DMA32 = 0x4,
    WAIT = 0x10,
    HIGH = 0x20,
    IO = 0x40,
    FS = 0x80,
    COLD = 0x100,
    NOWARN = 0x200,
    REPEAT = 0x400,
    NOFAIL = 0x800,
    NORETRY = 0x1000,
    COMP = 0x4000,
    ZERO = 0x8000,
    NOMEMALLOC = 0x10000,
    HARDWALL = 0x20000,
    THISNODE = 0x40000,
    RECLAIMABLE = 0x80000,
    MOVABLE = 0x100000,
    KERNEL = WAIT | IO | FS,
    HIGHUSER_MOVABLE = KERNEL | HARDWALL | HIGHMEM | MOVABLE,
    TRANSHUGE = HIGHUSER_MOVABLE | COMP | NOMEMALLOC | NOWARN,
};

struct gfp_word {
    const char *name; /* without GFP_ or __GFP_ */
    uint32_t mask;
};

/* Names with GFP_ in front; those of kernels before 4.6 for single bits are in both tables. */
static const struct gfp_word composites[] = {
    {"HIGHUSER_MOVABLE", HIGHUSER_MOVABLE},
    {"KERNEL", KERNEL},
    {"NOFS", WAIT | IO},
    {"KERNEL_ACCOUNT", KERNEL},
    {"HIGHUSER", KERNEL | HARDWALL | HIGHMEM},
    {"USER", KERNEL | HARDWALL},
    {"NOWAIT", 0},
    {"ATOMIC", HIGH},
    {"NOIO", WAIT},
    {"TRANSHUGE", TRANSHUGE},
    {"TRANSHUGE_LIGHT", TRANSHUGE & ~WAIT},
    {"TEMPORARY", KERNEL | RECLAIMABLE},
    {"IOFS", IO | FS},
};

static const struct gfp_word bits[] = {
    {"COMP", COMP},
    {"ZERO", ZERO},
    {"WRITE", 0},
    {"NOWARN", NOWARN},
    {"NORETRY", NORETRY},
    {"HARDWALL", HARDWALL},
    {"MOVABLE", MOVABLE},
    {"HIGHMEM", HIGHMEM},
    {"RETRY_MAYFAIL", REPEAT},
    {"RECLAIMABLE", RECLAIMABLE},
    {"ACCOUNT", 0},
    {"NOMEMALLOC", NOMEMALLOC},
    {"IO", IO},
    {"FS", FS},
    {"NOFAIL", NOFAIL},
    {"THISNODE", THISNODE},
    {"HIGH", HIGH},
    {"ATOMIC", 0},
    {"DIRECT_RECLAIM", WAIT},
    {"KSWAPD_RECLAIM", 0},
    {"RECLAIM", WAIT},
    {"WAIT", WAIT},
    {"DMA", DMA},
    {"DMA32", DMA32},
    {"COLD", COLD},
    {"REPEAT", REPEAT},
    {"MEMALLOC", 0},
    {"NOTRACK", 0},
    {"NO_KSWAPD", 0},
    {"OTHER_NODE", 0},
    {"NOLOCKDEP", 0},
    {"ZEROTAGS", 0},
    {"SKIP_ZERO", 0},
    {"SKIP_KASAN", 0},
    {"SKIP_KASAN_POISON", 0},
    {"SKIP_KASAN_UNPOISON", 0},
    {"NO_OBJ_EXT", 0},
    {"CMA", 0},
};

/* By bit number. Kernel: include/linux/gfp_types.h [6.1] */
static const uint32_t bits_6_1[] = {
    DMA, HIGHMEM, DMA32,  MOVABLE, RECLAIMABLE, HIGH, IO,   FS,         ZERO,     0,        WAIT, 0,
    0,   NOWARN,  REPEAT, NOFAIL,  NORETRY,     0,    COMP, NOMEMALLOC, HARDWALL, THISNODE, 0,
};

enum { NR_BITS_6_1 = sizeof(bits_6_1) / sizeof(bits_6_1[0]) };

static bool find_word(const struct gfp_word *words, size_t count, const char *name, size_t length,
                      uint32_t *ret_mask)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(words[i].name) == length && memcmp(words[i].name, name, length) == 0) {
            *ret_mask = words[i].mask;
            return true;
        }
    }
    return false;
}

static bool has_prefix(const char *text, size_t length, const char *prefix)
{
    size_t prefix_length = strlen(prefix);

    return length > prefix_length && memcmp(text, prefix, prefix_length) == 0;
}

static uint32_t number_mask(uint64_t number, uint64_t *unknown)
{
    uint32_t mask = 0;

    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(number >> bit & 1))
            continue;
        if (bit < NR_BITS_6_1)
            mask |= bits_6_1[bit];
        else
            (*unknown)++;
    }
    return mask;
}

static uint32_t word_mask(const char *word, size_t length, uint64_t *unknown)
{
    uint32_t mask = 0;
    uint64_t number;

    if (has_prefix(word, length, "__GFP_")) {
        if (find_word(bits, sizeof(bits) / sizeof(bits[0]), word + 6, length - 6, &mask))
            return mask;
    } else if (has_prefix(word, length, "GFP_")) {
        if (find_word(composites, sizeof(composites) / sizeof(composites[0]), word + 4, length - 4,
                      &mask) ||
            find_word(bits, sizeof(bits) / sizeof(bits[0]), word + 4, length - 4, &mask))
            return mask;
    } else if (length == 4 && memcmp(word, "none", 4) == 0) {
        return 0;
    } else if (uint_parse(word, length, &number)) {
        return number_mask(number, unknown);
    }
    (*unknown)++;
    return 0;
}

uint32_t ftrace_gfp_parse(const char *text, size_t length, uint64_t *unknown)
{
    const char *end = text + length;
    uint32_t mask = 0;

    while (text < end) {
        const char *bar = memchr(text, '|', (size_t)(end - text));
        const char *word_end = bar ? bar : end;

        if (word_end > text)
            mask |= word_mask(text, (size_t)(word_end - text), unknown);
        text = word_end + 1;
    }
    return mask;
}
