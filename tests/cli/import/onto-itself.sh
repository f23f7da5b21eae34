# SPDX-License-Identifier: MIT
# The capture is not overwritten.
cp "$ROOT/tests/cli/import/trace.txt" t.txt
mmsim import ftrace t.txt -o t.txt
