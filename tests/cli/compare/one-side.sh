# SPDX-License-Identifier: MIT
# One side is no comparison.
mmsim compare a.jsonl || echo $?
mmsim compare -c m.yaml w.yaml
