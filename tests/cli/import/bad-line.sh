# SPDX-License-Identifier: MIT
# A line of a known event that cannot be read has its place.
sed 's/pfn=0x2000 order=0 migratetype/pfn=zero order=0 migratetype/' "$ROOT/tests/cli/import/trace.txt" >t.txt
mmsim import ftrace t.txt -o t.mmtr
