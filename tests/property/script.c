/* SPDX-License-Identifier: MIT */
/* A growing list of lines; out of memory ends the program. */
#include "script.h"

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
