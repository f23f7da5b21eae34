# SPDX-License-Identifier: MIT
# Results that are there; the second has no events, so the cause is not known.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --events -o a.jsonl
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --set vm.min_free_kbytes=4096 -o b.jsonl
mmsim compare a.jsonl b.jsonl -m alloc.failed -m 'zones[*].nr_free_pages.min'
