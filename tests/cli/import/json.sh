# SPDX-License-Identifier: MIT
mmsim import ftrace "$ROOT/tests/cli/import/trace.txt" -o t.mmtr --json
