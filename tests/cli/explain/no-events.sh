# SPDX-License-Identifier: MIT
# Without events there is no path of decisions.
mmsim run "$ROOT/workloads/atomic-burst.yaml" --tick 200ms -o out.jsonl
mmsim explain out.jsonl
