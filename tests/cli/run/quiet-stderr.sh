# SPDX-License-Identifier: MIT
# No progress bar where stderr is no terminal.
mmsim run "$ROOT/workloads/order4-churn.yaml" --until 50ms -o out.jsonl
