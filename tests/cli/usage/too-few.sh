# SPDX-License-Identifier: MIT
# The usage line says what is missing.
mmsim import ftrace
