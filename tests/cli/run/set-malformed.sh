# SPDX-License-Identifier: MIT
mmsim run "$ROOT/workloads/boot-idle.yaml" --set vm.min_free_kbytes
