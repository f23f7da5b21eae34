# SPDX-License-Identifier: MIT
# Output that cannot be written is another exit code than input that cannot be read.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 100ms -o out.jsonl
mmsim show out.jsonl --as vmstat -o missing/vmstat
echo "$?"
mmsim show out.jsonl --as all -o out.jsonl/host
