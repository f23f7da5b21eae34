/* SPDX-License-Identifier: MIT */
/* One side of a comparison. */
#include "cli/compare_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

void compare_input_fini(struct compare_input *input)
{
    if (!input)
        return;
    file_bytes_fini(&input->bytes);
    set_options_fini(&input->sets);
    for (size_t i = 0; i < input->texts.count; i++)
        free(input->texts.items[i]);
    vec_fini(&input->texts);
}

bool compare_input_open(struct compare_input *input, const char *path, struct sim_error *err)
{
    *input = (struct compare_input){.path = path};
    if (!file_bytes_init(&input->bytes, path, err))
        return false;
    if (input->bytes.size > 0)
        return true;
    sim_error_set(err, ERR_NOTHING_TO_COMPARE, "the file is empty");
    sim_error_add_place(err, path, 0, 0);
    return false;
}

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the options");
}

/* Length of the KEY=VALUE at `text`: blanks within brackets belong to it. */
static size_t change_length(const char *text)
{
    unsigned depth = 0;
    size_t length = 0;

    for (; text[length] && (text[length] != ' ' || depth > 0); length++) {
        if (strchr("[{", text[length]))
            depth++;
        else if (strchr("]}", text[length]) && depth > 0)
            depth--;
    }
    return length;
}

static bool add_tries(struct compare_input *input, const char *tries, struct sim_error *err)
{
    while (*(tries += strspn(tries, " "))) {
        size_t length = change_length(tries);
        char *text = strndup(tries, length);

        if (!text || !vec_push(&input->texts, text)) {
            free(text);
            return no_memory(err);
        }
        if (!set_options_add(&input->sets, text))
            return no_memory(err);
        tries += length;
    }
    return input->texts.count > 0 ||
           sim_error_set(err, ERR_USAGE, "--try: there is no KEY=VALUE in it");
}

bool compare_input_plan(struct compare_input *input, const struct run_choice *choice,
                        const char *const *sets, size_t nr_sets, const char *tries,
                        struct sim_error *err)
{
    *input = (struct compare_input){.choice = *choice};
    for (size_t i = 0; i < nr_sets; i++)
        if (!set_options_add(&input->sets, sets[i]))
            return no_memory(err);
    return !tries || add_tries(input, tries, err);
}

static bool open_run(struct compare_lines *lines, struct compare_input *input,
                     const struct option_number *seed, bool events, struct sim_error *err)
{
    input->choice.sets = &input->sets;
    if (seed->given)
        input->choice.seed = *seed;
    if (!run_inputs_load(&lines->inputs, &input->choice, err))
        return false;
    if (!input->name[0])
        snprintf(input->name, sizeof(input->name), "%s", lines->inputs.named.items[0].name);
    lines->source = run_lines_source(&lines->run);
    return run_lines_begin(&lines->run, &lines->inputs, mmsim_version, events, err);
}

bool compare_lines_open(struct compare_lines *lines, struct compare_input *input,
                        const struct option_number *seed, bool events, struct sim_error *err)
{
    const char *begin = (const char *)input->bytes.data;

    *lines = (struct compare_lines){0};
    if (!input->path)
        return open_run(lines, input, seed, events, err);
    lines->bytes = (struct byte_lines){begin, begin + input->bytes.size};
    lines->source = (struct line_source){byte_lines_next, &lines->bytes};
    return true;
}

void compare_lines_close(struct compare_lines *lines)
{
    if (!lines)
        return;
    run_lines_end(&lines->run);
    run_inputs_fini(&lines->inputs);
}
