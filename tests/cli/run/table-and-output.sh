# SPDX-License-Identifier: MIT
# --table takes stdout; with -o FILE both are written.
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 200ms --table -o out.jsonl | head -n 1
wc -l <out.jsonl
mmsim run "$ROOT/workloads/boot-idle.yaml" --table -o -
