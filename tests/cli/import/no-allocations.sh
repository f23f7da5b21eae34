# SPDX-License-Identifier: MIT
# The counts say what was there instead.
grep -v mm_page_alloc "$ROOT/tests/cli/import/trace.txt" >t.txt
mmsim import ftrace t.txt -o t.mmtr --json
