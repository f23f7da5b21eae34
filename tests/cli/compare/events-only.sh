# SPDX-License-Identifier: MIT
# Results whose events alone differ are not equal; with events on one side only they are.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --until 10ms --events -o a.jsonl
grep -v shrink_zone_begin a.jsonl > b.jsonl
grep -v '"type":"event"' a.jsonl | sed 's/"events":true/"events":false/' > c.jsonl
mmsim compare a.jsonl b.jsonl || echo $?
mmsim compare a.jsonl b.jsonl --format junit | grep -A1 outputs
mmsim compare a.jsonl c.jsonl
