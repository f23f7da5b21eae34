/* SPDX-License-Identifier: MIT */
/* A YAML document: its life, looking up nodes, and errors about them. */
#include "yaml/yaml_doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "yaml/yaml_build.h"

bool yaml_doc_parse(struct yaml_doc *doc, const char *file_name, const uint8_t *bytes, size_t size,
                    const struct yaml_stream *stream, struct sim_error *err)
{
    static const uint8_t byte_order_mark[] = {0xef, 0xbb, 0xbf};
    struct yaml_source source = {.bytes = bytes, .size = size, .stream = stream};

    *doc = (struct yaml_doc){0};
    if (size > YAML_DOCUMENT_BYTES_MAX) {
        sim_error_set(err, ERR_YAML_TOO_BIG, "the document is larger than %zu bytes",
                      YAML_DOCUMENT_BYTES_MAX);
        sim_error_add_place(err, file_name, 1, 1);
        sim_error_add_hint(err, "long event lists belong into a binary trace");
        return false;
    }
    if (size >= sizeof(byte_order_mark) && memcmp(bytes, byte_order_mark, 3) == 0) {
        source.bytes += sizeof(byte_order_mark);
        source.size -= sizeof(byte_order_mark);
    }
    source.file = yaml_arena_copy(&doc->arena, file_name, strlen(file_name));
    if (!source.file)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the document %s", file_name);
    if (!yaml_build(&doc->arena, &source, &doc->root, err)) {
        yaml_doc_fini(doc);
        return false;
    }
    return true;
}

void yaml_doc_fini(struct yaml_doc *doc)
{
    if (!doc)
        return;
    yaml_arena_fini(&doc->arena);
    doc->root = NULL;
}

const struct yaml_node *yaml_map_get(const struct yaml_node *mapping, const char *key)
{
    size_t length = strlen(key);

    if (!mapping || mapping->kind != YAML_MAPPING)
        return NULL;
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct yaml_node *candidate = mapping->children[2 * i];

        if (candidate->length == length && memcmp(candidate->text, key, length) == 0)
            return mapping->children[2 * i + 1];
    }
    return NULL;
}

void yaml_map_at(const struct yaml_node *mapping, uint32_t i, const struct yaml_node **ret_key,
                 const struct yaml_node **ret_value)
{
    SIM_ASSERT(mapping->kind == YAML_MAPPING && i < mapping->count);
    *ret_key = mapping->children[2 * i];
    *ret_value = mapping->children[2 * i + 1];
}

const struct yaml_node *yaml_seq_at(const struct yaml_node *sequence, uint32_t i)
{
    SIM_ASSERT(sequence->kind == YAML_SEQUENCE && i < sequence->count);
    return sequence->children[i];
}

bool yaml_is_null(const struct yaml_node *node)
{
    static const char *const spellings[] = {"", "~", "null", "Null", "NULL"};

    if (node->kind != YAML_SCALAR || !node->plain)
        return false;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        if (strcmp(node->text, spellings[i]) == 0)
            return true;
    }
    return false;
}

/* Byte `i` of a scalar, '?' for a part of a control character: errors go to terminals. */
static char printable(const struct yaml_node *node, size_t i)
{
    unsigned char c = (unsigned char)node->text[i];
    unsigned char before = i ? (unsigned char)node->text[i - 1] : 0;
    unsigned char after = (unsigned char)node->text[i + 1];

    if (c < 0x20 || c == 0x7f || (c == 0xc2 && after < 0xa0) || (before == 0xc2 && c < 0xa0))
        return '?';
    return (char)c;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* A text that grows to the front of a buffer of fixed size. */
struct back_text {
    char *start;
    size_t room;
    bool cut;
};

static void prepend(struct back_text *text, char byte)
{
    if (!text->room)
        text->cut = true;
    if (text->cut)
        return;
    *--text->start = byte;
    text->room--;
}

static void prepend_step(struct back_text *text, const struct yaml_node *node)
{
    if (node->key && (node->key->kind != YAML_SCALAR || !node->key->length)) {
        return; /* a key that is being rejected: the mapping's path must do */
    } else if (node->key) {
        for (size_t i = node->key->length; i > 0; i--)
            prepend(text, printable(node->key, i - 1));
        if (node->parent->parent)
            prepend(text, '.');
    } else {
        uint32_t index = node->index;

        prepend(text, ']');
        do
            prepend(text, (char)('0' + index % 10));
        while (index /= 10);
        prepend(text, '[');
    }
}

void yaml_node_path(const struct yaml_node *node, char *path, size_t size)
{
    struct back_text text = {.start = path + size - 1, .room = size - 1};

    *text.start = '\0';
    for (; node->parent; node = node->parent)
        prepend_step(&text, node);
    if (text.cut && size > 3) {
        memcpy(text.start, "...", 3);
        for (char *byte = text.start + 3; is_continuation(*byte); byte++)
            *byte = '.';
    }
    memmove(path, text.start, (size_t)(path + size - text.start));
}

struct yaml_excerpt yaml_excerpt(const struct yaml_node *node)
{
    struct yaml_excerpt excerpt = {""};
    size_t room = sizeof(excerpt.text) - sizeof("\"...\"");
    size_t length = 0;

    if (node->kind != YAML_SCALAR) {
        snprintf(excerpt.text, sizeof(excerpt.text), "%s",
                 node->kind == YAML_MAPPING ? "a mapping" : "a list");
        return excerpt;
    }
    excerpt.text[length++] = '"';
    for (size_t i = 0; i < node->length; i++) {
        /* Whole characters only: four bytes must fit where one begins. */
        if (!is_continuation(node->text[i]) && length + 3 > room) {
            memcpy(excerpt.text + length, "...", 3);
            length += 3;
            break;
        }
        excerpt.text[length++] = printable(node, i);
    }
    excerpt.text[length++] = '"';
    excerpt.text[length] = '\0';
    return excerpt;
}

bool yaml_error_at(const struct yaml_node *node, struct sim_error *err, enum sim_error_code code,
                   const char *format, ...)
{
    char message[sizeof(err->message)];
    char path[sizeof(err->path)];
    va_list args;

    /* An error that came first keeps its own place, even an unknown one. */
    if (sim_error_is_set(err))
        return false;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    yaml_node_path(node, path, sizeof(path));
    sim_error_set(err, code, "%s", message);
    sim_error_add_place(err, node->file, node->line, node->column);
    sim_error_add_path(err, path);
    return false;
}
