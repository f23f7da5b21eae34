# SPDX-License-Identifier: MIT
# A workload on stdin; what it names is seen from the current folder.
cp -r "$ROOT/configs" configs
mkdir sub && cd sub
mmsim run - --until 1ms <"$ROOT/workloads/boot-idle.yaml" | wc -l
