# SPDX-License-Identifier: MIT
# --set changes the machine; the effective value is in the header.
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 1ms -o out.jsonl \
    --set vm.min_free_kbytes=4096 --set 'machine.nodes[0].cpus=8'
head -n 1 out.jsonl | grep -o '"min_free_kbytes":[0-9]*\|"cpu_nodes":[^]]*]'
