# SPDX-License-Identifier: MIT
# An element that only one machine has shows as -.
cat > w.yaml <<'EOF'
version: 1
duration: 30ms
tick: 10ms
tasks:
  - name: idle
    steps:
      - alloc_pages: {id: a, order: 0}
EOF
mmsim compare -c "$ROOT/configs/uma-256m.yaml" -c "$ROOT/configs/numa-2node.yaml" w.yaml -m 'zones[*].ticks_below_low' -t 'zones[1/DMA32].nr_free_pages > 0' -f markdown
