# SPDX-License-Identifier: MIT
# ... with its place in the file.
cat > t.yaml <<'EOF'
version: 1
thresholds:
  alloc.failed: "== 0"
  zones[0/DMA33].nr_free_pages: "> 0"
EOF
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 --thresholds t.yaml
