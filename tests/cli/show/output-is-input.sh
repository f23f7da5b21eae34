# SPDX-License-Identifier: MIT
# What is shown is not overwritten.
echo > out.jsonl
mmsim show out.jsonl --as vmstat -o out.jsonl
