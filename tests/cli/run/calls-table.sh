# SPDX-License-Identifier: MIT
# The summary to read tells of objects, of vmalloc() and why it failed, and of invalid calls.
cat >calls.yaml <<EOF
version: 1
name: calls
duration: 1ms
caches:
  - {name: journal_head, object_size: 56}
tasks:
  - name: a
    steps:
      - kmalloc: {id: small, size: 100, count: 300}
      - kmalloc: {id: huge, size: 64MiB, gfp: GFP_KERNEL|__GFP_NOWARN}
      - kmem_cache_alloc: {id: heads, cache: journal_head, count: 100}
      - kfree: {id: small, count: 150}
      - vmalloc: {id: area, size: 1MiB}
      - vmalloc: {id: beyond, size: 1TiB}
      - vmalloc: {id: nothing, size: 0}
      - kmalloc: {id: twice, size: 100}
      - kfree: twice
      - kfree: twice
EOF
mmsim run --table -c "$ROOT/configs/uma-256m.yaml" calls.yaml | sed -n '/^allocations/,/^stalls/p'
