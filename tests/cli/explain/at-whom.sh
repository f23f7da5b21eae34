# SPDX-License-Identifier: MIT
# A time alone names no request.
mmsim explain out.jsonl --at 10ms
