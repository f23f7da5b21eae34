# SPDX-License-Identifier: MIT
mmsim import ftrace x
