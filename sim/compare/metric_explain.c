/* SPDX-License-Identifier: MIT */
/* Why a metric came to nothing, for people. */
#include "compare/metric_explain.h"

#include <string.h>

#include "base/suggest.h"

/* Words that a hint chooses among or lists. */
enum { WORDS_MAX = 256 };

struct words {
    const char *items[WORDS_MAX];
    size_t count;
};

static void add_word(struct words *words, const char *word)
{
    if (words->count < WORDS_MAX && *word)
        words->items[words->count++] = word;
}

/* "did you mean 'x'?" or what there is, as far as it fits. */
static void hint_words(struct sim_error *err, const char *wrong, const struct words *words)
{
    const char *likely = suggest_word(wrong, words->items, words->count);
    char list[sizeof(err->hint) - 16];
    size_t length = 0;

    if (likely || words->count == 0) {
        if (likely)
            sim_error_add_hint(err, "did you mean '%s'?", likely);
        return;
    }
    for (size_t i = 0; i < words->count; i++) {
        size_t word_length = strlen(words->items[i]);

        if (length + word_length + sizeof(", , ...") > sizeof(list)) {
            memcpy(list + length, ", ...", 5);
            length += 5;
            break;
        }
        if (length) {
            memcpy(list + length, ", ", 2);
            length += 2;
        }
        memcpy(list + length, words->items[i], word_length);
        length += word_length;
    }
    list[length] = '\0';
    sim_error_add_hint(err, "there is: %s", list);
}

static struct words child_words(const struct metric_node *node)
{
    struct words words = {.count = 0};

    for (size_t i = 0; i < node->children.count; i++)
        add_word(&words, node->children.items[i]->name);
    return words;
}

static bool unknown(struct sim_error *err, const struct metric_path *path, const char *why)
{
    return sim_error_set(err, ERR_UNKNOWN_METRIC, "the output has no metric '%.100s': %s",
                         path->text, why);
}

static bool unknown_part(struct sim_error *err, const struct metric_path *path, size_t part,
                         const char *what)
{
    const struct metric_part *missing = &path->parts.items[part];
    int prefix = missing->begin < 60 ? (int)missing->begin : 60;

    if (part == 0)
        return sim_error_set(err, ERR_UNKNOWN_METRIC,
                             "the output has no '%.60s', wanted by '%.100s'", missing->name,
                             path->text);
    return sim_error_set(err, ERR_UNKNOWN_METRIC, "%s '%.60s' in '%.*s', wanted by '%.100s'", what,
                         missing->name, prefix, path->text, path->text);
}

/* All that was seen at the node. */
static unsigned seen_at(const struct metric_node *node)
{
    return node->in_summary | node->in_ticks;
}

/* The whole path is there, but what it leads to is no number. */
static bool explain_end(const struct metric_node *node, const struct metric_path *path,
                        struct sim_error *err)
{
    struct words words = child_words(node);

    if (seen_at(node) & METRIC_SEEN_LIST) {
        unknown(err, path, "it is a list");
        sim_error_add_hint(err, "name an element: '%.60s[0]', or each: '%.60s[*]'", path->text,
                           path->text);
        return false;
    }
    if (seen_at(node) & METRIC_SEEN_OBJECT) {
        unknown(err, path, "it is an object");
        hint_words(err, "", &words);
        return false;
    }
    return unknown(err, path, "it is a text");
}

static bool chooses_each_from(const struct metric_path *path, size_t part)
{
    for (; part < path->parts.count; part++) {
        if (path->parts.items[part].kind == METRIC_PART_EVERY)
            return true;
    }
    return false;
}

/* The path goes on behind a number, a text or null: what is null has no elements, so each is none.
 */
static bool explain_scalar(const struct metric_node *node, const struct metric_path *path,
                           struct sim_error *err)
{
    const struct metric_part *next = &path->parts.items[node->depth];
    struct words words = {.count = 0};

    if (node->depth == metric_path_base(path) && path->aggregate != METRIC_NO_AGGREGATE)
        return seen_at(node) & METRIC_SEEN_TEXT
                   ? unknown(err, path, "it is a text")
                   : unknown(err, path, "it is in the summary only, not in the ticks");
    if (seen_at(node) == METRIC_SEEN_NULL && chooses_each_from(path, node->depth))
        return true;
    if (seen_at(node) == METRIC_SEEN_NULL)
        return sim_error_set(err, ERR_UNKNOWN_METRIC,
                             "'%.*s' is null, the run did not use it; wanted by '%.100s'",
                             (int)(next->begin < 60 ? next->begin : 60), path->text, path->text);
    for (size_t i = 0; i < metric_aggregate_word_count; i++)
        add_word(&words, metric_aggregate_words[i]);
    sim_error_set(err, ERR_UNKNOWN_METRIC, "'%.60s' is no aggregate over ticks, wanted by '%.100s'",
                  next->name, path->text);
    hint_words(err, next->name, &words);
    return false;
}

/* The path goes on into a container that has no such child. */
static bool explain_missing(const struct metric_node *node, const struct metric_path *path,
                            struct sim_error *err)
{
    const struct metric_part *next = &path->parts.items[node->depth];
    bool list = seen_at(node) & METRIC_SEEN_LIST;
    struct words words = child_words(node);

    if (next->kind == METRIC_PART_EVERY)
        return true;
    unknown_part(err, path, node->depth, list ? "no element" : "no member");
    if (list && next->kind == METRIC_PART_MEMBER)
        sim_error_add_hint(err, "it is a list: [NAME], [INDEX] or [*] choose its elements");
    else if (list && words.count == 0)
        sim_error_add_hint(
            err, node->children.count ? "its elements are [0] to [%zu]" : "the list is empty",
            node->children.count - 1);
    else
        hint_words(err, next->name, &words);
    return false;
}

static const struct metric_node *first_on_path(const struct metric_node *node, uint32_t index)
{
    for (size_t i = 0; i < node->children.count; i++) {
        if (metric_node_on_path(node->children.items[i], index))
            return node->children.items[i];
    }
    return NULL;
}

bool metric_explain(const struct metric_node *root, const struct metric_path *path, uint32_t index,
                    struct sim_error *err)
{
    const struct metric_node *node = root;

    for (const struct metric_node *next = node; next; next = first_on_path(node, index))
        node = next;
    if (node->depth == path->parts.count)
        return explain_end(node, path, err);
    if (!(seen_at(node) & (METRIC_SEEN_LIST | METRIC_SEEN_OBJECT)))
        return explain_scalar(node, path, err);
    return explain_missing(node, path, err);
}
