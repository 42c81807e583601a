# SPDX-License-Identifier: Apache-2.0
# bash completion of davit

_davit() {
  local cur prev words cword split=false
  _init_completion -s || return

  local globals="--plugin-dir --plugin-option --cdi-dir --host-root --allow-untrusted-plugins --verbose --quiet --log-format
    --version --help -v -q -h"
  local render="--service --replica --role --node --rootfs --image-config --env --workdir --hostname --host-network --namespace --cgroup-parent --systemd-cgroup
    --rootless --gpu-device --provider --cdi --rank --world-size --local-rank --master-addr --ifname -s -r -e
    --volume --volume-dir --socket --env-allow --secrets-dir"
  local with_value=" --plugin-dir --plugin-option --cdi-dir --host-root --log-format -s --service -r --replica --role --node --rootfs -e --env
    --workdir --hostname --namespace --cgroup-parent --rootless --gpu-device --provider --cdi --rank --world-size --local-rank --master-addr --ifname
    --image-config --volume --volume-dir --socket --env-allow --secrets-dir -o --output --device --gpu --vendor --diff --kind --format "

  local i command=
  for ((i = 1; i < cword; i++)); do
    case ${words[i]} in
      --) return ;; # the container's own command
      -*=*) ;;
      -*) [[ $with_value == *[[:space:]]"${words[i]}"[[:space:]]* ]] && ((i++)) ;;
      *)
        if [[ -z $command ]]; then command=${words[i]}
        elif [[ $command == cdi ]]; then command="cdi ${words[i]}"; fi
        ;;
    esac
  done

  case $prev in
    --plugin-dir | --cdi-dir | --host-root | --rootfs | --volume-dir | --secrets-dir | -o | --output) _filedir -d; return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "json yaml" -- "$cur"); return ;;
    --image-config | --diff) _filedir; return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W "text json" -- "$cur"); return ;;
    --rootless) mapfile -t COMPREPLY < <(compgen -W "auto yes no" -- "$cur"); return ;;
    --cdi) mapfile -t COMPREPLY < <(compgen -W "auto prefer require off" -- "$cur"); return ;;
    --gpu) mapfile -t COMPREPLY < <(compgen -W "vendor= count= device= model=" -- "$cur"); compopt -o nospace; return ;;
  esac
  $split && return
  [[ $with_value == *[[:space:]]"$prev"[[:space:]]* ]] && return

  local options operands=_filedir
  case $command in
    "") options='' operands='' ;;
    spec) options=$render ;;
    build) options="$render --output --all -o" ;;
    explain) options="$render --tree --json --diff" ;;
    validate) options='' ;;
    remove) options='' operands="_filedir -d" ;;
    inject) options="--in-place --dry-run --device --gpu --rootless --provider --cdi" ;;
    devices) options="--vendor --tree --json --provider --cdi" operands='' ;;
    plugins) options=--json operands='' ;;
    cdi) options='' operands='' ;;
    "cdi list") options="--devices --vendors --classes --specs --dirs --json" operands='' ;;
    "cdi validate") options="--strict --host --json" ;;
    "cdi annotate") options='' operands='' ;;
    "cdi generate") options="--vendor --kind --output --format --no-replace -o" operands='' ;;
    doctor) options="--vendor --rootfs --json" operands='' ;;
    *) return ;;
  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options $globals" -- "$cur")
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "spec build remove validate explain inject devices plugins cdi doctor" -- "$cur")
  elif [[ $command == cdi ]]; then
    mapfile -t COMPREPLY < <(compgen -W "list validate annotate generate" -- "$cur")
  elif [[ $command == plugins && $prev == plugins ]]; then
    mapfile -t COMPREPLY < <(compgen -W list -- "$cur")
  elif [[ -n $operands ]]; then
    $operands
  fi
} && complete -F _davit davit
