/* SPDX-License-Identifier: MIT */
/* A YAML document as a tree of nodes that know where they stand. */
#ifndef SIM_YAML_YAML_DOC_H
#define SIM_YAML_YAML_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "yaml/yaml_arena.h"

/*
 * The YAML that mmsim accepts is a subset without surprises: one document, UTF-8, no anchors,
 * aliases or tags, every mapping key a scalar that occurs once. What falls outside is an error
 * with its own code and place:
 *
 *   ERR_YAML_SYNTAX          not well-formed, or a control character
 *   ERR_YAML_ENCODING        not UTF-8, a NUL byte, or "\0" in a quoted scalar
 *   ERR_YAML_EMPTY           no document, or one without a value (only comments)
 *   ERR_YAML_MANY_DOCUMENTS  at the start of the second one
 *   ERR_YAML_ALIAS           an anchor, an alias, a tag, a %TAG directive
 *   ERR_YAML_DUPLICATE_KEY   at the second key; the hint names the line of the first
 *   ERR_YAML_BAD_KEY         a key that is a list, a mapping or empty
 *   ERR_YAML_TOO_BIG         one of the YAML_*_MAX below
 *   ERR_OUT_OF_MEMORY
 *
 * Scalars stay text: what 010 or 0x10 means is decided by yaml_value.h.
 *
 * Lines and columns count from 1; a column counts characters, not bytes. Nodes and their text
 * belong to the document and die with it. Thread-safety: none.
 */
#define YAML_DEPTH_MAX          64                  /* nested sequences and mappings */
#define YAML_DOCUMENT_BYTES_MAX ((size_t)1 << 30)   /* 1 GiB */
#define YAML_SCALAR_BYTES_MAX   ((size_t)64 << 10)  /* 64 KiB */
#define YAML_NODES_MAX          (UINT32_C(2) << 20) /* in memory at a time; streamed ones go */

enum yaml_kind {
    YAML_SCALAR,
    YAML_SEQUENCE,
    YAML_MAPPING,
};

/*
 * Read-only for all but this layer. Readers use `kind`, `plain`, the place, and of a scalar `text`
 * and `length`, of a collection `count`; children through yaml_seq_at() and yaml_map_*().
 */
struct yaml_node {
    const struct yaml_node *parent; /* NULL: the root */
    const struct yaml_node *key;    /* in a mapping: the value's key; a key's is itself */
    const char *file;               /* the file's name, or "--set KEY=VALUE" */
    union {
        const char *text;            /* scalar: NUL-terminated UTF-8 without NUL inside */
        struct yaml_node **children; /* sequence: [count]; mapping: key, value, key, value ... */
    };
    union {
        uint32_t length; /* scalar: bytes of text */
        uint32_t count;  /* sequence: items; mapping: pairs */
    };
    uint32_t index; /* in the parent: which item or pair */
    uint32_t line;
    uint32_t column;
    enum yaml_kind kind;
    bool plain; /* an unquoted scalar: may be a number, a boolean or null */
};

struct yaml_doc {
    struct yaml_arena arena;
    struct yaml_node *root;
};

/*
 * Hands over the items of the sequence under one top-level key one by one, so that a file with a
 * million events needs no memory for their tree.
 *
 * An item, its children and their text live until on_item returns. on_item returns false with
 * *err set to stop the parse. Its place and path are complete; yaml_doc_root() already gives the
 * keys that stand before the sequence. In the finished document the sequence is there, with its
 * place and count 0. on_item NULL: the items are checked and dropped, as a first pass does that
 * wants the keys that may stand behind the sequence. When the value is not a sequence nothing is
 * handed over and it is an ordinary node. When the parse fails, items handed over are void.
 */
struct yaml_stream {
    const char *key;
    bool (*on_item)(void *ctx, const struct yaml_node *item, struct sim_error *err);
    void *ctx;
};

/*
 * Parses the document in `bytes`; a byte order mark in front is skipped. `stream` may be NULL.
 * file_name goes into the places of errors; it and the bytes may go away afterwards.
 * *doc is overwritten; it may be ended after a failure, too. Cost: about a microsecond a line.
 */
bool yaml_doc_parse(struct yaml_doc *doc, const char *file_name, const uint8_t *bytes, size_t size,
                    const struct yaml_stream *stream, struct sim_error *err);
void yaml_doc_fini(struct yaml_doc *doc);

static inline const struct yaml_node *yaml_doc_root(const struct yaml_doc *doc)
{
    return doc->root;
}

/* The value of `key`; NULL when it is not there or `mapping` is NULL or no mapping. O(pairs). */
const struct yaml_node *yaml_map_get(const struct yaml_node *mapping, const char *key);

/* Pair `i` < mapping->count, in the order of the file; O(1). */
void yaml_map_at(const struct yaml_node *mapping, uint32_t i, const struct yaml_node **ret_key,
                 const struct yaml_node **ret_value);

/* Item `i` < sequence->count; O(1). */
const struct yaml_node *yaml_seq_at(const struct yaml_node *sequence, uint32_t i);

/* A plain scalar that is empty, ~ or null. */
bool yaml_is_null(const struct yaml_node *node);

/*
 * Where the node stands, "machine.nodes[1].memory[0]", into `path`; a key's path is its value's,
 * the root's is "". What does not fit is cut off in front and replaced by "...".
 */
void yaml_node_path(const struct yaml_node *node, char *path, size_t size);

/*
 * Sets the error with the node's file, line, column and path; always returns false:
 *     return yaml_error_at(node, err, ERR_MEMORY_OVERLAP, "range overlaps node %u", nid);
 * Text of the document goes into the message through yaml_excerpt().
 */
bool yaml_error_at(const struct yaml_node *node, struct sim_error *err, enum sim_error_code code,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A scalar in quotes, short and without control characters, or "a list", "a mapping". */
struct yaml_excerpt {
    char text[48];
};
struct yaml_excerpt yaml_excerpt(const struct yaml_node *node);

#endif
