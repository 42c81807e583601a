#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The strict check itself: it takes every golden config, and refuses each of these faults, where the fault is."""
import copy
import json
import sys

from check_config import check_config
from rig import TESTS, Tap

GOOD = {
    "ociVersion": "1.0.2",
    "process": {
        "user": {"uid": 0, "gid": 0, "additionalGids": [1]},
        "args": ["sh"],
        "env": ["A=b"],
        "cwd": "/",
        "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]},
        "rlimits": [{"type": "RLIMIT_CORE", "hard": 2, "soft": 1}],
        "oomScoreAdj": 0,
    },
    "root": {"path": "rootfs"},
    "hostname": "h",
    "mounts": [{"destination": "/a", "type": "none", "source": "/b", "options": ["rbind", "ro"]}],
    "hooks": {"createContainer": [{"path": "/bin/true", "timeout": 1}]},
    "annotations": {"a": ""},
    "linux": {
        "namespaces": [{"type": "pid"}, {"type": "uts"}],
        "devices": [{"path": "/dev/x", "type": "c", "major": 1, "minor": 2, "fileMode": 438}],
        "resources": {
            "devices": [{"allow": False, "access": "rwm"}],
            "memory": {"limit": 100, "swap": 100, "swappiness": 60},
            "cpu": {"quota": 1000, "period": 100000, "shares": 2, "cpus": "0-3,8"},
            "pids": {"limit": -1},
            "blockIO": {"weight": 10},
        },
        "maskedPaths": ["/proc/kcore"],
        "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["kill"], "action": "SCMP_ACT_ERRNO"}]},
    },
}

GONE = object()
FAULTS = [  # path, value there, a part of what must be said
    ("ociVersion", GONE, "'ociVersion' is missing"),
    ("ociVersion", "1", "not a version"),
    ("process", GONE, "'process' is missing"),
    ("root", GONE, "'root' is missing"),
    ("extra", 1, "extra: is not a key"),
    ("process.commandLine", "x", "not a key"),
    ("process.args", [], "at least 1"),
    ("process.args", [1], "process.args[0]: 1 is not a string"),
    ("process.args", ["a\0b"], "NUL"),
    ("process.cwd", "tmp", "not absolute"),
    ("process.env", ["A"], "not NAME=VALUE"),
    ("process.env", ["A=1", "A=2"], "set twice"),
    ("process.terminal", "true", "not a boolean"),
    ("process.terminal", 1, "not a boolean"),
    ("process.user.uid", -1, "not in 0...4294967295"),
    ("process.user.uid", 4294967296, "not in 0...4294967295"),
    ("process.user.uid", 1.0, "not an integer"),
    ("process.user.uid", True, "not an integer"),
    ("process.user.gid", GONE, "'gid' is missing"),
    ("process.user.username", "x", "not a key"),
    ("process.user.additionalGids", [1, 1], "there already"),
    ("process.capabilities.bounding", ["KILL"], "not one of"),
    ("process.capabilities.effective", ["CAP_KILL", "CAP_CHOWN"], "effective but not permitted: CAP_CHOWN"),
    ("process.capabilities.ambient", ["CAP_KILL"], "ambient but not inheritable: CAP_KILL"),
    ("process.rlimits", [{"type": "RLIMIT_CORE", "hard": 1, "soft": 2}], "soft 2 is above hard 1"),
    ("process.rlimits", [{"type": "CORE", "hard": 1, "soft": 1}], "not one of"),
    ("process.rlimits", [{"type": "RLIMIT_CORE", "hard": 1, "soft": 1}] * 2, "there already"),
    ("process.rlimits", [{"type": "RLIMIT_CORE", "soft": 1}], "'hard' is missing"),
    ("process.rlimits", [{"type": "RLIMIT_CORE", "hard": 2**64, "soft": 1}], "not in"),
    ("process.oomScoreAdj", 1001, "not in -1000...1000"),
    ("process.scheduler", {"policy": "SCHED_IDLE"}, "needs ociVersion 1.1.0"),
    ("root.path", "", "is empty"),
    ("hostname", 5, "not a string"),
    ("mounts", [{"destination": "a"}], "not absolute"),
    ("mounts", [{}], "'destination' is missing"),
    ("mounts", [{"destination": "/a", "options": ["bind"]}], "no source"),
    ("mounts", [{"destination": "/a", "options": ["ro", "ro"]}], "there already"),
    ("mounts", [{"destination": "/a", "options": "ro"}], "not an array"),
    ("mounts", [{"destination": "/a", "uidMappings": []}], "go together"),
    ("hooks.createBundle", [], "not a key"),
    ("hooks.poststop", [{"path": "true"}], "not absolute"),
    ("hooks.poststop", [{"path": "/true", "timeout": 0}], "not in 1"),
    ("annotations", {"": "x"}, "is empty"),
    ("annotations", {"a": None}, "not a string"),
    ("linux.namespaces", [{"type": "pid"}, {"type": "pid"}], "there already"),
    ("linux.namespaces", [{"type": "net"}, {"type": "uts"}], "not one of"),
    ("linux.namespaces", [{"type": "pid", "path": "x"}, {"type": "uts"}], "not absolute"),
    ("linux.namespaces", [{"type": "pid"}], "the host's without a uts namespace"),
    ("linux.sysctl", {"net.ipv4.ip_forward": "1"}, "the host's without a network namespace"),
    ("linux.sysctl", {"kernel.sem": 1}, "not a string"),
    ("linux.uidMappings", [{"containerID": 0, "hostID": 1, "size": 1}], "without a user namespace"),
    ("linux.uidMappings", [{"containerID": 0, "hostID": 1, "size": 0}], "not in 1"),
    ("linux.netDevices", {"eth0": {}}, "needs ociVersion 1.3.0"),
    ("linux.devices", [{"path": "/x", "type": "c", "major": 1}], "major and minor are required"),
    ("linux.devices", [{"path": "/x", "type": "d", "major": 1, "minor": 1}], "not one of"),
    ("linux.devices", [{"path": "/x", "type": "p"}] * 2, "there already"),
    ("linux.devices", [{"path": "/x", "type": "p", "fileMode": 4096}], "not in 0...4095"),
    ("linux.resources.devices", [{"access": "r"}], "'allow' is missing"),
    ("linux.resources.devices", [{"allow": True, "access": "rr"}], "each once"),
    ("linux.resources.devices", [{"allow": True, "access": ""}], "each once"),
    ("linux.resources.devices", [{"allow": True, "major": 2**63}], "not in"),
    ("linux.resources.memory.limit", 2**63, "not in"),
    ("linux.resources.memory.limit", -2, "not in"),
    ("linux.resources.memory.swap", 99, "swap 99 is below limit 100"),
    ("linux.resources.memory.swappiness", 101, "not in 0...100"),
    ("linux.resources.memory.disableOOMKiller", "no", "not a boolean"),
    ("linux.resources.cpu.shares", 1, "not in 2...262144"),
    ("linux.resources.cpu.cpus", "0-", "not a list of numbers"),
    ("linux.resources.cpu.burst", 2000, "burst 2000 is above quota 1000"),
    ("linux.resources.pids", {}, "'limit' is missing"),
    ("linux.resources.blockIO.weight", 65536, "not in 10...1000"),
    ("linux.resources.unified", {"memory": "x"}, "not the name of a cgroup file"),
    ("linux.resources.hugepageLimits", [{"pageSize": "2M", "limit": 1}], "not a page size"),
    ("linux.maskedPaths", ["proc"], "not absolute"),
    ("linux.readonlyPaths", ["/proc", "/proc"], "there already"),
    ("linux.rootfsPropagation", "rslave", "not one of"),
    ("linux.seccomp", {}, "'defaultAction' is missing"),
    ("linux.seccomp.syscalls", [{"names": [], "action": "SCMP_ACT_LOG"}], "at least 1"),
    ("linux.seccomp.listenerMetadata", "x", "without listenerPath"),
    ("linux.intelRdt", {"schemata": ["a"]}, "needs ociVersion 1.3.0"),
    ("linux.intelRdt", {"memBwSchema": "L3:0=f"}, "not MB:"),
    ("linux.personality", {}, "'domain' is missing"),
]


def with_fault(path, value):
    config = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    part = config
    for key in parents:
        part = part.setdefault(key, {})
    if value is GONE:
        del part[last]
    else:
        part[last] = value
    return json.dumps(config)


def unseen():
    for path, value, says in FAULTS:
        problems = check_config(with_fault(path, value))
        if not any(says in problem for problem in problems):
            yield f"{path} = {value!r}: no {says!r} in {problems}"


def main():
    tap = Tap()
    tap.check("a good config is taken", check_config(json.dumps(GOOD)))
    tap.check(f"each of {len(FAULTS)} faults is seen", unseen())
    tap.check("a key that is given twice is seen", [] if check_config('{"a": 1, "a": 2}')[0].endswith("twice") else ["no"])
    tap.check("what is not JSON is seen", [] if check_config("{") else ["no"])
    configs = sorted(TESTS.glob("golden/*/config.json"))
    tap.check("there are golden configs", [] if configs else ["none"])
    for config in configs:
        tap.check(f"golden {config.parent.name}", check_config(config.read_text(encoding="utf-8")))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())
