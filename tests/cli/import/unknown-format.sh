# SPDX-License-Identifier: MIT
mmsim import perf x -o y
