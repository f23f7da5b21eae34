# SPDX-License-Identifier: MIT
# Conditions are read before anything runs.
cat > t.yaml <<'EOF'
version: 1
thresholds:
  alloc.failed: ["== 0", "=< 3"]
EOF
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 --thresholds t.yaml
