# SPDX-License-Identifier: MIT
# Whose memory vmalloc() and vmalloc_32() take: by architecture, by node and policy.
cat >highmem.yaml <<'END'
version: 1
machine: {highmem: true, nodes: [{memory: 1GiB}]}
END
cat >64.yaml <<'END'
version: 1
machine: {nodes: [{memory: [{start: 0, end: 64MiB}, {start: 4GiB, size: 64MiB}]}]}
END
cat >w.yaml <<'END'
version: 1
duration: 30ms
tasks:
  - name: module
    steps:
      - vmalloc: {id: a, size: 400KiB}
      - until: 15ms
      - vmalloc_32: {id: b, size: 400KiB}
END
# Pages by zone: of vmalloc() with the slabs and page tables that it needs, of vmalloc_32().
for machine in highmem 64; do
    mmsim run -q -c $machine.yaml w.yaml --tick 10ms | jq -c 'select(.type == "tick" and .time_ns != 20000000) | .vmstat |
        with_entries(select(.key | startswith("pgalloc")))'
done
# As vmalloc() is called 1024 + 2 pages: in turns; from the node of the policy; from that of the call.
cat >numa.yaml <<'END'
version: 1
duration: 40ms
tasks:
  - name: module
    cpu: 0
    mempolicy: {mode: interleave, nodes: 0-1}
    steps:
      - vmalloc: {id: a, size: 4MiB}
      - until: 15ms
      - set_mempolicy: {mode: bind, nodes: 1}
      - vmalloc: {id: b, size: 4MiB}
      - until: 25ms
      - set_mempolicy: default
      - vmalloc_node: {id: c, size: 4MiB, node: 1}
END
# numa_hit of node 0, of node 1, pages that were node 0's or 1's turn
mmsim run -q -c "$ROOT/configs/numa-2node.yaml" numa.yaml --tick 10ms |
    jq -r 'select(.type == "tick" and .time_ns != 20000000) | [.zones[1].numa_hit, .zones[2].numa_hit,
        .vmstat.numa_interleave] | @tsv'
