/* SPDX-License-Identifier: MIT */
/* GFP masks from and to the kernel's names. */
#include "mm/gfp.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"

struct gfp_name {
    const char *name;
    uint32_t mask;
    bool printed; /* gfp_format() uses it; the others are only read */
};

/* Wider masks first, so that the first fit is the shortest text. */
static const struct gfp_name gfp_names[] = {
    {"GFP_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE, true},
    {"GFP_HIGHUSER_PAGECACHE", GFP_HIGHUSER_MOVABLE, false},
    {"GFP_USER_PAGECACHE", GFP_USER | GFP_BIT_MOVABLE, true},
    {"GFP_HIGHUSER", GFP_HIGHUSER, true},
    {"GFP_USER", GFP_USER, true},
    {"GFP_TEMPORARY", GFP_TEMPORARY, true},
    {"GFP_NOFS_PAGECACHE", GFP_NOFS | GFP_BIT_MOVABLE, true},
    {"GFP_THISNODE", GFP_THISNODE, true},
    {"GFP_KERNEL", GFP_KERNEL, true},
    {"GFP_NOFS", GFP_NOFS, true},
    {"GFP_NOIO", GFP_NOIO, true},
    {"GFP_ATOMIC", GFP_ATOMIC, true},
    {"GFP_NOWAIT", GFP_NOWAIT, false},
    {"GFP_DMA32", GFP_BIT_DMA32, true},
    {"GFP_DMA", GFP_BIT_DMA, true},
    {"__GFP_DMA", GFP_BIT_DMA, true},
    {"__GFP_HIGHMEM", GFP_BIT_HIGHMEM, true},
    {"__GFP_DMA32", GFP_BIT_DMA32, true},
    {"__GFP_WAIT", GFP_BIT_WAIT, true},
    {"__GFP_HIGH", GFP_BIT_HIGH, true},
    {"__GFP_IO", GFP_BIT_IO, true},
    {"__GFP_FS", GFP_BIT_FS, true},
    {"__GFP_COLD", GFP_BIT_COLD, true},
    {"__GFP_NOWARN", GFP_BIT_NOWARN, true},
    {"__GFP_REPEAT", GFP_BIT_REPEAT, true},
    {"__GFP_NOFAIL", GFP_BIT_NOFAIL, true},
    {"__GFP_NORETRY", GFP_BIT_NORETRY, true},
    {"__GFP_COMP", GFP_BIT_COMP, true},
    {"__GFP_ZERO", GFP_BIT_ZERO, true},
    {"__GFP_NOMEMALLOC", GFP_BIT_NOMEMALLOC, true},
    {"__GFP_HARDWALL", GFP_BIT_HARDWALL, true},
    {"__GFP_THISNODE", GFP_BIT_THISNODE, true},
    {"__GFP_RECLAIMABLE", GFP_BIT_RECLAIMABLE, true},
    {"__GFP_MOVABLE", GFP_BIT_MOVABLE, true},
};

enum { NR_GFP_NAMES = sizeof(gfp_names) / sizeof(gfp_names[0]), NAME_MAX_LENGTH = 31 };

/* "|", or nothing before the first name; blanks around it are allowed. */
static const char *trim(const char *text, size_t *length)
{
    while (*length && *text == ' ') {
        text++;
        (*length)--;
    }
    while (*length && text[*length - 1] == ' ')
        (*length)--;
    return text;
}

static void hint_name(struct sim_error *err, const char *name)
{
    const char *candidates[NR_GFP_NAMES];
    const char *nearest;

    for (unsigned i = 0; i < NR_GFP_NAMES; i++)
        candidates[i] = gfp_names[i].name;
    nearest = suggest_word(name, candidates, NR_GFP_NAMES);
    if (nearest)
        sim_error_add_hint(err, "did you mean %s?", nearest);
    else
        sim_error_add_hint(err, "names such as GFP_KERNEL or __GFP_ZERO joined with |, or hex");
}

static bool parse_term(const char *text, size_t length, bool numa, uint32_t *ret_mask,
                       struct sim_error *err)
{
    char name[NAME_MAX_LENGTH + 1];
    uint64_t number;

    if (uint_parse(text, length, &number)) {
        if (number & ~(uint64_t)GFP_ALL_BITS)
            return sim_error_set(err, ERR_BAD_GFP, "0x%llx has bits that no GFP flag has",
                                 (unsigned long long)number);
        *ret_mask = (uint32_t)number;
        return true;
    }
    for (unsigned i = 0; i < NR_GFP_NAMES; i++) {
        if (strlen(gfp_names[i].name) == length && !memcmp(gfp_names[i].name, text, length)) {
            *ret_mask = numa || gfp_names[i].mask != GFP_THISNODE ? gfp_names[i].mask : 0;
            return true;
        }
    }
    if (length == 0)
        return sim_error_set(err, ERR_BAD_GFP, "a GFP flag is missing");
    snprintf(name, sizeof(name), "%.*s", (int)(length < NAME_MAX_LENGTH ? length : NAME_MAX_LENGTH),
             text);
    sim_error_set(err, ERR_BAD_GFP, "%s is not a GFP flag", name);
    hint_name(err, name);
    return false;
}

static bool parse(const char *text, size_t length, bool numa, uint32_t *ret_gfp,
                  struct sim_error *err)
{
    uint32_t gfp = 0;

    for (;;) {
        const char *bar = memchr(text, '|', length);
        size_t term_length = bar ? (size_t)(bar - text) : length;
        size_t trimmed_length = term_length;
        const char *term = trim(text, &trimmed_length);
        uint32_t mask = 0;

        if (!parse_term(term, trimmed_length, numa, &mask, err))
            return false;
        gfp |= mask;
        if (!bar)
            break;
        text += term_length + 1;
        length -= term_length + 1;
    }
    *ret_gfp = gfp;
    return true;
}

bool gfp_parse(const char *text, size_t length, uint32_t *ret_gfp, struct sim_error *err)
{
    return parse(text, length, true, ret_gfp, err);
}

bool gfp_parse_uma(const char *text, size_t length, uint32_t *ret_gfp, struct sim_error *err)
{
    return parse(text, length, false, ret_gfp, err);
}

void gfp_format(uint32_t gfp, char text[static GFP_TEXT_MAX])
{
    uint32_t left = gfp & GFP_ALL_BITS;
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < NR_GFP_NAMES && left; i++) {
        const struct gfp_name *name = &gfp_names[i];

        if (!name->printed || (left & name->mask) != name->mask)
            continue;
        used +=
            (size_t)snprintf(text + used, GFP_TEXT_MAX - used, "%s%s", used ? "|" : "", name->name);
        left &= ~name->mask;
    }
    if (!used)
        snprintf(text, GFP_TEXT_MAX, "0");
}
