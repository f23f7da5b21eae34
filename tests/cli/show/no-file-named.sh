# SPDX-License-Identifier: MIT
# Which file?
mmsim show out.jsonl
