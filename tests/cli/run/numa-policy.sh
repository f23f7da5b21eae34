# SPDX-License-Identifier: MIT
# Whose node a page comes from, by task, region, fork, cpuset and page cache, as numa_* counts it.
cat > w.yaml <<'END'
version: 1
duration: 3s
files: [{name: data, size: 4MiB}]
cpusets:
  - {name: far, mems: 1}
  - {name: both, mems: 0-1, memory_spread_page: true}
tasks:
  - name: turns
    cpu: 0
    mempolicy: {mode: interleave, nodes: 0-1}
    steps:
      - alloc_pages: {id: a, count: 100}
      - anon: {id: r, size: 1MiB}
      - touch: {id: r, write: true}
      - set_mempolicy: {mode: preferred, nodes: 1}
      - anon: {id: s, size: 1MiB, mempolicy: {mode: bind, nodes: 0}}
      - touch: {id: s, write: true}
      - fork: child
  - name: child
    forked: true
    cpu: 0
    steps:
      - alloc_pages: {id: b, count: 10}
      - touch: {id: s, write: true}
  - name: held
    cpu: 0
    cpuset: far
    steps:
      - until: 1s
      - anon: {id: r, size: 1MiB}
      - touch: {id: r, write: true}
  - name: reader
    cpu: 0
    cpuset: both
    steps:
      - until: 2s
      - read: {file: data}
END
mmsim run -q -c "$ROOT/configs/numa-2node.yaml" w.yaml --tick 900ms > out.jsonl || exit
# Per tick, since the one before: hits, misses, interleave hits and pages from the CPU's node and from the other.
grep -E '"type":"(tick|summary)"' out.jsonl | jq -rs '[.[].vmstat // empty | [.numa_hit, .numa_miss, .numa_interleave, .numa_local, .numa_other]]
    | . as $v | range(0; length) | if . == 0 then $v[0] else [$v[.], $v[. - 1]] | transpose | map(.[0] - .[1]) end | @tsv'
