# SPDX-License-Identifier: MIT
# An input is not overwritten.
cp "$ROOT/workloads/boot-256m.mmtr" w.mmtr
mmsim run -c "$ROOT/configs/boot-256m.yaml" w.mmtr -o w.mmtr
cmp w.mmtr "$ROOT/workloads/boot-256m.mmtr" && echo untouched
