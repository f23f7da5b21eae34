# SPDX-License-Identifier: MIT
# The counts as one JSON object.
mmsim import ftrace "$ROOT/tests/cli/import/trace.txt" -o t.mmtr --json
