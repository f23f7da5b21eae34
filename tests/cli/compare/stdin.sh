# SPDX-License-Identifier: MIT
# One side may be stdin; -o takes the report.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o a.jsonl
mmsim compare a.jsonl - -o report.txt < a.jsonl && cat report.txt
