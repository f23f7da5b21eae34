# SPDX-License-Identifier: MIT
# Zones as the kernel prints them.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
mmsim show out.jsonl --at 500ms --as zoneinfo
