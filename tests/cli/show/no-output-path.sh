# SPDX-License-Identifier: MIT
# An empty path, as of a variable that is not set, is not the root folder; nor is "-" a folder.
mmsim show out.jsonl --as all -o "$NOT_SET"
echo "$?"
mmsim show out.jsonl --as all -o -
