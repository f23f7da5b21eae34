# SPDX-License-Identifier: MIT
# Caches as SLUB lists them, the newest first; a CPU's slab counts as full.
mmsim run -q "$ROOT/tests/cli/show/objects.yaml" -o out.jsonl
mmsim show out.jsonl --at 10ms --as slabinfo
mmsim show out.jsonl --as slabinfo
