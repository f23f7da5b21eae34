# SPDX-License-Identifier: MIT
# There are four.
mmsim run -q "$ROOT/workloads/numa-imbalance.yaml" --until 100ms -o out.jsonl
mmsim show out.jsonl --as numastat --node 4
