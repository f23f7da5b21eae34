# SPDX-License-Identifier: MIT
# One record a line.
mmsim import ftrace "$ROOT/tests/cli/import/trace.txt" -o t.mmtr -q
mmsim trace dump t.mmtr
