# SPDX-License-Identifier: MIT
# Not the output of a run.
echo '{}' > a.jsonl
mmsim compare a.jsonl a.jsonl
