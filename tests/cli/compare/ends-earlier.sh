# SPDX-License-Identifier: MIT
# Runs that end at different times.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o a.jsonl
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --until 10ms -o b.jsonl
mmsim compare a.jsonl b.jsonl -m alloc.count
