# SPDX-License-Identifier: MIT
# Lines that a Windows tool has ended are the same lines.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --until 10ms -o a.jsonl
sed 's/$/\r/' a.jsonl > b.jsonl
mmsim compare a.jsonl b.jsonl
