# SPDX-License-Identifier: MIT
# A page request that kmalloc() or vmalloc() makes is explained with the call it is made within.
cat >calls.yaml <<EOF
version: 1
name: calls
duration: 100ms
tasks:
  - name: filler
    steps:
      - alloc_pages: {id: fill, count: 59000, gfp: GFP_KERNEL|__GFP_NORETRY|__GFP_NOWARN}
  - name: driver
    start: 50ms
    flags: [in_interrupt]
    steps:
      - kmalloc: {id: objects, size: 2000, count: 8000, gfp: GFP_ATOMIC|__GFP_NOWARN}
  - name: module
    start: 60ms
    steps:
      - vmalloc: {id: area, size: 64MiB}
EOF
mmsim run -q --events -c "$ROOT/configs/uma-256m.yaml" calls.yaml -o out.jsonl
mmsim explain out.jsonl --task driver | sed -n '1,3p;/^the last walk/,/^$/p'
mmsim explain out.jsonl --task module --failure 1 | sed -n '1,3p'
