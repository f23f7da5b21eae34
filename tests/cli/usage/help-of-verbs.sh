# SPDX-License-Identifier: MIT
# Each verb prints its own usage on stdout.
for verb in run compare explain show tune check import trace "sweep plan" "sweep run" "sweep status" "sweep merge" "sweep submit"; do mmsim $verb --help; done
