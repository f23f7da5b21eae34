# SPDX-License-Identifier: MIT
# There is no such file.
mmsim explain nowhere.jsonl
