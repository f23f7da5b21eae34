/* SPDX-License-Identifier: MIT */
/* A growing list of lines, and how to shorten it; out of memory ends the program. */
#include "script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *script_add(struct script *script, const char *format, ...)
{
    char line[SCRIPT_LINE_MAX];
    va_list args;
    char *copy;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    copy = strdup(line);
    if (!copy || !vec_push(script, copy))
        abort();
    return copy;
}

void script_fini(struct script *script)
{
    for (size_t i = 0; i < script->count; i++)
        free(script->items[i]);
    vec_fini(script);
}

/* ---- shortening ---- */

/* Without these a description makes no sense. */
static bool is_needed(const char *line)
{
    static const char *const verbs[] = {"config", "mem ", "cpus", "cpu_node", "boot"};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strncmp(line, verbs[i], strlen(verbs[i])) == 0)
            return true;
    return false;
}

/* Leaves out ever smaller stretches of lines as long as the rest still differs. */
static void shorten(const struct script *script, bool *keep, script_differs *differs,
                    char why[static DIFFERENCE_MAX])
{
    bool *tried = calloc(script->count, sizeof(*tried));

    if (!tried)
        abort();
    for (size_t stretch = script->count / 2; stretch > 0; stretch /= 2) {
        for (size_t start = 0; start < script->count; start += stretch) {
            bool fewer = false;

            for (size_t i = 0; i < script->count; i++) {
                bool dropped = i >= start && i - start < stretch && !is_needed(script->items[i]);

                tried[i] = keep[i] && !dropped;
                fewer |= keep[i] && dropped;
            }
            if (fewer && differs(script, tried, why))
                memcpy(keep, tried, script->count * sizeof(*keep));
        }
    }
    free(tried);
}

void script_report(const struct script *script, uint64_t seed, const char *why,
                   script_differs *differs)
{
    bool *keep = calloc(script->count, sizeof(*keep));
    char shortened_why[DIFFERENCE_MAX] = "the shortened run";

    if (!keep)
        abort();
    for (size_t i = 0; i < script->count; i++)
        keep[i] = true;
    fprintf(stderr, "# seed %" PRIu64 ", line %zu: %s\n", seed, script->count, why);
    shorten(script, keep, differs, shortened_why);
    fprintf(stderr, "# shortened: %s\n", shortened_why);
    for (size_t i = 0; i < script->count; i++)
        if (keep[i])
            fprintf(stderr, "%s\n", script->items[i]);
    free(keep);
}
