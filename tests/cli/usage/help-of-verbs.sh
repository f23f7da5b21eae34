# SPDX-License-Identifier: MIT
# Each verb prints its own usage on stdout.
for verb in run compare explain tune check import trace; do mmsim $verb --help; done
