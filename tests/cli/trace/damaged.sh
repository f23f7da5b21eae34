# SPDX-License-Identifier: MIT
# One changed byte is found.
cp "$ROOT/workloads/boot-256m.mmtr" t.mmtr
printf 'x' | dd of=t.mmtr bs=1 seek=1000 conv=notrunc 2>/dev/null
mmsim trace info t.mmtr
