# SPDX-License-Identifier: MIT
# The version is that of the tree.
test "$(mmsim --version)" = "mmsim $(sed -n "s/^  version: '\(.*\)',/\1/p" "$ROOT/meson.build")"
