# SPDX-License-Identifier: MIT
# The free blocks at a tick, and at the last one before a time.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
mmsim show out.jsonl --at 199ms --as buddyinfo
mmsim show out.jsonl --at 599ms --as buddyinfo
