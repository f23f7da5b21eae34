/* SPDX-License-Identifier: MIT */
/* The words of one vector line. */
#ifndef TESTS_GOLDEN_GOLDEN_WORDS_H
#define TESTS_GOLDEN_GOLDEN_WORDS_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 80 };

struct golden_words {
    char *word[WORDS_MAX];
    unsigned count;
    unsigned long line;
};

/* A broken vector ends the program: there is nothing sensible to compare then. */
static inline _Noreturn void golden_fail(const struct golden_words *words, const char *what)
{
    fprintf(stderr, "golden_replay: line %lu: %s\n", words->line, what);
    exit(EXIT_FAILURE);
}

/* Splits in place at blanks; the line loses its end. */
static inline void golden_split(struct golden_words *words, char *line)
{
    words->count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; *at;) {
        if (words->count == WORDS_MAX)
            golden_fail(words, "too many words");
        words->word[words->count++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = '\0';
    }
}

static inline bool golden_is(const struct golden_words *words, const char *verb)
{
    return strcmp(words->word[0], verb) == 0;
}

/* The i-th word as a number (decimal, 0x, minus). */
static inline int64_t golden_int(const struct golden_words *words, unsigned i)
{
    char *end;
    long long value;

    if (i >= words->count)
        golden_fail(words, "a number is missing");
    value = strtoll(words->word[i], &end, 0);
    if (*end || end == words->word[i])
        golden_fail(words, "not a number");
    return value;
}

static inline uint64_t golden_uint(const struct golden_words *words, unsigned i)
{
    return (uint64_t)golden_int(words, i);
}

#endif
