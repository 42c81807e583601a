# SPDX-License-Identifier: Apache-2.0
"""Where davit differs from the Go implementation on purpose. Every difference must be one of these.

Three kinds: a *rewrite* changes what a spec says into what davit takes it for, and Go is asked again; an *order* is what two
answers may differ in without meaning anything else; a *judgement* is about what one accepts and the other refuses.
"""
import collections
import copy
import re

import compare

HOST = {"/dev/null": (1, 3), "/dev/zero": (1, 5), "/dev/full": (1, 7), "/dev/random": (1, 8), "/dev/urandom": (1, 9)}

Rewrite = collections.namedtuple("Rewrite", "id reason change")  # change(edits): whether there was something to change
Order = collections.namedtuple("Order", "id reason section apply")  # apply(value, Context, "go" or "davit")
Judgement = collections.namedtuple("Judgement", "id reason holds")  # holds(Context, difference)


# ---- looking into specs that may be anything


def members(value, key):
    """The mappings of the list under that key."""
    items = value.get(key) if isinstance(value, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def all_edits(spec):
    places = [spec, *members(spec, "devices")] if isinstance(spec, dict) else []
    return [place["containerEdits"] for place in places if isinstance(place.get("containerEdits"), dict)]


def specs_of(case):
    return [spec for files in case["dirs"] for spec in files.values()]


def edits_of(case):
    return [edits for spec in specs_of(case) for edits in all_edits(spec)]


def texts_of(edits):
    """Every path that the edits name."""
    for key, names in ("deviceNodes", ("path", "hostPath")), ("mounts", ("hostPath", "containerPath")), ("hooks", ("path",)):
        for entry in members(edits, key):
            yield from (str(entry[name]) for name in names if entry.get(name) is not None)


def clean(path):
    """"" stays what it is; what is no text has no path."""
    if not isinstance(path, str) or not path:
        return "" if path == "" else None
    return re.sub(r"/+", "/", re.sub(r"(/\.)+(?=/|$)", "", path)).rstrip("/") or "/"


def has_user_namespace(case):
    return {"type": "user"} in case["config"].get("linux", {}).get("namespaces", [])


# ---- rewrites


def change_numbers(edits):
    changed = False
    for node in members(edits, "deviceNodes"):
        numbers = HOST.get(clean(node.get("hostPath") or node.get("path")))
        if numbers and (node.get("major") or node.get("type") == "u") and node.get("type") != "p":
            node["major"], node["minor"] = numbers
            changed = True
    return changed


def change_mounts(edits):
    changed = False
    for mount in members(edits, "mounts"):
        options = mount.get("options") or []
        if mount.get("type") in (None, "", "bind") and isinstance(options, list):
            changed = changed or mount.get("type") != "bind" or not {"bind", "rbind"} & set(map(str, options))
            mount["type"] = "bind"
            mount["options"] = options if "bind" in options or "rbind" in options else options + ["rbind"]
    return changed


def change_permissions(edits):
    changed = False
    for node in members(edits, "deviceNodes"):
        given = node.get("permissions")
        if isinstance(given, str) and given and not given.strip("rwm"):
            node["permissions"] = "".join(letter for letter in "rwm" if letter in given)
            changed = changed or node["permissions"] != given
    return changed


def change_modes(edits):
    changed = False
    for node in members(edits, "deviceNodes"):
        mode = node.get("fileMode")
        if isinstance(mode, int) and mode > 0o7777:
            node["fileMode"] = mode & 0o7777
            changed = True
    return changed


def change_paths(edits):
    changed = False
    for key, names in ("deviceNodes", ("path", "hostPath")), ("mounts", ("hostPath", "containerPath")), ("hooks", ("path",)):
        for entry in members(edits, key):
            for name in names:
                cleaned = clean(entry.get(name))
                if (key, name) == ("mounts", "hostPath") and entry.get("type") not in (None, "", "bind"):
                    continue  # of another file system it is no path
                if isinstance(cleaned, str) and cleaned != entry[name]:
                    entry[name] = cleaned
                    changed = True
    return changed


REWRITES = [
    Rewrite("clean-paths", "a path is written without doubled slashes, so that one place has one name", change_paths),
    Rewrite("host-numbers", "the numbers of a node that the host has are the host's: those of a spec are as old as the spec", change_numbers),
    Rewrite("bind-default", "a mount without a type is a bind mount: runtimes fail on one without", change_mounts),
    Rewrite("mode-bits", "a mode has twelve bits: those of the kind of file are the type's", change_modes),
    Rewrite("permission-letters", "the same letters in one order, each once", change_permissions),
]


def rewrite(case):
    """A copy as davit takes it, and the ids of the rewrites that changed something."""
    changed = copy.deepcopy(case)
    ids = []
    for entry in REWRITES:
        specs = [spec for spec in specs_of(changed) if sum(entry.change(edits) for edits in all_edits(spec))]
        for spec in specs if entry.id == "bind-default" else ():
            if spec.get("cdiVersion") == "0.3.0":
                spec["cdiVersion"] = "0.4.0"  # which brought the type
        if specs:
            ids.append(entry.id)
    changed["devices"] = list(dict.fromkeys(case["devices"]))
    if changed["devices"] != case["devices"]:
        ids.append("asked-twice")
    return changed, ids


# ---- orders


def sort_groups(groups, _context, _side):
    return sorted(groups)


def by_path(devices, _context, _side):
    """A FIFO has no numbers, for which Go writes zeros."""
    kept = [{k: v for k, v in device.items() if device.get("type") != "p" or k not in ("major", "minor")} for device in devices]
    return sorted(kept, key=lambda device: (device["path"], str(device)))


def by_depth(mounts, _context, _side):
    """The last mount of each place."""
    places = {clean(mount["destination"]): mount for mount in mounts}
    return [mount for _, mount in sorted(places.items(), key=lambda item: (item[0].count("/"), item[0]))]


def requested_edits(context):
    """(kind, edits) of the devices asked for, in order, those of each file first."""
    seen = []
    for name in dict.fromkeys(context.case["devices"]):
        kind, device = name.split("=", 1)
        for number in range(len(context.case["dirs"]) - 1, -1, -1):
            specs = context.loadable(number, kind)
            found = [(spec, entry) for spec in specs for entry in members(spec, "devices") if entry.get("name") == device]
            if found:
                spec, entry = found[0]
                both = spec.get("containerEdits"), entry.get("containerEdits")
                seen += [(kind, edits) for edits in both if not any(edits is other for _, other in seen)]
                break
    return [(kind, edits) for kind, edits in seen if isinstance(edits, dict)]


def rule_of(node):
    numbers = HOST.get(node.get("hostPath") or node["path"]) or (node.get("major") or 0, node.get("minor") or 0)
    return *numbers, node.get("permissions") or "rwm"


def merge_rules(rules, context, side):
    """What was there stays. Of Go's rules that are added, those of nodes that are there in the end and may be opened."""
    there = compare.common(context.case["config"]).get("linux", {}).get("resources", {}).get("devices", [])
    nodes = {(kind, node["path"]): node for kind, edits in requested_edits(context) for node in members(edits, "deviceNodes")}
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
    Order("node-order", "a node that replaces another takes its place; a FIFO has no numbers", "linux.devices", by_path),
    Order("mount-order", "a mount that replaces another takes its place, /b/ is /b; the depth alone decides", "mounts", by_depth),
    Order("rules-once", "one rule for each node that a kind has in the end, none that allows nothing or is in force already; u has one as c has", "linux.resources.devices", merge_rules),
    *(Order("hooks-once", "a hook that is equal in everything runs once", f"hooks.{name}", merge_hooks) for name in compare.cases.HOOKS),
]


def in_order(section, answer, context, side):
    value = answer.get(section)
    for entry in ORDERS:
        if entry.section == section and isinstance(value, list):
            value = entry.apply(value, context, side)
    return value or None


# ---- judgements


class Context:
    def __init__(self, case, go, davit):
        self.case, self.go, self.davit = case, go, davit
        self.explained = []  # (difference, id) so far

    def file(self, difference):
        directory, name = difference["what"].split()[1].split("/")
        return self.case["dirs"][int(directory)].get(name)

    def loadable(self, number, kind):
        """The specs of that kind in a directory, as far as both can read them."""
        broken = {*self.go["broken"], *self.davit["broken"]}
        files = {f"{number}/{name}": spec for name, spec in self.case["dirs"][number].items() if name.endswith((".yaml", ".json"))}
        return [spec for name, spec in files.items() if name not in broken and isinstance(spec, dict) and spec.get("kind") == kind]

    def davit_says(self, pattern):
        return any(re.search(pattern, text) for text in self.davit["errors"])

    def paths(self):
        return [path for edits in edits_of(self.case) for path in texts_of(edits)]


def davit_refuses(pattern):
    """The file is broken to davit for that reason, and fine to Go."""

    def holds(context, difference):
        name = difference["what"].split()[-1]
        refused = difference["what"].startswith("broken ") and difference["davit"]
        return refused and any(re.search(pattern, text) for text in context.davit["broken"][name])

    return holds


def go_refuses(pattern):
    def holds(context, difference):
        name = difference["what"].split()[-1]
        refused = difference["what"].startswith("broken ") and difference["go"]
        return refused and re.search(pattern, context.go["broken"][name]) is not None

    return holds


def davit_stops(pattern, condition=lambda context: True):
    """davit does not inject for that reason, Go does."""

    def holds(context, difference):
        return difference["what"] == "answer" and difference["go"] and context.davit_says(pattern) and condition(context)

    return holds


def go_stops(pattern):
    def holds(context, difference):
        return difference["what"] == "answer" and difference["davit"] and re.search(pattern, context.go["error"]) is not None

    return holds


def is_twice(context):
    return len(set(context.case["devices"])) < len(context.case["devices"])


def has_relative(context):
    return any(not path.startswith("/") or "/.." in path for path in context.paths())


def has_missing(context):
    return any("no/such" in path or clean(path) not in {*HOST, "/usr", "/etc", "/", "/usr/bin/env"} for path in context.paths())


def follows_file(context, difference):
    """What comes of a file that one of the two refuses: a device less, or one of an earlier directory."""
    files = [context.file(found) for found, _ in context.explained if found["what"].startswith("broken ")]
    kinds = [spec.get("kind") for spec in files if isinstance(spec, dict)]
    if difference["what"].startswith("device "):
        return difference["what"].split(" ", 1)[1].split("=", 1)[0] in kinds
    return difference["what"].startswith("config ") and any(name.split("=", 1)[0] in kinds for name in context.case["devices"])


def follows_device(context, difference):
    seen = {found["what"].split(" ", 1)[1] for found, _ in context.explained if found["what"].startswith("device ")}
    about_config = difference["what"] == "answer" or difference["what"].startswith("config ")
    return about_config and bool(seen & set(context.case["devices"]))


def defined_in(context, number, name):
    """How many files of that directory define the device."""
    kind, device = name.split("=", 1)
    return sum(any(entry.get("name") == device for entry in members(spec, "devices")) for spec in context.loadable(number, kind))


def is_overridden(context, difference):
    """Two files of a directory contradict each other, and one of a later directory decides."""
    if not difference["what"].startswith("device ") or difference["go"]:
        return False
    counts = [defined_in(context, i, difference["what"].split(" ", 1)[1]) for i in range(len(context.case["dirs"]))]
    contradicting = [i for i, count in enumerate(counts) if count > 1]
    return bool(contradicting) and any(count == 1 for count in counts[contradicting[0] + 1 :])


def is_broken_beside(context, difference):
    """A file that davit alone refuses stops a request for a device that it could be about."""
    return davit_stops("^cdi.file-broken: ")(context, difference) and any(f["what"].startswith("broken ") for f, _ in context.explained)


def section_in_namespace(context, difference):
    sections = {f"config {name}" for name in ("linux.devices", "mounts", "linux.resources.devices", "process.user.additionalGids")}
    return has_user_namespace(context.case) and difference["what"] in sections


def is_all(context, difference):
    return go_stops("unresolvable CDI devices")(context, difference) and context.go["error"].endswith("=all")


def is_mixed(context, difference):
    kinds = [name.split("=")[0] for name in context.case["devices"]]
    returns = any(kind in kinds[: i - 1] and kinds[i - 1] != kind for i, kind in enumerate(kinds) if i > 1)
    return returns and difference["what"].startswith("config ")


def has_double_node(context, difference):
    paths = [node["path"] for node in context.case["config"].get("linux", {}).get("devices", [])]
    edited = {node.get("path") for _, edits in requested_edits(context) for node in members(edits, "deviceNodes")}
    return difference["what"] == "config linux.devices" and any(paths.count(path) > 1 for path in edited)


def has_empty_rdt(context, difference):
    return difference["what"] == "config linux.intelRdt" and any("intelRdt" in edits and not any((edits["intelRdt"] or {}).values()) for _, edits in requested_edits(context))


def only_newer(_context, difference):
    return difference["what"] == "config ociVersion" and difference["davit"] > (difference["go"] or "")


JUDGEMENTS = [
    Judgement("null-entry", "null in a list is an error: it ends the process of who reads with Go", lambda _c, d: d["what"] == "panic"),
    Judgement("null-value", "nothing where something is wanted is an error of the file", davit_refuses("nothing where a|is missing|is empty")),
    Judgement("ambiguous-scalar", "readers of CDI disagree about such a plain value", davit_refuses("readers of CDI files disagree|!!binary")),
    Judgement("scalar-type", "a number is a number and a text is a text", davit_refuses("(number|text|mapping|list|true or false) .*wanted|is wanted")),
    Judgement("gate-of-each", "each device needs its version: Go looks at the edits of the last one only", davit_refuses("needs cdiVersion")),
    Judgement("negative-timeout", "a hook has 0 or more seconds", davit_refuses("timeout .* is negative")),
    Judgement("rdt-of-old", "enableCMT and enableMBM were part of CDI before 1.1.0", go_refuses("field enable(CMT|MBM) not found")),
    Judgement("override", "what a later directory says once is clear, whatever the earlier ones say", is_overridden),
    Judgement("follows-file", "see the difference about the file", follows_file),
    Judgement("follows-device", "see the difference about the device", follows_device),
    Judgement("broken-beside", "a file that may be about the device asked must not be passed over", is_broken_beside),
    Judgement("asked-twice", "a device asked for twice is put in once", davit_stops("^gpu.duplicate: ", is_twice)),
    Judgement("twins", "two names of one device (the same nodes) asked for together are a slip", davit_stops("^gpu.duplicate: ")),
    Judgement("node-type", "a spec that contradicts the type of the host's node is an error", davit_stops("is said to be of type .,")),
    Judgement("unbuffered", "u is c: the node of the host is the one meant", go_stops(r"host type mismatch \(u, c\)|host type mismatch")),
    Judgement("slash-behind", "a slash behind the name of a node is left out, as doubled ones are", go_stops("not a directory")),
    Judgement("relative-path", "a relative path means nothing to a runtime", davit_stops("is not absolute", has_relative)),
    Judgement("missing-source", "what is mounted, run or passed must be there", davit_stops("^cdi.file-stale: ", has_missing)),
    Judgement("interface-once", "two interfaces cannot have one name in the container", davit_stops("^plugin.conflict: net device")),
    Judgement("interface-name", "the kernel has no such name of an interface", davit_stops("not a network interface's name")),
    Judgement("user-namespace", "in a user namespace nobody makes nodes: the host's are mounted", section_in_namespace),
    Judgement("namespace-node", "in a user namespace a node that the host lacks cannot be had", davit_stops("^rootless.node-missing: ")),
    Judgement("all-devices", "all means every device of the kind where no spec has a device of that name", is_all),
    Judgement("open-request-order", "to be mended: devices of several kinds are put in kind by kind, not as asked", is_mixed),
    Judgement("open-double-node", "to be mended: a node that the config has twice keeps one of its old entries", has_double_node),
    Judgement("open-empty-rdt", "to be mended: intelRdt: {} does not take the settings of the config away", has_empty_rdt),
    Judgement("oci-version", "the config names the version that has what is in it", only_newer),
]


def judge(context, difference):
    return next((entry.id for entry in JUDGEMENTS if entry.holds(context, difference)), None)


def explain(case, go, davit, found, ask_again):
    """Pairs of a difference and the id of the entry that intends it, None where none does. ask_again(case) asks Go."""
    context = Context(case, go, davit)
    config = [difference for difference in found if difference["what"].startswith("config ")]
    for difference in found:
        if difference not in config:
            context.explained.append((difference, judge(context, difference)))
    if not config:
        return context.explained
    rewritten, ids = rewrite(case)
    context.case = rewritten
    theirs = (ask_again(rewritten) if ids else go).get("config")
    if not theirs:
        return context.explained + [(difference, None) for difference in config]
    theirs = compare.sections(compare.common(theirs))
    ours = compare.sections(compare.common(davit["config"]))
    for section in sorted({*ours, *theirs}):
        what = f"config {section}"
        mine, other = in_order(section, ours, context, "davit"), in_order(section, theirs, context, "go")
        difference = {"what": what, "go": theirs.get(section), "davit": ours.get(section)}
        known = next((d for d in config if d["what"] == what), None)
        if mine == other and known:
            orders = [entry.id for entry in ORDERS if entry.section == section and ours.get(section) != theirs.get(section)]
            context.explained.append((known, "+".join(ids + orders)))
        elif mine != other:
            context.explained.append((difference, judge(context, difference)))
    return context.explained
