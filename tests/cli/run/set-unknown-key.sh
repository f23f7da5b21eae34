# SPDX-License-Identifier: MIT
# An error in --set shows the argument and the column in it.
mmsim run "$ROOT/workloads/boot-idle.yaml" --set vm.min_free_kbyte=4096
