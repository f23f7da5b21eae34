# SPDX-License-Identifier: MIT
# Each node has that file.
mmsim run -q "$ROOT/workloads/numa-imbalance.yaml" --until 100ms -o out.jsonl
mmsim show out.jsonl --as numastat
