# SPDX-License-Identifier: MIT
# Other ticks cannot be held against each other.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o a.jsonl
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 2ms -o b.jsonl
mmsim compare a.jsonl b.jsonl
