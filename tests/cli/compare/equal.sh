# SPDX-License-Identifier: MIT
# Recorded with events or without, by another name: the outputs are equal.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --events -o a.jsonl
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o b.jsonl
mmsim compare a.jsonl b.jsonl
