# SPDX-License-Identifier: MIT
# Both tables, and the type that 2.6.24 has no name for.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
mmsim show out.jsonl --as pagetypeinfo
