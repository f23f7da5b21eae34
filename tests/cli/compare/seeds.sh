# SPDX-License-Identifier: MIT
# Medians with their interval, and ~ where the seeds show no difference.
cat > w.yaml <<'EOF'
version: 1
duration: 20ms
tick: 10ms
generators:
  - name: packets
    gfp: GFP_ATOMIC
    count: {uniform: {min: 1, max: 3}}
    gap: {exponential: {mean: 100us}}
    lifetime: {exponential: {mean: 1ms}}
EOF
mmsim compare -c "$ROOT/configs/uma-256m.yaml" w.yaml --try workload.duration=30ms --seeds 7 \
    -m alloc.count -m alloc_latency_ns.p50 -m alloc_latency_ns.mean -m alloc.failed -m blocks_live
