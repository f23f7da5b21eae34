# SPDX-License-Identifier: MIT
# The report does not overwrite what it is of.
echo > a.jsonl
mmsim compare a.jsonl b.jsonl -o a.jsonl
