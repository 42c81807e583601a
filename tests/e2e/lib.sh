# SPDX-License-Identifier: Apache-2.0
# What every end-to-end test needs. A test sources this first, makes its checks, and ends with `finish`. Output is TAP.
#
# From the environment (ctest sets it):
#   DAVIT          the program
#   DAVIT_PLUGINS  directory with its plugins
#   DAVIT_BUILD    build tree
# shellcheck shell=bash disable=SC2034

set -euo pipefail
umask 022
export LC_ALL=C
unset DAVIT_PLUGIN_PATH DAVIT_CGROUP_PARENT ZLAYER_CGROUP_PARENT CDI_SPEC_DIRS

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HOSTS=$SOURCE/tests/hosts
: "${DAVIT:?is not set: run the tests through ctest}" "${DAVIT_PLUGINS:?}" "${DAVIT_BUILD:?}"

T=$(mktemp -d "${TMPDIR:-/tmp}/davit-e2e.XXXXXX")
trap 'rm -rf --one-file-system "$T"' EXIT
checks=0 failures=0

# davit with the plugins of this build. A checkout may be writable by a group: that says nothing about davit, so the plugins
# are used from a directory that is not.
mkdir "$T/plugins"
cp "$DAVIT_PLUGINS"/*.so "$T/plugins/"
davit() {
  "$DAVIT" --plugin-dir "$T/plugins" "$@"
}

# ---- checks ---------------------------------------------------------------------------------------

ok() { # TEXT
  echo "ok $((++checks)) - $1"
}

not_ok() { # TEXT [DETAIL]
  echo "not ok $((++checks)) - $1"
  failures=$((failures + 1))
  [ -z "${2-}" ] || sed 's/^/#   /' <<<"$2"
}

is() { # TEXT GOT WANTED
  if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "$(diff <(echo "$3") <(echo "$2") || true)"; fi
}

has() { # TEXT GOT PART
  if [[ $2 == *"$3"* ]]; then ok "$1"; else not_ok "$1" "\"$3\" is not in: $2"; fi
}

has_not() { # TEXT GOT PART
  if [[ $2 != *"$3"* ]]; then ok "$1"; else not_ok "$1" "\"$3\" is in: $2"; fi
}

# Runs a command and keeps its answer: $status, $out, $err.
run() {
  status=0
  "$@" >"$T/run.out" 2>"$T/run.err" </dev/null || status=$?
  out=$(<"$T/run.out")
  err=$(<"$T/run.err")
}

exits() { # TEXT STATUS: of the last run
  if [ "$status" = "$2" ]; then ok "$1"; else not_ok "$1" "exit $status, not $2: $err"; fi
}

skip_all() { # REASON
  echo "1..0 # SKIP $1"
  exit 77
}

need() { # COMMAND...
  local command
  for command; do
    command -v "$command" >/dev/null || skip_all "$command is not installed"
  done
}

need_root() {
  [ "$(id -u)" = 0 ] || skip_all "needs root: $1"
}

finish() {
  echo "1..$checks"
  [ "$failures" = 0 ] || { echo "# $failures of $checks failed"; exit 1; }
  exit 0
}

# ---- files ----------------------------------------------------------------------------------------

# A root file system that is busybox.
make_rootfs() { # DIR
  mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp}
  cp "$(command -v busybox)" "$1/bin/busybox"
  local applet
  for applet in sh cat echo env head id ls mknod sed sleep true; do
    ln -sf busybox "$1/bin/$applet"
  done
}

make_plain_service() { # FILE
  cat >"$1" <<'YAML'
version: v1
deployment: e2e
services:
  trainer:
    image: {name: "registry.example.org/trainer:1"}
    command: {entrypoint: [/bin/sh, -c, "echo started"]}
YAML
}

# A service that asks for GPUs; further arguments are lines of its gpu part.
make_service() { # FILE VENDOR [LINE...]
  make_plain_service "$1"
  printf '%s\n' "    resources:" "      gpu:" "        vendor: $2" >>"$1"
  local line
  for line in "${@:3}"; do echo "        $line" >>"$1"; done
}

# ---- runtimes -------------------------------------------------------------------------------------

# Starts a bundle in one of three ways, so that both cgroup versions and both runtimes are seen on any machine:
#   runc          as the host is
#   runc-cgroup2  in a mount namespace whose /sys/fs/cgroup is one pure cgroup2 tree. The kernel has only one such tree, so
#                 this is the host's own; on a hybrid host its controllers stay with version 1, therefore a bundle with limits
#                 for memory, cpu or pids does not start this way. Device rules do: there they are a BPF program.
#   crun          in a mount namespace without /sys/fs/cgroup/unified: crun refuses a hybrid host that shows it
WAYS=(runc runc-cgroup2 crun)
start_bundle() { # WAY BUNDLE ID
  local state=$T/state-$1
  case $1 in
    runc)
      runc --root "$state" run -b "$2" "$3"
      ;;
    runc-cgroup2)
      unshare -m sh -c 'umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
        exec runc --root "$1" run -b "$2" "$3"' sh "$state" "$2" "$3"
      ;;
    crun)
      unshare -m sh -c 'if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified || exit; fi
        exec crun --root "$1" run -b "$2" "$3"' sh "$state" "$2" "$3"
      ;;
  esac
}
need_runtimes() {
  need_root "runtimes make device nodes"
  need runc crun busybox jq unshare mountpoint
}
