# SPDX-License-Identifier: MIT
# From stdin to stdout: the counts go to stderr, the trace is the same.
mmsim import ftrace - -o - <"$ROOT/tests/cli/import/trace.txt" >piped.mmtr 2>counts
mmsim import ftrace "$ROOT/tests/cli/import/trace.txt" -o t.mmtr >direct
cmp counts direct && cmp piped.mmtr t.mmtr && echo the same
