# SPDX-License-Identifier: MIT
# What the import met, on stdout; the trace replays.
mmsim import ftrace "$ROOT/tests/cli/import/trace.txt" -o t.mmtr
mmsim run -c "$ROOT/configs/uma-256m.yaml" t.mmtr | sed 's/,.*//'
