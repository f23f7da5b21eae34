# SPDX-License-Identifier: MIT
# They do not fit on one stdout.
mmsim show out.jsonl --as all
