# SPDX-License-Identifier: Apache-2.0
"""What davit takes a case for: changed so, and asked of the Go implementation again, it must have davit's answer."""
import collections
import copy
import json
import re

from specs import HOST, PATHS, all_edits, clean, definitions, edits_of, host_path, is_bind, loadable, members, own_nodes, specs_of

Rewrite = collections.namedtuple("Rewrite", "id reason change")  # change(case, Go's answer, davit's): whether there was something to change

# What the implementation up to 1.1.0 reads where a text is wanted; the later one keeps the letters.
READ_AS = {"010": "8", "0x10": "16", "1_000": "1000", "1e3": "1000", "1.50": "1.5", "yes": "true", "n": "false", "on": "true", "0o17": "15", "+3": "3", ".5": "0.5"}
NOTHING = ({"plain": "null"}, {"plain": "~"})
NO_TEXTS = {"major", "minor", "fileMode", "uid", "gid", "timeout", "additionalGids", "enableMonitoring", "enableCMT", "enableMBM"}
ASIDE = "-overridden"


def each(change):
    """Of all edits of all specs."""
    return lambda case, _go, _davit: sum([change(edits) for edits in edits_of(case)]) > 0


# ---- files


def leave_out_broken(case, go, davit):
    """Go cannot be made to refuse a file, so it does not get it."""
    for name in davit["broken"]:
        directory, file = name.split("/")
        case["dirs"][int(directory)].pop(file, None)
    return bool(set(davit["broken"]) - set(go.get("broken", {})))


def read_plainly(value):
    changed = False
    for key, child in list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()):
        if child in NOTHING:
            value[key] = None
        elif key in NO_TEXTS:
            continue
        elif isinstance(child, dict) and set(child) == {"plain"}:
            value[key] = READ_AS.get(child["plain"], child["plain"])
            changed = changed or child["plain"] in READ_AS
        elif isinstance(child, (int, float)):
            value[key] = json.dumps(child)
        else:
            changed = read_plainly(child) or changed
    return changed


def change_plain(case, _go, _davit):
    return sum([read_plainly(spec) for spec in specs_of(case)]) > 0


def leave_out_old_rdt(case):
    """Go refuses what was part of older versions; intended.with_old_rdt() adds it to the answer."""
    changed = False
    for spec in specs_of(case):
        for edits in all_edits(spec) if spec.get("cdiVersion") != "1.1.0" else ():
            rdt = edits.get("intelRdt")
            for key in ("enableCMT", "enableMBM") if isinstance(rdt, dict) else ():
                changed = rdt.pop(key, None) is not None or changed
    return changed


# ---- edits


def change_numbers(edits):
    changed = False
    for node in members(edits, "deviceNodes"):
        numbers = HOST.get(host_path(node))
        if numbers and (node.get("major") or node.get("type") == "u") and node.get("type") != "p":
            changed = changed or (node.get("major"), node.get("minor")) != numbers
            node["major"], node["minor"] = numbers
    return changed


def change_mounts(case, _go, _davit):
    changed = False
    for spec in specs_of(case):
        for mount in (mount for edits in all_edits(spec) for mount in members(edits, "mounts")):
            options = mount.get("options") or []
            if mount.get("type") not in (None, "", "bind"):
                continue
            changed = changed or mount.get("type") != "bind" or not {"bind", "rbind"} & set(map(str, options))
            mount["type"] = "bind"
            mount["options"] = options if "bind" in options or "rbind" in options else options + ["rbind"]
            if spec.get("cdiVersion") == "0.3.0":
                spec["cdiVersion"] = "0.4.0"  # which brought the type
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
    for key, names in PATHS.items():
        for entry in members(edits, key):
            for name in names:
                cleaned = clean(entry.get(name))
                if (key, name) == ("mounts", "hostPath") and not is_bind(entry):
                    continue  # of another file system it is no path
                if isinstance(cleaned, str) and cleaned != entry[name]:
                    entry[name] = cleaned
                    changed = True
    return changed


def change_stages(edits):
    stages = edits.get("hooks")
    if not isinstance(stages, dict):
        return False
    edits["hooks"] = [{**hook, "hookName": stage} for stage in stages for hook in members(stages, stage)]
    return True


# ---- devices


def put_aside_overridden(case, _go, _davit):
    """What contradicts itself in one directory and is said once in a later one gets another name in the former."""
    names = {f"{spec.get('kind')}={entry.get('name')}" for files in case["dirs"] for spec in loadable(files) for entry in members(spec, "devices")}
    changed = False
    for name in sorted(names):
        found = [entries for entries in definitions(case, name) if entries]
        if len(found) < 2 or len(found[-1]) > 1 or max(map(len, found)) < 2:
            continue
        for _, entry in (definition for entries in found[:-1] for definition in entries):
            entry["name"] += ASIDE
        changed = True
    return changed


def natural(name):
    """As davit counts: numbers first, then names with their digits by value."""
    device = name.split("=", 1)[1]
    is_number = device.isascii() and device.isdigit() and (device == "0" or device[0] != "0")
    return not is_number, [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"[0-9]+|[^0-9]", device)]


def spell_out(word):
    """All devices of the kind, each once, where none has the word for its name."""
    return lambda case, _go, davit: put_all_for(word, case, davit)


def put_all_for(word, case, davit):
    wanted = []
    for name in case["devices"]:
        kind, device = name.split("=", 1)
        devices = sorted((other for other in davit["devices"] if other.startswith(kind + "=")), key=natural)
        if device != word or any(definitions(case, name)) or not devices:
            wanted.append(name)
            continue
        seen = []
        for device in devices:
            nodes = own_nodes(case, device)
            if not nodes or nodes not in seen:
                wanted.append(device)
                seen.append(nodes)
    changed, case["devices"] = wanted != case["devices"], wanted
    return changed


def ask_once(case, _go, _davit):
    once = list(dict.fromkeys(case["devices"]))
    changed, case["devices"] = once != case["devices"], once
    return changed


def ask_by_kind(case, _go, _davit):
    kinds = list(dict.fromkeys(name.split("=", 1)[0] for name in case["devices"]))
    ordered = sorted(case["devices"], key=lambda name: kinds.index(name.split("=", 1)[0]))
    changed, case["devices"] = ordered != case["devices"], ordered
    return changed


REWRITES = [
    Rewrite("refused-file", "a file that davit refuses defines nothing: see the entry of that", leave_out_broken),
    Rewrite("plain-scalar", "a plain 010 or yes where a text is wanted is read as up to Go's 1.1.0, with a warning", change_plain),
    Rewrite("hooks-by-stage", "hooks as a mapping of stages, as a bundle builder's files have them, are read with a warning", each(change_stages)),
    Rewrite("clean-paths", "a path is written without doubled slashes and one behind, so that one place has one name", each(change_paths)),
    Rewrite("host-numbers", "the numbers of a node that the host has are the host's, and u is c: a spec is as old as it is", each(change_numbers)),
    Rewrite("bind-default", "a mount without a type is a bind mount: runtimes fail on one without", change_mounts),
    Rewrite("mode-bits", "a mode has twelve bits: those of the kind of file are the type's", each(change_modes)),
    Rewrite("permission-letters", "the same letters in one order, each once", each(change_permissions)),
    Rewrite("override", "what a later directory says once is clear, whatever the earlier ones say", put_aside_overridden),
    Rewrite("all-devices", "all means every device of the kind where no spec has a device of that name", spell_out("all")),
    Rewrite("glob", "a name may be a pattern", spell_out("*")),
    Rewrite("asked-twice", "a device asked for twice is put in once", ask_once),
    Rewrite("kinds-in-order", "devices of one kind are one request: kinds come in the order in which they are asked for first", ask_by_kind),
]


def rewrite(case, go, davit):
    """The case as davit takes it, what Go can be asked of that, and the ids of what changed something."""
    taken = copy.deepcopy(case)
    ids = [entry.id for entry in REWRITES if entry.change(taken, go, davit)]
    asked = copy.deepcopy(taken)
    return taken, asked, ids + (["rdt-of-old"] if leave_out_old_rdt(asked) else [])
