# SPDX-License-Identifier: MIT
mmsim run -c - - </dev/null
