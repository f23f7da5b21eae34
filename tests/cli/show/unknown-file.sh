# SPDX-License-Identifier: MIT
# A near miss names the likely file.
mmsim show out.jsonl --as budyinfo
