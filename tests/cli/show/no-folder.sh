# SPDX-License-Identifier: MIT
# A folder cannot be made below a file.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms --until 600ms -o out.jsonl
touch host
mmsim show out.jsonl --as all -o host
