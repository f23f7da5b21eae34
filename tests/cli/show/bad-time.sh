# SPDX-License-Identifier: MIT
# A time has a unit.
mmsim show out.jsonl --at soon --as vmstat
