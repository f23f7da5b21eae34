# SPDX-License-Identifier: MIT
# What does not go together.
mmsim compare -c a.yaml -c b.yaml w.yaml --try vm.swappiness=1
mmsim compare a.jsonl b.jsonl --seeds 3
mmsim compare w.yaml v.yaml --try vm.swappiness=1
mmsim compare w.yaml --try vm.swappiness=1 --seeds 51
mmsim compare a.jsonl b.jsonl --format xml
