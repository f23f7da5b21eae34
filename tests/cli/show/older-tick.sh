# SPDX-License-Identifier: MIT
# A line that lacks what the files show.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
sed 's/"vm_stat_diff":/"gone":/' out.jsonl > old.jsonl
mmsim show old.jsonl --at 500ms --as vmstat
