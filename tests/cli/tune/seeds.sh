# SPDX-License-Identifier: MIT
# With seeds a value has to meet the goal in each run; the table shows how far they differ.
cat >arrivals.yaml <<YAML
version: 1
duration: 100ms
tick: 10ms
seed: 3
generators:
  - name: nic
    cpu: 0
    order: 1
    gfp: GFP_ATOMIC|__GFP_NOWARN
    gap: {exponential: {mean: 2us}}
    lifetime: {exponential: {mean: 1s}}
YAML
mmsim tune -c "$ROOT/configs/uma-256m.yaml" arrivals.yaml --sysctl min_free_kbytes --seeds 3 \
    --range 2032..32768 --goal 'alloc.failed <= 1065' --probes 3
