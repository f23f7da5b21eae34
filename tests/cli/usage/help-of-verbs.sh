# SPDX-License-Identifier: MIT
# Each verb prints its own usage on stdout.
for verb in run check import trace; do mmsim $verb --help; done
