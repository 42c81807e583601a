# SPDX-License-Identifier: Apache-2.0
"""Where davit differs from the Go implementation on purpose. Every difference must be one of these.

Four kinds: a *rewrite* (rewrites.py) changes a case into what davit takes it for, and Go is asked again; a *translation* says
of Go's config how davit writes the same; an *order* is what two answers may differ in without meaning anything else; a
*judgement* is about what one accepts and the other refuses.
"""
import collections
import copy
import re

import compare
import specs
from rewrites import ASIDE, REWRITES, rewrite
from specs import HOST, THERE, clean, has_user_namespace, host_path, members, requested, requested_edits

Translation = collections.namedtuple("Translation", "id reason apply")  # apply(Go's config, Context)
Order = collections.namedtuple("Order", "id reason section apply")  # apply(value, Context, "go" or "davit")
Judgement = collections.namedtuple("Judgement", "id reason holds")  # holds(Context, difference)


class Context:
    """The case as davit takes it, and davit's answer."""

    def __init__(self, case, davit):
        self.case, self.davit = case, davit

    def davit_says(self, pattern):
        return any(re.search(pattern, text) for text in self.davit["errors"])


# ---- translations


def leave_out_groups(config, context):
    """A group of the host that the namespace does not have inside."""
    linux, user = config.get("linux", {}), config.get("process", {}).get("user", {})
    there = context.case["config"].get("process", {}).get("user", {}).get("additionalGids", [])
    asked = [gid for _, edits in requested_edits(context.case) for gid in edits.get("additionalGids") or [] if gid]
    inside = [gid - m["hostID"] + m["containerID"] for gid in asked for m in linux.get("gidMappings", []) if 0 <= gid - m["hostID"] < m["size"]]
    if "additionalGids" in user:
        user["additionalGids"] = there + [gid for gid in dict.fromkeys(inside) if gid not in there]


def mount_nodes(config, context):
    """A node of the host's path is the host's, with its owner; one of another path is a mount, above which a later kind's node may be."""
    nodes = {(kind, node["path"]): node for kind, edits in requested_edits(context.case) for node in members(edits, "deviceNodes")}
    sources = {}
    for (_, path), node in nodes.items():
        sources[path] = host_path(node)
        if sources[path] != path:
            config.setdefault("mounts", []).append({"destination": path, "type": "bind", "source": sources[path], "options": ["bind", "rprivate"]})
    devices = config.get("linux", {}).get("devices", [])
    for device in [device for device in devices if device["path"] in sources]:
        if sources[device["path"]] != device["path"]:
            devices.remove(device)
        device.pop("uid", None)
        device.pop("gid", None)


def last_rdt(context):
    given = [edits["intelRdt"] for _, edits in requested_edits(context.case) if isinstance(edits.get("intelRdt"), dict)]
    return given[-1] if given else {}


def with_old_rdt(config, context):
    old = {key: True for key in ("enableCMT", "enableMBM") if last_rdt(context).get(key) is True}
    if old:
        config.setdefault("linux", {}).setdefault("intelRdt", {}).update(old)


def name_version(config, context):
    """The version that has what the devices bring."""
    rdt = last_rdt(context)
    if requested(context.case, "netDevices") or rdt.get("schemata") or rdt.get("enableMonitoring"):
        config["ociVersion"] = max(config["ociVersion"], "1.3.0")
    if rdt.get("enableCMT") or rdt.get("enableMBM"):
        config["ociVersion"] = max(config["ociVersion"], "1.1.0")


def in_namespace(change):
    return lambda config, context: change(config, context) if has_user_namespace(context.case) else None


TRANSLATIONS = [
    Translation("user-namespace", "in a user namespace nobody makes nodes: the host's are mounted", in_namespace(mount_nodes)),
    Translation("namespace-group", "in a user namespace a group has the number that it is mapped to, or cannot be given", in_namespace(leave_out_groups)),
    Translation("rdt-of-old", "enableCMT and enableMBM were part of CDI before 1.1.0, and are passed on", with_old_rdt),
    Translation("oci-version", "the config names the version that has what is in it", name_version),
]


def translate(config, context):
    """A copy as davit writes it, and the ids of the translations that changed something."""
    changed, ids = copy.deepcopy(config), []
    for entry in TRANSLATIONS:
        before = copy.deepcopy(changed)
        entry.apply(changed, context)
        ids += [entry.id] if changed != before else []
    return changed, ids


# ---- orders


def sort_groups(groups, _context, _side):
    return sorted(groups)


def by_path(devices, context, side):
    """A FIFO has no numbers, for which Go writes zeros. Of a config's nodes with one path Go replaces the second and leaves the others."""
    asked = {node["path"] for node in requested(context.case, "deviceNodes")} if side == "go" else ()
    devices = [device for i, device in enumerate(devices) if device["path"] not in asked or device["path"] not in [other["path"] for other in devices[:i]]]
    kept = [{k: v for k, v in device.items() if device.get("type") != "p" or k not in ("major", "minor")} for device in devices]
    return sorted(kept, key=lambda device: (device["path"], str(device)))


def by_depth(mounts, _context, _side):
    """The last mount of each place."""
    places = {clean(mount["destination"]): mount for mount in mounts}
    return [mount for _, mount in sorted(places.items(), key=lambda item: (item[0].count("/"), item[0]))]


def rule_of(node):
    numbers = HOST.get(host_path(node)) or (node.get("major") or 0, node.get("minor") or 0)
    return *numbers, node.get("permissions") or "rwm"


def merge_rules(rules, context, side):
    """What was there stays. Of Go's rules that are added, those of nodes that are there in the end and may be opened."""
    there = compare.common(context.case["config"]).get("linux", {}).get("resources", {}).get("devices", [])
    nodes = {(kind, node["path"]): node for kind, edits in requested_edits(context.case) for node in members(edits, "deviceNodes")}
    last = {rule_of(node) for node in nodes.values()}
    unbuffered = {rule_of(node)[:2] for node in nodes.values() if node.get("type") == "u"}
    added = [rule for rule in rules[len(there) :] if rule not in there and (rule["major"], rule["minor"]) not in unbuffered]
    if side == "go":
        added = [rule for rule in added if "access" in rule and (rule["major"], rule["minor"], rule["access"]) in last]
    return rules[: len(there)] + sorted((rule for i, rule in enumerate(added) if rule not in added[:i]), key=str)


def merge_hooks(hooks, _context, _side):
    return [hook for i, hook in enumerate(hooks) if hook not in hooks[:i]]


ORDERS = [
    Order("group-order", "groups are sorted: their order means nothing", "process.user.additionalGids", sort_groups),
    Order("node-order", "a node that replaces others of its path takes the place of one; a FIFO has no numbers", "linux.devices", by_path),
    Order("mount-order", "a mount that replaces another takes its place, /b/ is /b; the depth alone decides", "mounts", by_depth),
    Order("rules-once", "one rule for each node that a kind has in the end, none that allows nothing or is in force already; u has one as c has", "linux.resources.devices", merge_rules),
    *(Order("hooks-once", "a hook that is equal in everything runs once", f"hooks.{name}", merge_hooks) for name in compare.cases.HOOKS),
]


def in_order(section, value, context, side):
    for entry in ORDERS:
        if entry.section == section and isinstance(value, list):
            value = entry.apply(value, context, side)
    return value or None


# ---- judgements: files


def davit_refuses(pattern):
    """The file is broken to davit for that reason, and fine to Go."""

    def holds(context, difference):
        name = difference["what"].split()[-1]
        refused = difference["what"].startswith("broken ") and difference["davit"]
        return refused and all(re.search(pattern, text) for text in context.davit["broken"][name])

    return holds


def is_null_entry(context, difference):
    return difference["what"] == "panic" and any("nothing where" in text for texts in context.davit["broken"].values() for text in texts)


# ---- judgements: answers


def davit_stops(pattern, condition=lambda context: True):
    """davit does not inject for that reason, Go does."""

    def holds(context, difference):
        return difference["what"] == "answer" and difference["go"] and context.davit_says(pattern) and condition(context)

    return holds


def paths(context):
    """Every path that the devices asked for name on the host or in the container."""
    for key, names in specs.PATHS.items():
        for entry in requested(context.case, key):
            is_path = key != "mounts" or specs.is_bind(entry)
            yield from (entry[name] for name in names if entry.get(name) and (is_path or name == "containerPath"))


def has_relative(context):
    return any(not path.startswith("/") or ".." in path.split("/") for path in paths(context))


def has_missing(context):
    mounts = [clean(mount["hostPath"]) for mount in requested(context.case, "mounts") if specs.is_bind(mount)]
    return any(path not in THERE for path in mounts + [clean(hook["path"]) for hook in requested(context.case, "hooks")])


def has_other_type(context):
    return any(node.get("type") in ("b", "p") and host_path(node) in HOST for node in requested(context.case, "deviceNodes"))


def has_missing_node(context):
    return has_user_namespace(context.case) and any(host_path(node) not in HOST for node in requested(context.case, "deviceNodes"))


def has_name_twice(context):
    there = context.case["config"].get("linux", {}).get("netDevices", {})
    names = {host: device["name"] for host, device in there.items()}
    names.update({device["hostInterfaceName"]: device["name"] for device in requested(context.case, "netDevices")})
    return len(set(names.values())) < len(names)


def has_odd_interface(context):
    names = [device[key] for device in requested(context.case, "netDevices") for key in ("hostInterfaceName", "name")]
    return any(len(str(name)) > 15 or re.search(r"[/:\s]|^\.\.?$", str(name)) for name in names)


JUDGEMENTS = [
    Judgement("null-entry", "null in a list is an error: it ends the process of who reads with Go", is_null_entry),
    Judgement("null-value", "nothing where something is wanted is an error of the file", davit_refuses("^plugin cdi: nothing where a ")),
    Judgement("scalar-type", "a number that does not fit, or is not whole, is an error and is not cut", davit_refuses("^plugin cdi: the number .* where a (whole )?number( from .*)? is wanted$")),
    Judgement("gate-of-each", "each device needs its version: Go looks at the edits of the last one only", davit_refuses("^plugin cdi: (type|hostPath) needs cdiVersion ")),
    Judgement("negative-timeout", "a hook has 0 or more seconds", davit_refuses("^plugin cdi: the timeout .* is negative$")),
    Judgement("node-type", "a spec that contradicts the type of the host's node is an error", davit_stops("^cdi.file-stale: .* is of type c, not [bp];", has_other_type)),
    Judgement("relative-path", "a relative path means nothing to a runtime", davit_stops("is not absolute", has_relative)),
    Judgement("missing-source", "what is mounted or run must be there", davit_stops("^cdi.file-stale: .* is not there;", has_missing)),
    Judgement("interface-once", "two interfaces cannot have one name in the container", davit_stops("^plugin.conflict: net device", has_name_twice)),
    Judgement("interface-name", "the kernel has no such name of an interface", davit_stops("not a network interface's name", has_odd_interface)),
    Judgement("namespace-node", "in a user namespace a node that the host lacks cannot be had", davit_stops("^rootless.node-missing: ", has_missing_node)),
]

ENTRIES = [*REWRITES, *TRANSLATIONS, *ORDERS, *JUDGEMENTS]


def judge(context, difference):
    return next((entry.id for entry in JUDGEMENTS if entry.holds(context, difference)), None)


def without_aside(answer):
    return {**answer, "devices": [name for name in answer["devices"] if not name.endswith(ASIDE)]}


def explain(case, go, davit, found, ask_again):
    """Pairs of a difference and the id of the entry that intends it, None where none does. ask_again(case) asks Go."""
    taken, asked, ids = rewrite(case, go, davit)
    again = without_aside(ask_again(asked) if ids else go)
    context = Context(taken, davit)
    refused = [d for d in found if d["what"] == "panic" or (d["what"].startswith("broken ") and d["davit"])]
    explained = [(difference, judge(context, difference)) for difference in refused]
    left = [d for d in compare.differences(asked, again, davit) if not (d["what"].startswith("broken ") and d["davit"])]
    translated, translations = translate(again["config"], context) if again.get("config") else (None, [])
    theirs = compare.sections(compare.common(translated)) if translated else {}
    ours = compare.sections(compare.common(davit["config"])) if davit["config"] else {}
    remaining = set()
    for difference in left if not translated or not ours else [d for d in left if not d["what"].startswith("config ")]:
        remaining.add(difference["what"])
        explained.append((difference, judge(context, difference)))
    for section in sorted({*ours, *theirs} if translated and ours else ()):
        if in_order(section, ours.get(section), context, "davit") != in_order(section, theirs.get(section), context, "go"):
            remaining.add(f"config {section}")
            explained.append(({"what": f"config {section}", "go": theirs.get(section), "davit": ours.get(section)}, None))
    for difference in (d for d in found if d not in refused and d["what"] not in remaining):
        section = difference["what"].split(" ", 1)[-1]
        orders = [entry.id for entry in ORDERS if entry.section == section and ours.get(section) != theirs.get(section)]
        explained.append((difference, "+".join(ids + translations + orders) or None))
    return explained
