# SPDX-License-Identifier: MIT
# Nothing is left behind that looks like a trace.
mmsim import ftrace "$ROOT/configs/pc-4g.yaml" -o t.mmtr
code=$?
test -e t.mmtr && echo a file is left
exit $code
