# SPDX-License-Identifier: MIT
# What merely repeats a setting differs, and nothing else.
cat > w.yaml <<'EOF'
version: 1
duration: 30ms
tick: 10ms
tasks:
  - name: idle
    steps:
      - alloc_pages: {id: a, order: 0}
EOF
mmsim compare -c "$ROOT/configs/uma-256m.yaml" w.yaml --try vm.min_free_kbytes=2040
