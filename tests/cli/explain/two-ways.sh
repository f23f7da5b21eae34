# SPDX-License-Identifier: MIT
# One question at a time.
mmsim explain out.jsonl --failure 1 --stall 2
