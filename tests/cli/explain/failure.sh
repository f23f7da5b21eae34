# SPDX-License-Identifier: MIT
# Why an atomic allocation failed, from the events.
mmsim run "$ROOT/workloads/atomic-burst.yaml" --events --tick 200ms -o out.jsonl
mmsim explain out.jsonl --failure 1
