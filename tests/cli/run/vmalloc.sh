# SPDX-License-Identifier: MIT
# Areas lie first fit, each with a guard page; a page array of more than a page is an area, too.
cat >w.yaml <<'END'
version: 1
duration: 60ms
tasks:
  - name: module
    steps:
      - vmalloc: {id: a, size: 4KiB, count: 3}      # 3 areas of 1 + 1 pages
      - until: 15ms
      - vfree: {id: a, count: 1}                    # a hole of 2 pages in front
      - vmalloc: {id: b, size: 4097}                # 2 + 1: behind the others
      - until: 25ms
      - vmalloc: {id: c, size: 1}                   # 1 + 1: into the hole
      - until: 35ms
      - vmalloc: {id: d, size: 2MiB}                # 512 + 1, 512 pointers: an object of a page
      - vmalloc: {id: e, size: 2052KiB}             # 513 + 1, 513 pointers: an area of 2 + 1
      - until: 45ms
      - vfree: a
      - vfree: b
      - vfree: c
      - vfree: d
      - vfree: e
END
mmsim run -q -c "$ROOT/configs/uma-256m.yaml" w.yaml --tick 10ms >out.jsonl || exit
# ms, areas, their pages with guard pages, pages below all but the last hole, pages, page tables, calls
jq -r 'select(.type == "tick") | [.time_ns / 1000000] + (.vmalloc | if . then [.areas, .used_bytes / 4096,
    (.total_bytes - .largest_hole_bytes) / 4096, .pages, .page_table_pages, .calls] else [] end) | @tsv' out.jsonl
