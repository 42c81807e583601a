#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A strict structural check of config.json for Linux, written from the OCI runtime specification 1.3.

What the specification lets a runtime ignore is an error here: keys that it does not know, keys given twice, numbers
with a fraction. So are features that are newer than the config's own ociVersion.

    check_config.py FILE...     prints what is wrong, one line each, and exits 1 if something is
"""
import json
import re
import sys

CAPABILITIES = """
    CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
    NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
    SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
    MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"""
LIMITS = "AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK"
ARCHITECTURES = """
    X86 X86_64 X32 ARM AARCH64 LOONGARCH64 M68K MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PARISC PARISC64 PPC
    PPC64 PPC64LE RISCV64 S390 S390X SH SHEB"""

PROBLEMS_MOST = 50


class Check:
    """One config while it is checked: its version, and what is wrong with it."""

    def __init__(self, version):
        self.version = version
        self.problems = []

    def wrong(self, path, text):
        if len(self.problems) < PROBLEMS_MOST:
            self.problems.append(f"{path or 'config'}: {text}")


# ---- values: each is a function (check, path, value) -----------------------------------------------------------------


def text(check, path, value):
    if not isinstance(value, str):
        check.wrong(path, f"{value!r} is not a string")
        return False
    if "\0" in value:
        check.wrong(path, f"{value!r} has a NUL")
        return False
    return True


def some_text(check, path, value):
    if text(check, path, value) and not value:
        check.wrong(path, "is empty")


def absolute(check, path, value):
    if text(check, path, value) and not value.startswith("/"):
        check.wrong(path, f"{value!r} is not absolute")


def boolean(check, path, value):
    if not isinstance(value, bool):
        check.wrong(path, f"{value!r} is not a boolean")


def matching(pattern, what):
    def matches(check, path, value):
        if text(check, path, value) and not re.fullmatch(pattern, value):
            check.wrong(path, f"{value!r} is not {what}")

    return matches


def integer(least, most):
    def in_range(check, path, value):
        if isinstance(value, bool) or not isinstance(value, int):
            check.wrong(path, f"{value!r} is not an integer")
        elif not least <= value <= most:
            check.wrong(path, f"{value} is not in {least}...{most}")

    return in_range


def one_of(words, prefix=""):
    allowed = {prefix + word for word in (words.split() if isinstance(words, str) else words)}

    def is_allowed(check, path, value):
        if text(check, path, value) and value not in allowed:
            check.wrong(path, f"{value!r} is not one of {' '.join(sorted(allowed))}")

    return is_allowed


def list_of(item, least=0, unique=None):
    """`unique`: the key of the items that no two may have alike; "" for the items themselves."""

    def is_list(check, path, value):
        if not isinstance(value, list):
            check.wrong(path, f"{value!r} is not an array")
            return
        if len(value) < least:
            check.wrong(path, f"has {len(value)} entries, at least {least} are required")
        seen = set()
        for i, entry in enumerate(value):
            item(check, f"{path}[{i}]", entry)
            name = entry if unique == "" else entry.get(unique) if unique and isinstance(entry, dict) else None
            if isinstance(name, (str, int)):
                if name in seen:
                    check.wrong(f"{path}[{i}]", f"{name!r} is there already")
                seen.add(name)

    return is_list


def map_of(value_check, key_check=some_text):
    def is_map(check, path, value):
        if not isinstance(value, dict):
            check.wrong(path, f"{value!r} is not an object")
            return
        for key, entry in value.items():
            key_check(check, f"{path} key", key)
            value_check(check, f"{path}.{key}", entry)

    return is_map


def structure(required="", rule=None, since=None, **keys):
    """An object with these keys and no others. `rule` is a further check of the whole; `since` says which version of
    the specification brought a key, if it is later than 1.0.2."""
    needed = required.split()
    since = since or {}

    def is_structure(check, path, value):
        if not isinstance(value, dict):
            check.wrong(path, f"{value!r} is not an object")
            return
        for key in needed:
            if key not in value:
                check.wrong(path, f"the key {key!r} is missing")
        for key, entry in value.items():
            below = f"{path}.{key}" if path else key
            if key not in keys:
                check.wrong(below, "is not a key of the specification")
                continue
            if key in since and check.version < since[key]:
                check.wrong(below, f"needs ociVersion {'.'.join(map(str, since[key]))}")
            keys[key](check, below, entry)
        if rule:
            rule(check, path, value)

    return is_structure


int32 = integer(-(2**31), 2**31 - 1)
int64 = integer(-(2**63), 2**63 - 1)
uint16 = integer(0, 2**16 - 1)
uint32 = integer(0, 2**32 - 1)
uint64 = integer(0, 2**64 - 1)
limit_bytes = integer(-1, 2**63 - 1)
texts = list_of(text)
# The list format of cpuset(7): numbers and ranges.
number_list = matching(r"(\d+(-\d+)?(,\d+(-\d+)?)*)?", "a list of numbers and ranges")
one_line = matching(r"[^\n]+", "one line of text")
V1_1, V1_2, V1_3 = (1, 1, 0), (1, 2, 0), (1, 3, 0)


def id_mappings(check, path, value):
    list_of(structure("containerID hostID size", containerID=uint32, hostID=uint32, size=integer(1, 2**32 - 1)))(
        check, path, value
    )


# ---- process ---------------------------------------------------------------------------------------------------------


def soft_below_hard(check, path, value):
    soft, hard = value.get("soft"), value.get("hard")
    if isinstance(soft, int) and isinstance(hard, int) and soft > hard:
        check.wrong(path, f"soft {soft} is above hard {hard}")


def one_entry_a_name(check, path, value):
    """POSIX does not say which of two entries counts."""
    list_of(matching(r"[^=]+=(.|\n)*", "NAME=VALUE"))(check, path, value)
    if not isinstance(value, list):
        return
    names = [entry.split("=")[0] for entry in value if isinstance(entry, str)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        check.wrong(path, f"{name!r} is set twice")


capability_set = list_of(one_of(CAPABILITIES, "CAP_"), unique="")


def sets_are_possible(check, path, value):
    """capabilities(7): what is effective must be permitted, what is permitted must be in the bounding set or execve()
    takes it away, what is ambient must be permitted and inheritable."""

    def names(key):
        entries = value.get(key, [])
        return {e for e in entries if isinstance(e, str)} if isinstance(entries, list) else set()

    for lesser, greater in [
        ("effective", "permitted"), ("permitted", "bounding"), ("ambient", "permitted"), ("ambient", "inheritable"),
    ]:  # fmt: skip
        extra = names(lesser) - names(greater)
        if extra:
            check.wrong(path, f"{lesser} but not {greater}: {' '.join(sorted(extra))}")


process = structure(
    "cwd args user",
    since={"scheduler": V1_1, "ioPriority": V1_1, "execCPUAffinity": V1_3},
    terminal=boolean,
    consoleSize=structure("height width", height=uint64, width=uint64),
    user=structure(
        "uid gid", uid=uint32, gid=uint32, umask=integer(0, 0o777), additionalGids=list_of(uint32, unique="")
    ),
    args=list_of(text, least=1),
    env=one_entry_a_name,
    cwd=absolute,
    capabilities=structure(
        rule=sets_are_possible,
        bounding=capability_set,
        effective=capability_set,
        inheritable=capability_set,
        permitted=capability_set,
        ambient=capability_set,
    ),
    rlimits=list_of(
        structure("type soft hard", rule=soft_below_hard, type=one_of(LIMITS, "RLIMIT_"), soft=uint64, hard=uint64),
        unique="type",
    ),
    noNewPrivileges=boolean,
    apparmorProfile=some_text,
    oomScoreAdj=integer(-1000, 1000),
    selinuxLabel=some_text,
    scheduler=structure(
        "policy",
        policy=one_of("OTHER FIFO RR BATCH ISO IDLE DEADLINE", "SCHED_"),
        nice=int32,
        priority=int32,
        flags=list_of(
            one_of("RESET_ON_FORK RECLAIM DL_OVERRUN KEEP_POLICY KEEP_PARAMS UTIL_CLAMP_MIN UTIL_CLAMP_MAX", "SCHED_FLAG_")
        ),
        runtime=uint64,
        deadline=uint64,
        period=uint64,
    ),
    ioPriority=structure("class priority", **{"class": one_of("RT BE IDLE", "IOPRIO_CLASS_"), "priority": integer(0, 7)}),
    execCPUAffinity=structure(initial=number_list, final=number_list),
)

# ---- mounts and hooks ------------------------------------------------------------------------------------------------


def both_mappings(check, path, value):
    if ("uidMappings" in value) != ("gidMappings" in value):
        check.wrong(path, "uidMappings and gidMappings go together")


def bind_has_source(check, path, value):
    both_mappings(check, path, value)
    options = value.get("options", [])
    if isinstance(options, list) and ("bind" in options or "rbind" in options) and not value.get("source"):
        check.wrong(path, "a bind mount has no source")


mount = structure(
    "destination",
    rule=bind_has_source,
    destination=absolute,
    type=some_text,
    source=some_text,
    options=list_of(matching(r"[^,\n]+", "one mount option"), unique=""),
    uidMappings=id_mappings,
    gidMappings=id_mappings,
)

hook = structure(
    "path",
    path=absolute,
    args=texts,
    env=list_of(matching(r"[^=]+=(.|\n)*", "NAME=VALUE")),
    timeout=integer(1, 2**63 - 1),
)

# ---- linux -----------------------------------------------------------------------------------------------------------


def device_has_numbers(check, path, value):
    if value.get("type") != "p" and not ("major" in value and "minor" in value):
        check.wrong(path, "major and minor are required")


def burst_within_quota(check, path, value):
    burst, quota = value.get("burst"), value.get("quota")
    if isinstance(burst, int) and isinstance(quota, int) and 0 < quota < burst:
        check.wrong(path, f"burst {burst} is above quota {quota}")


def swap_holds_limit(check, path, value):
    """swap is memory and swap together."""
    limit, swap = value.get("limit"), value.get("swap")
    if isinstance(limit, int) and isinstance(swap, int) and (0 <= swap < limit or (limit < 0 <= swap)):
        check.wrong(path, f"swap {swap} is below limit {limit}")


def has_a_weight(check, path, value):
    if "weight" not in value and "leafWeight" not in value:
        check.wrong(path, "neither weight nor leafWeight is given")


def metadata_needs_listener(check, path, value):
    if "listenerMetadata" in value and "listenerPath" not in value:
        check.wrong(path, "listenerMetadata without listenerPath")


major_minor = integer(-1, 2**63 - 1)
weight = integer(10, 1000)  # of the kernel's; the specification says uint16
throttle = list_of(structure("major minor rate", major=major_minor, minor=major_minor, rate=uint64))
seccomp_action = one_of("KILL KILL_PROCESS KILL_THREAD TRAP ERRNO TRACE ALLOW LOG NOTIFY", "SCMP_ACT_")

resources = structure(
    unified=map_of(text, matching(r"[a-z0-9_]+(\.[A-Za-z0-9_]+)+", "the name of a cgroup file")),
    devices=list_of(
        structure(
            "allow",
            allow=boolean,
            type=one_of("a c b"),
            major=major_minor,
            minor=major_minor,
            access=matching(r"(?!.*(.).*\1)[rwm]+", "of the letters r, w and m, each once"),
        )
    ),
    memory=structure(
        rule=swap_holds_limit,
        since={"checkBeforeUpdate": V1_1},
        limit=limit_bytes,
        reservation=limit_bytes,
        swap=limit_bytes,
        kernel=limit_bytes,
        kernelTCP=limit_bytes,
        swappiness=integer(0, 100),
        disableOOMKiller=boolean,
        useHierarchy=boolean,
        checkBeforeUpdate=boolean,
    ),
    cpu=structure(
        rule=burst_within_quota,
        since={"burst": V1_1, "idle": V1_1},
        shares=integer(2, 262144),  # of the kernel's; the specification says uint64
        quota=integer(-1, 2**63 - 1),
        burst=uint64,
        period=integer(1000, 1000000),  # of the kernel's; the specification says uint64
        realtimeRuntime=int64,
        realtimePeriod=uint64,
        cpus=number_list,
        mems=number_list,
        idle=integer(0, 1),
    ),
    pids=structure("limit", limit=int64),
    blockIO=structure(
        weight=weight,
        leafWeight=weight,
        weightDevice=list_of(
            structure("major minor", rule=has_a_weight, major=major_minor, minor=major_minor, weight=weight, leafWeight=weight)
        ),
        throttleReadBpsDevice=throttle,
        throttleWriteBpsDevice=throttle,
        throttleReadIOPSDevice=throttle,
        throttleWriteIOPSDevice=throttle,
    ),
    hugepageLimits=list_of(
        structure("pageSize limit", pageSize=matching(r"[1-9][0-9]*[KMG]B", "a page size"), limit=uint64), unique="pageSize"
    ),
    network=structure(classID=uint32, priorities=list_of(structure("name priority", name=some_text, priority=uint32))),
    rdma=map_of(structure(hcaHandles=uint32, hcaObjects=uint32)),
)

seccomp = structure(
    "defaultAction",
    rule=metadata_needs_listener,
    since={"defaultErrnoRet": V1_1, "listenerPath": V1_1, "listenerMetadata": V1_1},
    defaultAction=seccomp_action,
    defaultErrnoRet=uint32,
    flags=list_of(one_of("TSYNC LOG SPEC_ALLOW WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_")),
    listenerPath=absolute,
    listenerMetadata=text,
    architectures=list_of(one_of(ARCHITECTURES, "SCMP_ARCH_"), unique=""),
    syscalls=list_of(
        structure(
            "names action",
            names=list_of(some_text, least=1),
            action=seccomp_action,
            errnoRet=uint32,
            args=list_of(
                structure(
                    "index value op",
                    index=integer(0, 5),
                    value=uint64,
                    valueTwo=uint64,
                    op=one_of("NE LT LE EQ GE GT MASKED_EQ", "SCMP_CMP_"),
                )
            ),
        )
    ),
)


def mappings_need_a_user_namespace(check, path, value):
    namespaces = value.get("namespaces", [])
    types = [n.get("type") for n in namespaces if isinstance(n, dict)] if isinstance(namespaces, list) else []
    if ("uidMappings" in value or "gidMappings" in value) and "user" not in types:
        check.wrong(path, "ids are mapped without a user namespace")
    if "timeOffsets" in value and "time" not in types:
        check.wrong(path, "timeOffsets without a time namespace")
    if value.get("sysctl") and isinstance(value["sysctl"], dict):
        for name in value["sysctl"]:
            if name.startswith("net.") and "network" not in types:
                check.wrong(f"{path}.sysctl.{name}", "is the host's without a network namespace")


offset = structure(secs=int64, nanosecs=integer(0, 999999999))

linux = structure(
    rule=mappings_need_a_user_namespace,
    since={"timeOffsets": V1_1, "netDevices": V1_3, "memoryPolicy": V1_3},
    devices=list_of(
        structure(
            "type path",
            rule=device_has_numbers,
            type=one_of("c b u p"),
            path=absolute,
            major=integer(0, 2**63 - 1),
            minor=integer(0, 2**63 - 1),
            fileMode=integer(0, 0o7777),
            uid=uint32,
            gid=uint32,
        ),
        unique="path",
    ),
    netDevices=map_of(structure(name=some_text)),
    uidMappings=id_mappings,
    gidMappings=id_mappings,
    namespaces=list_of(
        structure("type", type=one_of("pid network mount ipc uts user cgroup time"), path=absolute), unique="type"
    ),
    resources=resources,
    cgroupsPath=text,
    rootfsPropagation=one_of("shared slave private unbindable"),
    seccomp=seccomp,
    sysctl=map_of(text, matching(r"[A-Za-z0-9_-]+([./][A-Za-z0-9_@-]+)+", "the name of a sysctl")),
    maskedPaths=list_of(absolute, unique=""),
    readonlyPaths=list_of(absolute, unique=""),
    mountLabel=some_text,
    intelRdt=structure(
        since={"enableCMT": V1_1, "enableMBM": V1_1, "schemata": V1_3, "enableMonitoring": V1_3},
        closID=some_text,
        schemata=list_of(one_line),
        l3CacheSchema=one_line,
        memBwSchema=matching(r"MB:[^\n]*", "MB:..."),
        enableCMT=boolean,  # of 1.1 and 1.2
        enableMBM=boolean,
        enableMonitoring=boolean,
    ),
    memoryPolicy=structure(
        "mode",
        mode=one_of("DEFAULT BIND INTERLEAVE WEIGHTED_INTERLEAVE PREFERRED PREFERRED_MANY LOCAL", "MPOL_"),
        nodes=number_list,
        flags=list_of(one_of("NUMA_BALANCING RELATIVE_NODES STATIC_NODES", "MPOL_F_")),
    ),
    personality=structure("domain", domain=one_of("LINUX LINUX32"), flags=texts),
    timeOffsets=structure(boottime=offset, monotonic=offset),
)


def names_need_a_namespace(check, path, value):
    namespaces = value["linux"].get("namespaces", []) if isinstance(value.get("linux"), dict) else []
    types = [n.get("type") for n in namespaces if isinstance(n, dict)] if isinstance(namespaces, list) else []
    for key in "hostname", "domainname":
        if key in value and "uts" not in types:
            check.wrong(key, "is the host's without a uts namespace")


config_structure = structure(
    "ociVersion root process",
    rule=names_need_a_namespace,
    since={"domainname": V1_1},
    ociVersion=matching(r"\d+\.\d+\.\d+([-+].*)?", "a version"),
    root=structure("path", path=some_text, readonly=boolean),
    process=process,
    hostname=some_text,
    domainname=some_text,
    mounts=list_of(mount),
    hooks=structure(
        prestart=list_of(hook),
        createRuntime=list_of(hook),
        createContainer=list_of(hook),
        startContainer=list_of(hook),
        poststart=list_of(hook),
        poststop=list_of(hook),
    ),
    annotations=map_of(text),
    linux=linux,
)

# ---- the whole -------------------------------------------------------------------------------------------------------


def object_of_pairs(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} is given twice")
    return value


def version_of(config):
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", str(config.get("ociVersion"))) if isinstance(config, dict) else None
    return tuple(int(part) for part in found.groups()) if found else (0, 0, 0)


def check_config(data):
    """What is wrong with the text of a config.json: a list of lines, empty if nothing is."""
    try:
        config = json.loads(data, object_pairs_hook=object_of_pairs)
    except ValueError as problem:
        return [f"config: {problem}"]
    check = Check(version_of(config))
    config_structure(check, "", config)
    return check.problems


def main(files):
    if not files:
        print(__doc__, file=sys.stderr)
        return 2
    bad = 0
    for name in files:
        with open(name, encoding="utf-8") as file:
            problems = check_config(file.read())
        for problem in problems:
            print(f"{name}: {problem}")
        bad += bool(problems)
    print(f"{len(files)} configs, {bad} with problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
