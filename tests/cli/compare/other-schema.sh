# SPDX-License-Identifier: MIT
# Another version of the format.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o a.jsonl
sed 's/"schema_version":1/"schema_version":9/' a.jsonl > b.jsonl
mmsim compare a.jsonl b.jsonl
