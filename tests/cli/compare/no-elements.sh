# SPDX-License-Identifier: MIT
# A threshold on each of none.
cat > w.yaml <<'EOF'
version: 1
duration: 30ms
tasks:
  - name: idle
    steps:
      - alloc_pages: {id: a, order: 0}
EOF
mmsim compare -c "$ROOT/configs/uma-256m.yaml" w.yaml --try vm.swappiness=61 -t 'failures.groups[*].count <= 3'
