/* SPDX-License-Identifier: MIT */
/* Fuzz target of --set: whatever the arguments, the tree stays a tree and errors name them. */
#include <stdlib.h>
#include <string.h>

#include "yaml/yaml_override.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARGUMENTS_MAX = 8 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_tree(const struct yaml_node *node, const struct yaml_node *parent, uint32_t index)
{
    require(node->parent == parent && node->index == index && node->line && node->column);
    for (uint32_t i = 0; node->kind != YAML_SCALAR && i < node->count; i++) {
        const struct yaml_node *key = NULL, *value;

        if (node->kind == YAML_MAPPING)
            yaml_map_at(node, i, &key, &value);
        else
            value = yaml_seq_at(node, i);
        require(value->key == key && (!key || yaml_map_get(node, key->text) == value));
        check_tree(value, node, i);
    }
}

/* The input is a list of arguments with ';' between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] = "a: {b: 1}\nn:\nl:\n - {c: 1}\n - [1, 2]\n";
    char *input = malloc(size + 1), *rest = NULL;
    const char *arguments[ARGUMENTS_MAX];
    size_t count = 0;
    struct yaml_doc doc;
    struct sim_error err = {0};
    bool ok;

    require(input &&
            yaml_doc_parse(&doc, "fuzz", (const uint8_t *)text, sizeof(text) - 1, NULL, &err));
    if (size)
        memcpy(input, data, size);
    input[size] = '\0';
    for (char *at = strtok_r(input, ";", &rest); at && count < ARGUMENTS_MAX;
         at = strtok_r(NULL, ";", &rest))
        arguments[count++] = at;
    ok = yaml_override_apply(&doc, arguments, count, &err);
    require(ok != sim_error_is_set(&err));
    require(ok || (err.line == 1 && err.column && strncmp(err.file, "--set ", 6) == 0));
    check_tree(yaml_doc_root(&doc), NULL, 0);
    yaml_doc_fini(&doc);
    free(input);
    return 0;
}
