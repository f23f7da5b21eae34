# SPDX-License-Identifier: MIT
# Completion for bash: source this file, or copy it as mmsim to bash-completion's folder.
_mmsim()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}
    local options='' first=''

    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W 'run compare explain show tune sweep check import trace --help --version' -- "$word")
        return
    fi
    case $verb in
    run)
        options='--machine --set --output --tick --until --seed --reclaim --events --summary --table --progress --quiet --help'
        ;;
    compare)
        options='--machine --try --metric --thresholds --threshold --format --output --color --set --seeds --seed --tick --until --help'
        ;;
    explain)
        options='--failure --stall --task --at --help'
        ;;
    show)
        options='--at --as --node --output --help'
        ;;
    tune)
        options='--sysctl --goal --largest --range --seeds --probes --machine --set --tick --until --seed --output --format --quiet --help'
        ;;
    sweep)
        first='plan run status merge submit'
        case ${COMP_WORDS[2]} in
        plan) options='--output --force --help' ;;
        run) options='--jobs --chunk --progress --quiet --help' ;;
        status) options='--chunks --missing --help' ;;
        merge) options='--output --csv --sqlite --help' ;;
        submit)
            options='--output --chunk-runs --chunks --jobs --time --partition --sbatch-arg --dry-run --help'
            ;;
        esac
        ;;
    check)
        options='--machine --help'
        ;;
    import)
        options='--output --kernel --json --quiet --help'
        first=ftrace
        ;;
    trace)
        options='--quality --help'
        first='info dump'
        ;;
    esac
    case $before in
    --set | --try | -s)
        mapfile -t COMPREPLY < <(compgen -S = -W 'vm.min_free_kbytes vm.lowmem_reserve_ratio
            vm.percpu_pagelist_fraction vm.numa_zonelist_order vm.zone_reclaim_mode
            vm.swappiness vm.dirty_ratio vm.dirty_background_ratio vm.dirty_writeback_centisecs
            vm.dirty_expire_centisecs vm.laptop_mode vm.page-cluster machine.hz
            machine.vmalloc_size machine.page_group_by_mobility
            kernel_params.wait_iff_congested kernel_params.slab_reports_pages kernel_params.slab
            kernel_params.slub_min_order kernel_params.slub_max_order
            kernel_params.slub_min_objects kernel_params.slub_nomerge kernel_params.cache_line_size
            workload.seed workload.duration workload.tick' -- "$word")
        compopt -o nospace
        return
        ;;
    --reclaim)
        mapfile -t COMPREPLY < <(compgen -W 'captured simulated' -- "$word")
        return
        ;;
    --sysctl)
        mapfile -t COMPREPLY < <(compgen -W 'vm.min_free_kbytes vm.percpu_pagelist_fraction
            vm.zone_reclaim_mode vm.swappiness vm.dirty_ratio vm.dirty_background_ratio
            vm.dirty_writeback_centisecs vm.dirty_expire_centisecs vm.laptop_mode
            vm.page-cluster' -- "$word")
        return
        ;;
    --format)
        [[ $verb == compare ]] && mapfile -t COMPREPLY < <(compgen -W 'table markdown json junit' -- "$word")
        [[ $verb == tune ]] && mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word")
        return
        ;;
    --as)
        mapfile -t COMPREPLY < <(compgen -W 'buddyinfo zoneinfo pagetypeinfo vmstat slabinfo numastat meminfo
            distance all' -- "$word")
        return
        ;;
    --at)
        [[ $verb == show ]] && mapfile -t COMPREPLY < <(compgen -W end -- "$word")
        return
        ;;
    --color)
        mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word")
        return
        ;;
    --jobs | -j | --chunk | --chunks | --chunk-runs | --time | --partition | --sbatch-arg | --metric | --threshold | --goal | --range | --seeds | --probes | --tick | --until | --seed | --kernel | --failure | --stall | --task | --node)
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif ((COMP_CWORD == 2)) && [[ -n $first ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$first" -- "$word")
    else
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _mmsim mmsim
