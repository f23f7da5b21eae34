# SPDX-License-Identifier: MIT
# The run has no tick before its first.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
mmsim show out.jsonl --at 1ns --as vmstat
