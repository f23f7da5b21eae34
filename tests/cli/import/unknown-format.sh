# SPDX-License-Identifier: MIT
# A format that is not read yet.
mmsim import perf x -o y
