/* SPDX-License-Identifier: MIT */
/* "did you mean": the nearest known word to a misspelt one. */
#ifndef SIM_BASE_SUGGEST_H
#define SIM_BASE_SUGGEST_H

#include <stddef.h>

/*
 * The candidate with the smallest edit distance to `word` (transpositions count one), or NULL when
 * none is near enough to be a likely misspelling: the limit is a third of the word's length, but
 * one edit is always allowed in a word of two letters or more. Ties: the first candidate.
 */
const char *suggest_word(const char *word, const char *const *candidates, size_t count);

#endif
