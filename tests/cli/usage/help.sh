# SPDX-License-Identifier: MIT
# The verbs, on stdout.
mmsim --help
