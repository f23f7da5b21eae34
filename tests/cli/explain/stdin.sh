# SPDX-License-Identifier: MIT
# The output is read twice.
mmsim explain -
