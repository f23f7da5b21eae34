/* SPDX-License-Identifier: MIT */
/* The vocabulary of the YAML tests: a document from a string, an error as code and place. */
#ifndef TESTS_UNIT_YAML_YAML_CASE_H
#define TESTS_UNIT_YAML_YAML_CASE_H

#include <string.h>

#include "lib/test.h"
#include "yaml/yaml_doc.h"

static inline bool parse_text(struct yaml_doc *doc, const char *text, struct sim_error *err)
{
    return yaml_doc_parse(doc, "file.yaml", (const uint8_t *)text, strlen(text), NULL, err);
}

static inline struct yaml_doc must_parse(const char *text)
{
    struct yaml_doc doc;
    struct sim_error err = {0};

    ck_assert_msg(parse_text(&doc, text, &err), "%u:%u: %s", err.line, err.column, err.message);
    return doc;
}

static inline const struct yaml_node *child(const struct yaml_doc *doc, const char *key)
{
    const struct yaml_node *node = yaml_map_get(yaml_doc_root(doc), key);

    ck_assert_ptr_nonnull(node);
    return node;
}

static inline void expect_error(const struct sim_error *err, enum sim_error_code code,
                                const char *file, uint32_t line, uint32_t column, const char *path)
{
    ck_assert_msg(err->code == code, "%s: %s", sim_error_code_name(err->code), err->message);
    ck_assert_str_eq(err->file, file);
    ck_assert_msg(err->line == line && err->column == column, "%u:%u: %s", err->line, err->column,
                  err->message);
    ck_assert_str_eq(err->path, path);
    ck_assert(err->message[0] != '\0');
}

#endif
