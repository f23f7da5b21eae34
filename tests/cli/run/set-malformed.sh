# SPDX-License-Identifier: MIT
# KEY=VALUE without its value is wrong usage.
mmsim run "$ROOT/workloads/boot-idle.yaml" --set vm.min_free_kbytes
