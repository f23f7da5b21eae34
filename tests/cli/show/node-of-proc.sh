# SPDX-License-Identifier: MIT
# A file of /proc is no node's.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
mmsim show out.jsonl --as vmstat --node 0
