# SPDX-License-Identifier: MIT
# The completions and the man page know every option of every verb.
for verb in run compare explain show tune check import trace "sweep plan" "sweep run" "sweep status" "sweep merge" "sweep submit"; do
    mmsim $verb --help | sed -n 's/^ .*--\([a-z-]*\).*  .*/\1/p'
done | sort -u | while read -r option; do
    for page in completion/mmsim.bash completion/_mmsim mmsim.1; do
        sed 's/\\-/-/g' "$ROOT/docs/$page" | grep -q -e "--$option" || echo "$page lacks --$option"
    done
done
# Bash completes verbs and options.
bash -c '. "$ROOT/docs/completion/mmsim.bash"
    COMP_WORDS=(mmsim r) COMP_CWORD=1; _mmsim; echo "${COMPREPLY[@]}"
    COMP_WORDS=(mmsim trace d) COMP_CWORD=2; _mmsim; echo "${COMPREPLY[@]}"
    COMP_WORDS=(mmsim sweep m) COMP_CWORD=2; _mmsim; echo "${COMPREPLY[@]}"
    COMP_WORDS=(mmsim sweep run --c) COMP_CWORD=3; _mmsim; echo "${COMPREPLY[@]}"
    COMP_WORDS=(mmsim run --s) COMP_CWORD=2; _mmsim; echo "${COMPREPLY[@]}"'
