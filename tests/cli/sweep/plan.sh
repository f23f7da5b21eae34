# SPDX-License-Identifier: MIT
# A plan names each run by its key; equal files give equal bytes, and the same plan again is no change.
mkdir -p in/machines in/workloads
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >in/machines/small.yaml
printf 'version: 1\nmachine: {nodes: [{memory: 128MiB}]}\n' >in/machines/large.yaml
printf 'version: 1\nmachine: ../machines/small.yaml\nduration: 10ms\n' >in/workloads/idle.yaml
cat >in/sweep.yaml <<'END'
version: 1
workload: workloads/idle.yaml
set: {vm.swappiness: 10}
axes:
  machine: [machines/small.yaml, machines/large.yaml]
  vm.lowmem_reserve_ratio: [[256, 256, 32], [256, 256, 16]]
  seed: {from: 1, to: 2, step: 1}
exclude:
  - {machine: machines/large.yaml, seed: "> 1"}
metrics: [alloc.failed, "zones[*].min_free_pages"]
until: 5ms
limits: {timeout: 1m, memory: 64MiB}
END
mmsim sweep plan in/sweep.yaml -o out || exit
cat out/manifest.jsonl
cp out/manifest.jsonl first.jsonl
cd in && mmsim sweep plan sweep.yaml --output ../out && cmp ../first.jsonl ../out/manifest.jsonl
