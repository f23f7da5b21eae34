# SPDX-License-Identifier: MIT
# Calls that may not be made are counted and reported, and the run goes on.
cat >misuse.yaml <<EOF
version: 1
duration: 1ms
tasks:
  - name: a
    steps:
      - __get_free_page: {id: page}
      - free_page: page
      - free_page: page
      - alloc_pages: {id: block, order: 3}
      - free_pages: {id: block, order: 1}
      - alloc_pages: {id: block, order: 3}
      - free_pages: {id: block, order: 4}
      - alloc_pages: {id: compound, order: 2, gfp: GFP_KERNEL|__GFP_COMP}
      - split_page: compound
      - __free_page: compound
      - get_zeroed_page: {id: high, gfp: GFP_HIGHUSER}
      - kmalloc: {id: object, size: 100}
      - free_pages: object
      - kmalloc: {id: object, size: 100}
      - kfree: object
      - kfree: object
      - vmalloc: {id: area, size: 20000}
      - __free_page: area
      - alloc_page: {id: shared}
      - get_page: shared
      - free_pages: {id: shared, count: 1}
      - put_page: shared
EOF
mmsim run -c "$ROOT/configs/uma-256m.yaml" --events misuse.yaml |
    sed -n 's/.*"event":"misuse".*"check":"\([a-z_]*\)","call":"\([a-z_]*\)".*"claimed_order":\([0-9]*\).*/\2 \3: \1/p
            s/.*"type":"summary".*"misuses":\({[^}]*}}\).*/\1/p'
