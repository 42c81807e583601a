# SPDX-License-Identifier: Apache-2.0
"""Looking into the specs of a case, which may be anything that JSON can hold."""
import re

HOST = {"/dev/null": (1, 3), "/dev/zero": (1, 5), "/dev/full": (1, 7), "/dev/random": (1, 8), "/dev/urandom": (1, 9)}
THERE = {*HOST, "/usr", "/etc", "/", "/usr/bin/env"}  # all that cases name and every host has
PATHS = {"deviceNodes": ("path", "hostPath"), "mounts": ("hostPath", "containerPath"), "hooks": ("path",)}


def members(value, key):
    """The mappings of the list under that key."""
    items = value.get(key) if isinstance(value, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def all_edits(spec):
    places = [spec, *members(spec, "devices")] if isinstance(spec, dict) else []
    return [place["containerEdits"] for place in places if isinstance(place.get("containerEdits"), dict)]


def clean(path):
    """"" stays what it is; what is no text has no path."""
    if not isinstance(path, str) or not path:
        return "" if path == "" else None
    return re.sub(r"/+", "/", re.sub(r"(/\.)+(?=/|$)", "", path)).rstrip("/") or "/"


def host_path(node):
    return clean(node.get("hostPath") or node.get("path"))


def is_bind(mount):
    return mount.get("type") in (None, "", "bind") or bool({"bind", "rbind"} & set(map(str, mount.get("options") or [])))


def has_user_namespace(case):
    return {"type": "user"} in case["config"].get("linux", {}).get("namespaces", [])


def loadable(files):
    """The specs of a directory that both read; other names are no spec's."""
    return [spec for name, spec in files.items() if name.endswith((".yaml", ".json")) and isinstance(spec, dict)]


def specs_of(case):
    return [spec for files in case["dirs"] for spec in loadable(files)]


def edits_of(case):
    return [edits for spec in specs_of(case) for edits in all_edits(spec)]


def definitions(case, name):
    """For each directory, the (spec, device) that are called so."""
    kind, device = name.split("=", 1)
    return [
        [(spec, entry) for spec in loadable(files) if spec.get("kind") == kind for entry in members(spec, "devices") if entry.get("name") == device]
        for files in case["dirs"]
    ]


def definition(case, name):
    """(spec, device) of the last directory that has any; None: nothing, or a contradiction."""
    found = next((found for found in reversed(definitions(case, name)) if found), [])
    return found[0] if len(found) == 1 else None


def requested_edits(case):
    """(kind, edits) of the devices asked for, in order, those of each file first."""
    seen = []
    for name in dict.fromkeys(case["devices"]):
        for place in definition(case, name) or ():
            edits = place.get("containerEdits")
            if isinstance(edits, dict) and not any(edits is other for _, other in seen):
                seen.append((name.split("=", 1)[0], edits))
    return seen


def requested(case, key):
    """The entries of one kind that the devices asked for have, in order."""
    return [entry for _, edits in requested_edits(case) for entry in members(edits, key)]


def own_nodes(case, name):
    """The host's paths of a device's own nodes."""
    found = definition(case, name)
    return {host_path(node) for node in members(found[1].get("containerEdits"), "deviceNodes")} if found else set()
