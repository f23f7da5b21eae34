/* SPDX-License-Identifier: MIT */
/* A condition on one metric. */
#include "compare/criterion.h"

#include <string.h>

#include "base/check.h"

/* What factors and percentages are counted in. */
enum { ONE = 100000, ONE_PERCENT = ONE / 100 };

/* Beyond these no product with METRIC_VALUE_MAX would be sure to fit. */
enum { FACTOR_LIMIT = 10000, PERCENT_LIMIT = 1000000 };

static const char *const operator_texts[] = {
    [CRITERION_LT] = "<",  [CRITERION_LE] = "<=", [CRITERION_EQ] = "==",
    [CRITERION_NE] = "!=", [CRITERION_GE] = ">=", [CRITERION_GT] = ">",
};
enum { NR_OPERATORS = sizeof(operator_texts) / sizeof(operator_texts[0]) };

const char *criterion_operator_text(enum criterion_operator op)
{
    return operator_texts[op];
}

/* What is left of a condition, and what it is. */
struct reader {
    const char *text; /* whole */
    const char *at;
    struct criterion criterion;
    struct sim_error *err;
};

static bool bad_condition(struct reader *reader, const char *why, const char *hint)
{
    sim_error_set(reader->err, ERR_BAD_CONDITION, "'%.120s' is not a condition: %s", reader->text,
                  why);
    sim_error_add_hint(reader->err, "%s", hint);
    return false;
}

static bool bad_number(struct reader *reader)
{
    return bad_condition(reader, "a number is missing, or has a form or size that is not accepted",
                         "such as 0, -1.5, 10ms, 64MiB; up to three decimals");
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

static bool at_end(struct reader *reader)
{
    reader->at = skip_blanks(reader->at);
    return *reader->at == '\0';
}

/* Goes past the character, and blanks before it, if it stands there. */
static bool take(struct reader *reader, char c)
{
    reader->at = skip_blanks(reader->at);
    if (*reader->at != c)
        return false;
    reader->at++;
    return true;
}

/* Goes past the word, and blanks before it, if it stands there as a whole. */
static bool take_word(struct reader *reader, const char *word)
{
    size_t length = strlen(word);
    const char *at = skip_blanks(reader->at);

    if (strncmp(at, word, length) != 0 || !strchr(" \t*+-", at[length]))
        return false;
    reader->at = at + length;
    return true;
}

/* Both "<=" and "<" may match: the longer one is meant. */
static bool take_operator(struct reader *reader)
{
    size_t best = 0;

    reader->at = skip_blanks(reader->at);
    for (unsigned op = 0; op < NR_OPERATORS; op++) {
        size_t length = strlen(operator_texts[op]);

        if (length > best && strncmp(reader->at, operator_texts[op], length) == 0) {
            best = length;
            reader->criterion.op = op;
        }
    }
    reader->at += best;
    return best > 0;
}

/* A number, its sign included, up to a blank, an operator or the end. */
static bool take_number(struct reader *reader, int128 *ret_milli)
{
    struct metric_value value;
    size_t length;

    reader->at = skip_blanks(reader->at);
    length = strspn(reader->at, "+-");
    length += strcspn(reader->at + length, " \t*+-%");
    if (!metric_value_parse(reader->at, length, &value))
        return false;
    *ret_milli = value.milli;
    reader->at += length;
    return true;
}

static bool within(int128 milli, int limit)
{
    return milli < (int128)limit * 1000 && milli > -(int128)limit * 1000;
}

/* "* NUMBER" */
static bool take_factor(struct reader *reader)
{
    int128 milli;

    if (!take_number(reader, &milli) || !within(milli, FACTOR_LIMIT))
        return bad_number(reader);
    reader->criterion.factor = milli * (ONE / 1000);
    return true;
}

/* "N%": thousandths of a percent are hundred thousandths. */
static bool take_percent(struct reader *reader, int128 *ret_part)
{
    if (!take_number(reader, ret_part) || !take(reader, '%') || !within(*ret_part, PERCENT_LIMIT))
        return bad_number(reader);
    return true;
}

/* "+ NUMBER", "- N%"; the sign has been read. */
static bool take_offset(struct reader *reader, int sign)
{
    int128 number;

    if (!take_number(reader, &number))
        return bad_number(reader);
    if (!take(reader, '%')) {
        reader->criterion.offset_milli = sign * number;
        return true;
    }
    if (!within(number, PERCENT_LIMIT))
        return bad_number(reader);
    /* baseline * 2 + 5% could mean 5 % of either */
    if (reader->criterion.factor != ONE)
        return bad_condition(reader, "a factor and a percentage do not go together",
                             "write the product as one factor");
    reader->criterion.slack = sign * number;
    return true;
}

static bool take_term(struct reader *reader)
{
    struct criterion *criterion = &reader->criterion;

    if (!take_word(reader, "baseline")) {
        if (!take_number(reader, &criterion->offset_milli))
            return bad_number(reader);
        return true;
    }
    criterion->relative = true;
    criterion->factor = ONE;
    if (take(reader, '*') && !take_factor(reader))
        return false;
    if (take(reader, '+'))
        return take_offset(reader, 1);
    return !take(reader, '-') || take_offset(reader, -1);
}

/* Behind "no worse" */
static bool take_slack(struct reader *reader, const char *metric)
{
    struct criterion *criterion = &reader->criterion;
    enum metric_direction direction = metric_direction(metric);

    criterion->relative = true;
    criterion->factor = ONE;
    if (take_word(reader, "than") && !take_percent(reader, &criterion->slack))
        return false;
    if (criterion->slack < 0)
        return bad_number(reader);
    if (direction == METRIC_NEUTRAL) {
        sim_error_set(reader->err, ERR_BAD_CONDITION,
                      "whether less or more of '%.100s' is worse is not known", metric);
        sim_error_add_hint(reader->err, "write '<= baseline' or '>= baseline'");
        return false;
    }
    criterion->op = direction == METRIC_LOWER_IS_BETTER ? CRITERION_LE : CRITERION_GE;
    if (criterion->op == CRITERION_GE)
        criterion->slack = -criterion->slack;
    return true;
}

static bool take_no_worse(struct reader *reader)
{
    const char *begin = reader->at;

    if (take_word(reader, "no") && take_word(reader, "worse"))
        return true;
    reader->at = begin;
    return false;
}

bool criterion_parse(struct criterion *criterion, const char *text, const char *metric,
                     bool may_be_relative, struct sim_error *err)
{
    struct reader reader = {.text = text, .at = text, .err = err};

    if (take_no_worse(&reader)) {
        if (!take_slack(&reader, metric))
            return false;
    } else if (!take_operator(&reader)) {
        return bad_condition(&reader, "it begins with no operator",
                             "< <= == != >= > and a number, or 'no worse', 'no worse than 5%'");
    } else if (!take_term(&reader)) {
        return false;
    }
    if (!at_end(&reader))
        return bad_condition(&reader, "something follows that does not belong there",
                             "such as '<= 5', '<= baseline * 1.05', '>= baseline - 10'");
    if (reader.criterion.relative && !may_be_relative)
        return bad_condition(&reader, "there is no baseline here", "compare with a number");
    *criterion = reader.criterion;
    return true;
}

/* Where the condition begins, NULL: nowhere. What stands in brackets is the metric's. */
static const char *find_condition(const char *text)
{
    bool inside = false;

    for (const char *at = text; *at; at++) {
        if (inside && *at == '\\' && at[1])
            at++;
        else if (*at == '[' || *at == ']')
            inside = *at == '[';
        else if (!inside && strchr("<>=!", *at))
            return at;
        else if (!inside && at > text && strchr(" \t", at[-1]) && strncmp(at, "no", 2) == 0 &&
                 strchr(" \t", at[2]))
            return at;
    }
    return NULL;
}

bool criterion_split(const char *text, char *metric, size_t size, const char **ret_condition,
                     struct sim_error *err)
{
    const char *begin = skip_blanks(text), *condition = find_condition(text);
    size_t length = condition ? (size_t)(condition - begin) : 0;

    while (length && strchr(" \t", begin[length - 1]))
        length--;
    if (length == 0 || length >= size) {
        sim_error_set(err, ERR_BAD_CONDITION, "'%.120s' is not a metric and a condition", text);
        sim_error_add_hint(err, "such as 'vmstat.allocstall == 0', 'alloc.failed no worse'");
        return false;
    }
    memcpy(metric, begin, length);
    metric[length] = '\0';
    *ret_condition = condition;
    return true;
}

/* The limit in hundred thousandths of a thousandth. */
static int128 exact_limit(const struct criterion *criterion, struct metric_value baseline)
{
    int128 base = criterion->relative ? baseline.milli : 0;
    int128 size = base < 0 ? -base : base;

    SIM_ASSERT(size <= METRIC_VALUE_MAX);
    return base * criterion->factor + size * criterion->slack + criterion->offset_milli * ONE;
}

bool criterion_met(const struct criterion *criterion, struct metric_value value,
                   struct metric_value baseline)
{
    bool loose = criterion->op == CRITERION_LE || criterion->op == CRITERION_EQ ||
                 criterion->op == CRITERION_GE;
    int128 left, right;

    if (!value.present || (criterion->relative && !baseline.present))
        return loose && criterion->relative && !value.present && !baseline.present;
    left = value.milli * ONE;
    right = exact_limit(criterion, baseline);
    switch (criterion->op) {
    case CRITERION_LT:
        return left < right;
    case CRITERION_LE:
        return left <= right;
    case CRITERION_EQ:
        return left == right;
    case CRITERION_NE:
        return left != right;
    case CRITERION_GE:
        return left >= right;
    case CRITERION_GT:
        return left > right;
    }
    return false;
}

struct metric_value criterion_limit(const struct criterion *criterion, struct metric_value baseline)
{
    if (criterion->relative && !baseline.present)
        return (struct metric_value){0};
    return (struct metric_value){true, int128_divide(exact_limit(criterion, baseline), ONE)};
}
