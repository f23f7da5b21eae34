# SPDX-License-Identifier: MIT
# The actions are listed, and a misspelt one is recognised.
mmsim sweep --help
mmsim sweep pln x.yaml
echo $?
mmsim sweep fly
echo $?
mmsim sweep >/dev/null
echo $?
