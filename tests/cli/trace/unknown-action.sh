# SPDX-License-Identifier: MIT
# The known actions are named.
mmsim trace show x
