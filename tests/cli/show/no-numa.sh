# SPDX-License-Identifier: MIT
# A kernel without NUMA has no files of nodes.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
mmsim show out.jsonl --as numastat
