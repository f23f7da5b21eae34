# SPDX-License-Identifier: MIT
# Node -1: alloc_pages_node() takes that of the CPU, the others the policy's; in steps, events and generators.
cat > w.yaml <<'END'
version: 1
duration: 3s
tasks:
  - {name: nic, cpu: 2}
  - name: bound
    cpu: 0
    mempolicy: {mode: bind, nodes: 1}
    steps:
      - alloc_pages: {id: a, count: 10}
      - alloc_pages: {id: a, count: 10, node: -1}
      - vmalloc_node: {id: v, size: 400KiB, node: -1}
      - until: 1s
      - alloc_pages_node: {id: b, count: 100, node: -1}
events:
  - [1500ms, nic, alloc_pages_node, c, 0, GFP_ATOMIC, -1]
  - {t: 1500ms, task: nic, op: alloc_pages_node, id: d, node: -1}
generators:
  - {name: rx, cpu: 3, op: alloc_pages_node, node: -1, gap: 10ms, lifetime: 10s, start: 2s}
END
mmsim run -q -c "$ROOT/configs/numa-2node.yaml" w.yaml --tick 900ms > out.jsonl || exit
# Pages of the CPU's node and of the other, tick by tick.
jq -c 'select(.vmstat) | [.time_ns / 1000000, .vmstat.numa_local, .vmstat.numa_other]' out.jsonl
