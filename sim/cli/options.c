/* SPDX-License-Identifier: MIT */
/* Options of a verb: one declared table that is parsed and printed as the usage. */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include "base/check.h"
#include "base/suggest.h"
#include "base/units.h"

enum {
    HELP_COLUMN = 26,
    /* Values of getopt_long() above those of letters, so that options need no letter. */
    FIRST_CODE = 256,
};

static const struct option_spec help_option = {"help", 'h', NULL, "print this text"};

static void print_option(const struct option_spec *option, FILE *stream)
{
    char text[64];
    char letter[] = {'-', option->letter, ',', ' ', '\0'};

    snprintf(text, sizeof(text), "  %s--%s%s%s", option->letter ? letter : "    ", option->name,
             option->argument ? " " : "", option->argument ? option->argument : "");
    fprintf(stream, "%-*s %s\n", HELP_COLUMN, text, option->help);
}

void options_print_usage(const struct usage *usage, FILE *stream)
{
    fprintf(stream, "usage: %s\n\n%s\noptions:\n", usage->synopsis, usage->intro);
    for (size_t i = 0; i < usage->nr_options; i++)
        print_option(&usage->options[i], stream);
    print_option(&help_option, stream);
    if (usage->examples)
        fprintf(stream, "\nexamples:\n%s", usage->examples);
}

/* What getopt_long() refused: argv[optind - 1] or the letter `bad`. */
static bool unknown_option(const struct usage *usage, const char *argument, int bad,
                           struct sim_error *err)
{
    const char *names[OPTIONS_MAX + 1];
    const char *near;
    char word[64];

    if (argument[0] != '-' || argument[1] != '-') {
        sim_error_set(err, ERR_USAGE, "unknown option -%c", bad);
        return false;
    }
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    for (size_t i = 0; i < usage->nr_options; i++)
        names[i] = usage->options[i].name;
    names[usage->nr_options] = help_option.name;
    near = suggest_word(word, names, usage->nr_options + 1);
    sim_error_set(err, ERR_USAGE, "unknown option --%s", word);
    if (near)
        sim_error_add_hint(err, "did you mean --%s?", near);
    return false;
}

static const struct option_spec *find_option(const struct usage *usage, int code)
{
    for (size_t i = 0; i < usage->nr_options; i++) {
        if (code == FIRST_CODE + (int)i || (code == usage->options[i].letter && code != 0))
            return &usage->options[i];
    }
    return NULL;
}

static bool apply_number(const struct option_spec *option, const char *value,
                         struct option_number *number, struct sim_error *err)
{
    size_t length = strlen(value);

    if (option->kind == OPTION_NUMBER && !uint_parse(value, length, &number->value)) {
        sim_error_set(err, ERR_USAGE, "--%s: not a number: %.60s", option->name, value);
        return false;
    }
    if (option->kind == OPTION_DURATION && (!duration_parse(value, length, &number->value) ||
                                            number->value == 0 || number->value > INT64_MAX)) {
        sim_error_set(err, ERR_USAGE, "--%s: not a time such as 10ms: %.60s", option->name, value);
        return false;
    }
    number->given = true;
    return true;
}

static bool apply_text(struct option_texts *texts, const char *value, struct sim_error *err)
{
    return vec_push(texts, value) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the options");
}

static bool apply_option(const struct option_spec *option, const char *value, void *target,
                         struct sim_error *err)
{
    void *member = (char *)target + option->offset;

    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_TEXT:
        *(const char **)member = value;
        return true;
    case OPTION_NUMBER:
    case OPTION_DURATION:
        return apply_number(option, value, member, err);
    case OPTION_TEXTS:
        return apply_text(member, value, err);
    case OPTION_CALL:
        break;
    }
    return option->apply(target, value, err);
}

static bool check_operands(const struct usage *usage, int nr_operands, const char *surplus,
                           struct sim_error *err)
{
    if (nr_operands < usage->min_operands)
        sim_error_set(err, ERR_USAGE, "an argument is missing");
    else if (usage->max_operands >= 0 && nr_operands > usage->max_operands)
        sim_error_set(err, ERR_USAGE, "one argument too many: %.100s", surplus);
    else
        return true;
    sim_error_add_hint(err, "usage: %.*s", (int)strcspn(usage->synopsis, "\n"), usage->synopsis);
    return false;
}

enum options_result options_parse(const struct usage *usage, int argc, char **argv, void *target,
                                  int *ret_first, struct sim_error *err)
{
    struct option table[OPTIONS_MAX + 2] = {{0}};
    char letters[2 * OPTIONS_MAX + 4] = ":h";
    size_t at = strlen(letters);
    int code;

    SIM_ASSERT(usage->nr_options <= OPTIONS_MAX);
    for (size_t i = 0; i < usage->nr_options; i++) {
        const struct option_spec *option = &usage->options[i];

        table[i].name = option->name;
        table[i].has_arg = option->argument ? required_argument : no_argument;
        table[i].val = FIRST_CODE + (int)i;
        if (option->letter) {
            letters[at++] = option->letter;
            if (option->argument)
                letters[at++] = ':';
        }
    }
    letters[at] = '\0';
    table[usage->nr_options] = (struct option){"help", no_argument, NULL, 'h'};

    opterr = 0;
    optind = 0; /* a fresh scan, also after an earlier one */
    while ((code = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        const struct option_spec *option;

        if (code == 'h') {
            options_print_usage(usage, stdout);
            return OPTIONS_HELP;
        }
        if (code == ':') {
            sim_error_set(err, ERR_USAGE, "%s needs a value", argv[optind - 1]);
            return OPTIONS_BAD;
        }
        option = find_option(usage, code);
        if (!option) {
            unknown_option(usage, argv[optind - 1], optopt, err);
            return OPTIONS_BAD;
        }
        if (!apply_option(option, optarg, target, err))
            return OPTIONS_BAD;
    }
    *ret_first = optind;
    if (!check_operands(usage, argc - optind, argv[argc - 1], err))
        return OPTIONS_BAD;
    return OPTIONS_OK;
}
