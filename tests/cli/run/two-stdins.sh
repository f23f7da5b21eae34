# SPDX-License-Identifier: MIT
# Two files cannot both be stdin.
mmsim run -c - - </dev/null
