# SPDX-License-Identifier: MIT
# A file without thresholds would always pass.
printf 'version: 1\nthresholds: {}\n' > t.yaml
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 --thresholds t.yaml
