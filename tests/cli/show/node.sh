# SPDX-License-Identifier: MIT
# The files of one node.
mmsim run -q "$ROOT/workloads/numa-imbalance.yaml" --until 1s -o out.jsonl
for file in numastat meminfo distance; do mmsim show out.jsonl --as $file --node 2; done
