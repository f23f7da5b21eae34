# SPDX-License-Identifier: MIT
# Without events the summary still has the reasons of the first failures.
mmsim run "$ROOT/workloads/atomic-burst.yaml" --tick 200ms -o out.jsonl
mmsim explain out.jsonl --failure 2
