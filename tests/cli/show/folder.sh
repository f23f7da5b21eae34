# SPDX-License-Identifier: MIT
# All files, where tools look for them.
mmsim run -q "$ROOT/workloads/numa-imbalance.yaml" --until 100ms -o out.jsonl
mmsim show out.jsonl --as all -o host && mmsim show out.jsonl --as all -o host
find host -type f | sort
mmsim show out.jsonl --as slabinfo | cmp - host/proc/slabinfo
