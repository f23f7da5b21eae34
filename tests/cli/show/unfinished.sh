# SPDX-License-Identifier: MIT
# A killed run has ticks, but no end.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
head -n 3 out.jsonl > killed.jsonl
mmsim show killed.jsonl --at 500ms --as buddyinfo
mmsim show killed.jsonl --as buddyinfo
