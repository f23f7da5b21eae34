# SPDX-License-Identifier: MIT
# --summary repeats the last line alone.
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 300ms -o out.jsonl --summary summary.json
tail -n 1 out.jsonl | cmp - summary.json && echo the same
