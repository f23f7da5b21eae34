# SPDX-License-Identifier: MIT
# Nothing to compare is an error.
: > a.jsonl
mmsim compare a.jsonl a.jsonl
