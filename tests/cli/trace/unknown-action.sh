# SPDX-License-Identifier: MIT
mmsim trace show x
