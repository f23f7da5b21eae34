# SPDX-License-Identifier: MIT
# Without a verb the help goes to stderr.
mmsim
