# SPDX-License-Identifier: MIT
# A seed is a number.
mmsim run x.yaml --seed minus
