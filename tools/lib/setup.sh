# SPDX-License-Identifier: MIT
# Sourced by tools/mmsim and tools/test: finds or installs what a build needs, and builds.
#
# POSIX sh. Everything is said on stderr; stdin and stdout belong to the caller. The network is
# used only when something is missing, and then only by apt-get on Debian.
# shellcheck shell=sh

setup_say()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# One row per need: key | Debian | Fedora | Arch | Homebrew | why.
setup_table()
{
    cat <<'ROWS'
cc|gcc|gcc|gcc|gcc|the C compiler
libc|libc6-dev|glibc-devel|glibc|gcc|the C library's headers
meson|meson|meson|meson|meson|the build system
ninja|ninja-build|ninja-build|ninja|ninja|runs what meson plans
pkgconfig|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf|finds the libraries below
yaml|libyaml-dev|libyaml-devel|libyaml|libyaml|reads machines and workloads
cjson|libcjson-dev|cjson-devel|cjson|cjson|reads and writes JSON documents
check|check|check-devel|check|check|the unit test framework
sqlite|libsqlite3-dev|sqlite-devel|sqlite|sqlite|writes the databases of sweeps
python|python3|python3|python|python|runs the checks of the tree
jsonschema|python3-jsonschema|python3-jsonschema|python-jsonschema|python-jsonschema|validates the output
pyyaml|python3-yaml|python3-pyyaml|python-yaml|pyyaml|reads the shipped examples for the schemas
gcc|gcc|gcc|gcc|gcc|one of the two compilers of the byte-equality test
clang|clang|clang|clang|llvm|the other compiler of the byte-equality test
clang-format|clang-format|clang-tools-extra|clang|clang-format|checks the layout of the code
valgrind|valgrind|valgrind|valgrind|valgrind|runs the suite once more
gcovr|gcovr|gcovr|gcovr|gcovr|measures the line coverage
xz|xz-utils|xz|xz|xz|unpacks the shipped captures and vectors
git|git|git|git|git|runs the examples of docs/ci.md in a repository
gnuplot|gnuplot-nox|gnuplot|gnuplot|gnuplot|draws the charts of tools/plot
jq|jq|jq|jq|jq|runs the recipes of docs/recipes.md
pandas|python3-pandas|python3-pandas|python-pandas|pandas|runs the recipes of docs/recipes.md
altair|python3-altair|python3-altair|python-altair|altair|knows the schema of the Vega-Lite recipes
slurm|slurm-wlm|slurm slurm-slurmctld slurm-slurmd|slurm-llnl|slurm|runs sweeps as on a cluster
munge|munge|munge|munge|munge|lets the daemons of Slurm trust each other
parallel|parallel|parallel|parallel|parallel|runs the chunks of a sweep, as docs/sweep.md shows
prometheus-node-exporter|prometheus-node-exporter|node-exporter|prometheus-node-exporter|node_exporter|reads what mmsim show prints
numastat|numactl|numactl|numactl|numactl|reads what mmsim show prints
slabtop|procps|procps-ng|procps-ng|procps|reads what mmsim show prints
unshare|util-linux|util-linux|util-linux|util-linux|lets numastat and slabtop see the files of mmsim show
ROWS
}

setup_compiler()
{
    for setup_name in ${CC:+"$CC"} cc gcc clang; do
        command -v "$setup_name" >/dev/null 2>&1 && echo "$setup_name" && return 0
    done
    return 1
}

setup_python()
{
    if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3; fi
}

setup_ninja()
{
    command -v ninja || command -v ninja-build
}

# True when the need of this key is met.
setup_has()
{
    case $1 in
    cc) setup_compiler ;;
    libc) echo '#include <stdio.h>' | "$(setup_compiler || echo cc)" -E - ;;
    ninja) setup_ninja ;;
    pkgconfig) command -v pkg-config ;;
    yaml) pkg-config --exists yaml-0.1 ;;
    cjson) pkg-config --exists libcjson ;;
    sqlite) pkg-config --exists sqlite3 ;;
    check) command -v pkg-config && pkg-config --exists check ;;
    python) [ -n "$(setup_python)" ] ;;
    jsonschema) "$(setup_python || echo python3)" -c 'import jsonschema' ;;
    pyyaml) "$(setup_python || echo python3)" -c 'import yaml' ;;
    pandas) "$(setup_python || echo python3)" -c 'import pandas' ;;
    altair) "$(setup_python || echo python3)" -c 'import altair' ;;
    slurm) (PATH=$PATH:/usr/sbin:/sbin && command -v slurmctld && command -v slurmd && command -v sbatch) ;;
    munge) (PATH=$PATH:/usr/sbin:/sbin && command -v munged) ;;
    *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

# setup_column KEY N: field N of the row of KEY.
setup_column()
{
    setup_table | awk -F '|' -v key="$1" -v n="$2" '$1 == key { print $n }'
}

# setup_packages N KEY...: the package names of a system (its column), each once.
setup_packages()
{
    setup_n=$1
    shift
    for setup_key in "$@"; do
        setup_column "$setup_key" "$setup_n"
    done | awk '!seen[$0]++ { printf "%s%s", sep, $0; sep = " " }'
}

setup_is_debian()
{
    [ -r /etc/os-release ] && grep -Eq '^ID="?debian"?$' /etc/os-release &&
        command -v apt-get >/dev/null 2>&1
}

# Nothing can be installed here: says what is needed and ends with 2.
setup_explain()
{
    {
        echo "  $1, so please install:"
        shift
        echo "    Debian, Ubuntu   apt-get install $(setup_packages 2 "$@")"
        echo "    Fedora           dnf install $(setup_packages 3 "$@")"
        echo "    Arch             pacman -S $(setup_packages 4 "$@")"
        echo "    Homebrew         brew install $(setup_packages 5 "$@")"
        echo "  and run this command again."
    } >&2
    exit 2
}

# setup_quietly COMMAND...: its output is shown only when it fails.
setup_quietly()
{
    setup_log=$(mktemp) || return 1
    if "$@" >"$setup_log" 2>&1 </dev/null; then
        rm -f -- "$setup_log"
    else
        setup_status=$?
        setup_say "failed: $*"
        cat -- "$setup_log" >&2
        rm -f -- "$setup_log"
        return "$setup_status"
    fi
}

# setup_install KEY...: with apt-get, through sudo when not root.
setup_install()
{
    setup_as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || setup_explain "There is no sudo here" "$@"
        setup_as_root=sudo
    fi
    setup_apt="$setup_as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300"
    setup_list=$(setup_packages 2 "$@")
    setup_say "installing with apt-get: $setup_list"
    # Both are lists of words: package names and command words hold no spaces.
    # shellcheck disable=SC2086
    setup_quietly $setup_apt -q update || exit 2
    # shellcheck disable=SC2086
    setup_quietly $setup_apt -q -y --no-install-recommends install $setup_list || exit 2
}

# setup_require KEY...: returns when every need is met; installs on Debian, ends with 2 elsewhere.
setup_require()
{
    setup_missing=
    for setup_key in "$@"; do
        setup_has "$setup_key" || setup_missing="$setup_missing $setup_key"
    done
    [ -n "$setup_missing" ] || return 0

    setup_say "this machine lacks:"
    # Keys hold no spaces.
    # shellcheck disable=SC2086
    for setup_key in $setup_missing; do
        printf '  %-20s %s\n' "$(setup_column "$setup_key" 2)" "$(setup_column "$setup_key" 6)"
    done >&2
    # shellcheck disable=SC2086
    if setup_is_debian; then
        setup_install $setup_missing
    else
        setup_explain "This is not Debian" $setup_missing
    fi
    for setup_key in $setup_missing; do
        setup_has "$setup_key" && continue
        setup_say "still not usable after the installation: $setup_key"
        exit 2
    done
}

# setup_build_home ROOT: where build directories go: in the checkout, or in the user's cache when
# the checkout cannot be written.
setup_build_home()
{
    if mkdir -p -- "$1/build" 2>/dev/null && [ -w "$1/build" ]; then
        echo "$1/build"
    else
        echo "${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/mmsim/$(printf '%s' "$1" | cksum | tr ' ' -)"
    fi
}

# setup_configure ROOT DIR OPTION...: DIR becomes a meson build directory of ROOT with these options.
# A directory of another place or of other options is made anew.
setup_configure()
{
    setup_root=$1
    setup_dir=$2
    shift 2
    setup_stamp="$setup_root $*"
    if [ -e "$setup_dir/build.ninja" ] &&
        [ "$(cat -- "$setup_dir/.options" 2>/dev/null)" = "$setup_stamp" ]; then
        return 0
    fi
    rm -rf -- "$setup_dir"
    mkdir -p -- "$setup_dir" || return 1
    setup_quietly meson setup "$@" "$setup_dir" "$setup_root" || return 1
    printf '%s\n' "$setup_stamp" >"$setup_dir/.options"
}
