# SPDX-License-Identifier: MIT
# The seed decides, wherever it comes from; it stands in the header.
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 1s --seed 7 -o a.jsonl
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 1s --set workload.seed=7 -o b.jsonl
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 1s -o c.jsonl
cmp a.jsonl b.jsonl
grep -o '"seed":[0-9]*' a.jsonl c.jsonl
sed 1d a.jsonl >a
sed 1d c.jsonl >c
cmp -s a c || echo another seed, another run
