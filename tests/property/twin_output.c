/* SPDX-License-Identifier: MIT */
/* Two memory streams, written anew for each comparison. */
#include "twin_output.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 200 };

void twin_output_init(struct twin_output *output)
{
    *output = (struct twin_output){0};
    output->fast = open_memstream(&output->fast_text, &output->fast_length);
    output->slow = open_memstream(&output->slow_text, &output->slow_length);
    if (!output->fast || !output->slow)
        abort();
}

void twin_output_fini(struct twin_output *output)
{
    fclose(output->fast);
    fclose(output->slow);
    free(output->fast_text);
    free(output->slow_text);
}

static int shown_length(const char *line)
{
    size_t length = strcspn(line, "\n");

    return (int)(length > SHOWN_MAX ? SHOWN_MAX : length);
}

/* Both texts end with a newline. */
static void tell_difference(const struct twin_output *output, char why[static DIFFERENCE_MAX])
{
    const char *fast = output->fast_text;
    const char *slow = output->slow_text;

    while (*fast && *slow) {
        size_t fast_line = strcspn(fast, "\n");
        size_t slow_line = strcspn(slow, "\n");

        if (fast_line != slow_line || memcmp(fast, slow, fast_line) != 0)
            break;
        fast += fast_line + 1;
        slow += slow_line + 1;
    }
    snprintf(why, DIFFERENCE_MAX, "fast \"%.*s\", slow \"%.*s\"", shown_length(fast), fast,
             shown_length(slow), slow);
}

bool twin_output_same(struct twin_output *output, char why[static DIFFERENCE_MAX])
{
    bool same;

    if (fflush(output->fast) != 0 || fflush(output->slow) != 0)
        abort();
    same = output->fast_length == output->slow_length &&
           memcmp(output->fast_text, output->slow_text, output->fast_length) == 0;
    if (!same) {
        output->fast_text[output->fast_length] = '\0';
        output->slow_text[output->slow_length] = '\0';
        tell_difference(output, why);
    }
    rewind(output->fast);
    rewind(output->slow);
    return same;
}
