# SPDX-License-Identifier: MIT
# The same tick at other times.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o a.jsonl
sed 's/"time_ns":3000000,/"time_ns":3000001,/' a.jsonl > b.jsonl
mmsim compare a.jsonl b.jsonl
