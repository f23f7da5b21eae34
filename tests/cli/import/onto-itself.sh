# SPDX-License-Identifier: MIT
cp "$ROOT/tests/cli/import/trace.txt" t.txt
mmsim import ftrace t.txt -o t.txt
