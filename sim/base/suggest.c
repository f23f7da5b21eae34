/* SPDX-License-Identifier: MIT */
/* "did you mean": the nearest known word to a misspelt one. */
#include "base/suggest.h"

#include <string.h>

/* Longer words are not compared: no key or flag of ours comes near. */
enum { WORD_MAX = 63 };

static size_t min_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][WORD_MAX + 1]; /* of the distance table: this one and the two above */

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = min_of(above[j], row[j - 1]) + 1;
            row[j] = min_of(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min_of(row[j], above2[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *suggest_word(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word);
    size_t limit = length / 3 ? length / 3 : 1;
    const char *best = NULL;

    /* A word all of whose letters would change resembles nothing. */
    if (length < 2 || length > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t candidate_length = strlen(candidates[i]);
        size_t distance;

        if (candidate_length > WORD_MAX)
            continue;
        distance = edit_distance(word, length, candidates[i], candidate_length);
        if (distance > limit || (best && distance == limit))
            continue;
        best = candidates[i];
        limit = distance;
    }
    return best;
}
