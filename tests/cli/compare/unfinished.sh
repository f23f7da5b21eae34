# SPDX-License-Identifier: MIT
# A killed run has no summary.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o a.jsonl
head -c 100000 a.jsonl > b.jsonl
mmsim compare a.jsonl b.jsonl
