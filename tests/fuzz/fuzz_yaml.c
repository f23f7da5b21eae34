/* SPDX-License-Identifier: MIT */
/* Fuzz target of the YAML reader: every place lies in the text, streaming changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "yaml/yaml_doc.h"
#include "yaml/yaml_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The end of the text, as lines count for YAML. */
struct extent {
    const uint8_t *data;
    size_t size;
    uint32_t last_line;
};

static void check_place(const struct extent *text, uint32_t line, uint32_t column)
{
    uint32_t end_line = 1, end_column = 1;
    size_t end = 0;

    require(line >= 1 && column >= 1 && line <= text->last_line);
    /* The end of that line: the last place before the next line begins. */
    for (size_t at = 0; at <= text->size && at < 4096; at++) {
        if (at < text->size && (text->data[at] & 0xc0) == 0x80)
            continue;
        yaml_text_place(text->data, at, &end_line, &end_column);
        if (end_line > line)
            break;
        end = end_line == line ? end_column : end;
    }
    require(text->size > 4095 || column <= end);
}

/* Writes the tree as text with places and paths, and checks what each node says of itself. */
static void describe(struct strbuf *out, const struct extent *text, const struct yaml_node *node)
{
    char path[128];

    check_place(text, node->line, node->column);
    yaml_node_path(node, path, sizeof(path));
    strbuf_addf(out, "%s %u:%u %d %u ", path, node->line, node->column, node->kind, node->count);
    if (node->kind == YAML_SCALAR) {
        require(strlen(node->text) == node->length);
        strbuf_add(out, node->text, node->length);
    }
    strbuf_adds(out, "\n");
    for (uint32_t i = 0; node->kind != YAML_SCALAR && i < node->count; i++) {
        const struct yaml_node *key = NULL, *value;

        if (node->kind == YAML_MAPPING)
            yaml_map_at(node, i, &key, &value);
        else
            value = yaml_seq_at(node, i);
        require(!key || yaml_map_get(node, key->text) == value);
        require(value->parent == node && value->index == i && value->key == key);
        describe(out, text, value);
    }
}

struct receiver {
    struct strbuf out;
    const struct extent *text;
};

static bool on_item(void *ctx, const struct yaml_node *item, struct sim_error *err)
{
    struct receiver *receiver = ctx;

    (void)err;
    describe(&receiver->out, receiver->text, item);
    return true;
}

static void describe_items(struct strbuf *out, const struct extent *text,
                           const struct yaml_node *root, const char *key)
{
    const struct yaml_node *items = yaml_map_get(root, key);

    for (uint32_t i = 0; items && items->kind == YAML_SEQUENCE && i < items->count; i++)
        describe(out, text, yaml_seq_at(items, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char key[] = "e";
    size_t mark = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct extent text = {data + mark, size - mark, 1};
    struct receiver streamed = {.text = &text};
    struct yaml_stream stream = {key, on_item, &streamed};
    struct strbuf whole = {0}, items = {0};
    struct yaml_doc doc, rest;
    struct sim_error err = {0}, stream_err = {0};
    uint32_t column;
    bool ok = yaml_doc_parse(&doc, "fuzz", data, size, NULL, &err);
    bool is_text = yaml_text_check(text.data, text.size, &(size_t){0}) == YAML_TEXT_GOOD;

    if (is_text)
        yaml_text_place(text.data, text.size, &text.last_line, &column);
    require(ok == yaml_doc_parse(&rest, "fuzz", data, size, &stream, &stream_err));
    require(err.code == stream_err.code && err.line == stream_err.line &&
            err.column == stream_err.column && strcmp(err.path, stream_err.path) == 0);
    require(ok != sim_error_is_set(&err));
    if (ok) {
        describe(&whole, &text, yaml_doc_root(&doc));
        describe_items(&items, &text, yaml_doc_root(&doc), key);
        require(items.length == streamed.out.length &&
                (!items.length || memcmp(items.data, streamed.out.data, items.length) == 0));
    } else if (is_text) {
        check_place(&text, err.line, err.column);
    }
    strbuf_fini(&streamed.out);
    strbuf_fini(&items);
    strbuf_fini(&whole);
    yaml_doc_fini(&rest);
    yaml_doc_fini(&doc);
    return 0;
}
