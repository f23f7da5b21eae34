# SPDX-License-Identifier: MIT
# vmalloc() fails for want of address space, of memory, or by its size; what it had is free again.
cat >pc.yaml <<'END'
version: 1
machine: {highmem: true, nodes: [{memory: 1GiB}]}
END
cat >small.yaml <<'END'
version: 1
machine: {nodes: [{memory: 32MiB}]}
END
# i386 has 111 MiB of addresses, however much memory is free.
cat >space.yaml <<'END'
version: 1
duration: 300ms
tasks:
  - name: module
    steps:
      - vmalloc: {id: a, size: 60MiB}
      - drain_all_local_pages
      - until: 150ms
      - vmalloc: {id: b, size: 60MiB}      # no_space
      - vmalloc: {id: b, size: 900MiB}     # less than the memory, more than the space: no_space
      - vmalloc: {id: b, size: 1028MiB}    # more than the memory: bad_size
      - vmalloc: {id: b, size: 0}          # bad_size
      - vfree: b                           # of NULL: nothing
      - until: 250ms
      - vfree: a
      - vmalloc: {id: a, size: 110MiB}
END
# The first call takes the page tables and slabs that stay; of the others all comes back.
cat >memory.yaml <<'END'
version: 1
duration: 200ms
tasks:
  - name: module
    steps:
      - __vmalloc: {id: a, size: 32MiB, gfp: GFP_ATOMIC}
      - drain_all_local_pages
      - until: 150ms
      - __vmalloc: {id: a, size: 32MiB, gfp: GFP_ATOMIC, count: 3}
      - drain_all_local_pages
END
# ms, areas, pages, page tables, free pages, calls, failed
show() {
    mmsim run -q -c "$1" "$2" --tick 100ms >out.jsonl || exit
    jq -r 'select(.type == "tick") | ([.zones[].nr_free_pages_exact] | add) as $free |
        [.time_ns / 1000000, .vmalloc.areas, .vmalloc.pages, .vmalloc.page_table_pages, $free, .vmalloc.calls,
        (.vmalloc.failed | tostring)] | @tsv' out.jsonl
}
show pc.yaml space.yaml
jq -r 'select(.type == "summary").vmalloc | [.total_bytes, .largest_hole_bytes, .fragmentation_permille] | @tsv' out.jsonl
show small.yaml memory.yaml
