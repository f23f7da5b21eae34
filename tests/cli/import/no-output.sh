# SPDX-License-Identifier: MIT
# The binary trace is not printed by accident.
mmsim import ftrace x
