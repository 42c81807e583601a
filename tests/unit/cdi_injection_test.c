/* SPDX-License-Identifier: Apache-2.0 */
/* What the edits of CDI specs make of a config: the rows I1 to I31 and M1 to M3 of the report on
 * the reference implementation. A row says SAME where davit does what that does, else why it does
 * not. Whatever was injected is injected once more, which must change nothing. */
#include <sys/socket.h>
#include <sys/un.h>

#include "cdi_rig.h"

struct row {
  const char *id;
  const char *better; /* SAME, or BETTER with the reason */
  const char *config;
  const char *edits;    /* of the device d */
  const char *expected; /* NULL: refused, and nothing is written */
  const char *says;     /* in the problems, or in the warnings if there is a config */
  const char *global;   /* edits of the file */
  const char *second;   /* edits of a device e, which is asked for behind d */
};

#define NULL_NODE "{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 1, \"minor\": 3"
#define NULL_RULE(access) \
  "{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 3, \"access\": \"" access "\"}"
#define RULES(list)   "\"resources\": {\"devices\": [" list "]}"
#define DEVICES(list) "\"devices\": [" list "]"
#define LINUX(...)    "{\"linux\": {" __VA_ARGS__ "}}"

/* The whole of what /dev/null brings. */
#define WITH_NULL LINUX(RULES(NULL_RULE("rwm")) ", " DEVICES(NULL_NODE ", \"fileMode\": 438}"))

#define BIND(at)            \
  "{\"destination\": \"" at \
  "\", \"type\": \"bind\", \"source\": \"/lib\", \"options\": [\"ro\", \"bind\"]}"
#define MOUNT_AT(at) \
  "mounts: [{hostPath: /lib, containerPath: " at ", type: bind, options: [ro, bind]}]"
#define OLD(at, from) "{\"destination\": \"" at "\", \"source\": \"" from "\"}"
#define MOUNTS(list)  "{\"mounts\": [" list "]}"

#define USER_NS(version, more)                                                                    \
  "{\"ociVersion\": \"" version "\", " more "\"linux\": {\"uidMappings\": [{\"containerID\": 0, " \
  "\"hostID\": 100000, \"size\": 65536}], \"namespaces\": [{\"type\": \"user\"}]}}"
#define MAPPED(type, options)                                     \
  USER_NS("1.0.2", "\"mounts\": [{\"destination\": \"/b\", " type \
                   "\"source\": \"/lib\", \"options\": [" options "]}], ")
#define TYPE_BIND "\"type\": \"bind\", "

static const char in_place[] =
    "an entry that is replaced stays at its place: no more of the config "
    "moves than must";
static const char twin_mounts[] =
    "the last of several is replaced, which is the one that a container sees; destinations are "
    "compared as clean paths, as runtimes take them";
static const char makes_bind[] =
    "runtimes take a mount without type and bind for a file system of no name, and fail with "
    "\"no such device\"";
static const char host_is_right[] =
    "numbers of drivers with dynamic majors change from boot to boot: the host's are used, with a "
    "warning";
static const char of_host_mode[] =
    "a node of another type is another device: refused, with its place";

static const struct row rows[] = {
    {.id = "I1",
     SAME,
     "{}",
     "additionalGids: [0]",
     "{}"}, /* [0] is the least that a device may have */
    {.id = "I2", SAME, "{}", "env: [FOO=BAR]", "{\"process\": {\"env\": [\"FOO=BAR\"]}}"},
    {.id = "I3", SAME, "{}", "env: [FOO=old, FOO=new]", "{\"process\": {\"env\": [\"FOO=new\"]}}"},
    {.id = "I4",
     SAME,
     "{\"process\": {\"env\": [\"FOO=old\", \"BAR=old\"]}}",
     "env: [FOO=new]",
     "{\"process\": {\"env\": [\"FOO=new\", \"BAR=old\"]}}"},
    {.id = "I4",
     SAME,
     "{\"process\": {\"env\": [\"X=0\", \"PATH\", \"X=1\", \"NOEQ\", \"A\"]}}",
     "env: [X=a, A=1]",
     "{\"process\": {\"env\": [\"X=0\", \"PATH\", \"X=a\", \"NOEQ\", \"A=1\"]}}"},
    {.id = "I5", SAME, "{}", "deviceNodes: [{path: /dev/null}]", WITH_NULL},
    {.id = "I6",
     BETTER "no rule at all instead of one with empty access, which says the same and which some "
            "runtimes refuse",
     "{}",
     "deviceNodes: [{path: /dev/nil, type: c, major: 1, minor: 3, permissions: none}]",
     LINUX(DEVICES("{\"path\": \"/dev/nil\", \"type\": \"c\", \"major\": 1, \"minor\": 3}")),
     "/etc/cdi/a.yaml:5"},
    {.id = "I7",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/nil, type: c, major: 1, minor: 3, permissions: ''}]",
     LINUX(RULES(NULL_RULE("rwm")) ", " DEVICES(
         "{\"path\": \"/dev/nil\", \"type\": \"c\", \"major\": 1, \"minor\": 3}"))},
    {.id = "I8",
     SAME,
     "{}",
     "env: [FOO=BAR], deviceNodes: [{path: /dev/null, type: c}]",
     "{\"process\": {\"env\": [\"FOO=BAR\"]}, \"linux\": {" RULES(NULL_RULE("rwm")) ", " DEVICES(
         NULL_NODE ", \"fileMode\": 438}") "}}"},
    {.id = "I9",
     BETTER makes_bind,
     "{}",
     "mounts: [{hostPath: /lib, containerPath: /b}]",
     MOUNTS("{\"destination\": \"/b\", " TYPE_BIND "\"source\": \"/lib\", \"options\": "
            "[\"rbind\"]}")},
    {.id = "I9",
     SAME,
     "{}",
     "mounts: [{hostPath: tmpfs, containerPath: /b, type: tmpfs}]",
     MOUNTS("{\"destination\": \"/b\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}")},
    {.id = "I10",
     SAME,
     "{}",
     "hooks: [{hookName: prestart, path: /bin/hook, args: [hook, a], env: [A=b], timeout: 1},"
     "{hookName: createRuntime, path: /bin/hook}, {hookName: createContainer, path: /bin/hook},"
     "{hookName: startContainer, path: /bin/hook}, {hookName: poststart, path: /bin/hook},"
     "{hookName: poststop, path: /bin/hook}]",
     "{\"hooks\": {\"prestart\": [{\"path\": \"/bin/hook\", \"args\": [\"hook\", \"a\"], \"env\": "
     "[\"A=b\"], \"timeout\": 1}], \"createRuntime\": [{\"path\": \"/bin/hook\"}], "
     "\"createContainer\": [{\"path\": \"/bin/hook\"}], \"startContainer\": [{\"path\": "
     "\"/bin/hook\"}], \"poststart\": [{\"path\": \"/bin/hook\"}], \"poststop\": [{\"path\": "
     "\"/bin/hook\"}]}}"},
    {.id = "I11",
     SAME,
     "{\"ociVersion\": \"1.3.0\"}",
     "intelRdt: {closID: c, l3CacheSchema: l, memBwSchema: m, schemata: [s, t], enableMonitoring: "
     "true}",
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"intelRdt\": {\"closID\": \"c\", \"schemata\": "
     "[\"s\", \"t\"], \"l3CacheSchema\": \"l\", \"memBwSchema\": \"m\", \"enableMonitoring\": "
     "true}}}"},
    {.id = "I12",
     SAME,
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"intelRdt\": {\"closID\": \"clos-1\", "
     "\"l3CacheSchema\": \"l\", \"memBwSchema\": \"m\", \"enableMonitoring\": true}}}",
     "intelRdt: {closID: clos-2, memBwSchema: m2}",
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"intelRdt\": {\"closID\": \"clos-2\", "
     "\"memBwSchema\": \"m2\"}}}"},
    {.id = "I12",
     SAME, /* {} is a group of the container's own with no limits */
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"intelRdt\": {\"closID\": \"clos-1\"}}}",
     "intelRdt: {}",
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"intelRdt\": {}}}"},
    {.id = "I13",
     BETTER "the same entries, and ociVersion becomes the one that brought them: older runtimes "
            "drop them silently",
     "{}",
     "netDevices: [{hostInterfaceName: eno1, name: netdev1}, {hostInterfaceName: eno2, name: "
     "netdev2}]",
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"netDevices\": {\"eno1\": {\"name\": \"netdev1\"}, "
     "\"eno2\": {\"name\": \"netdev2\"}}}}",
     "runtimes that do not know it leave it out silently"},
    {.id = "I14",
     SAME,
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"netDevices\": {\"eno1\": {\"name\": "
     "\"netdev1\"}}}}",
     "netDevices: [{hostInterfaceName: eno1, name: netdev2}, {hostInterfaceName: eno2, name: "
     "netdev1}]",
     "{\"ociVersion\": \"1.3.0\", \"linux\": {\"netDevices\": {\"eno1\": {\"name\": \"netdev2\"}, "
     "\"eno2\": {\"name\": \"netdev1\"}}}}"},
    {.id = "I14",
     BETTER "two interfaces can not have one name: refused, naming both devices",
     "{}",
     "netDevices: [{hostInterfaceName: eno1, name: net0}]",
     NULL,
     "net device eno1: /etc/cdi/a.yaml:5 (plugin cdi, device v.com/c=d) wants",
     .second = "netDevices: [{hostInterfaceName: eno2, name: net0}]"},
    {.id = "I14",
     BETTER "so too if the config has the name",
     "{\"linux\": {\"netDevices\": {\"eno2\": {\"name\": \"net0\"}}}}",
     "netDevices: [{hostInterfaceName: eno1, name: net0}]",
     NULL,
     "config.json"},
    {.id = "I15",
     SAME,
     "{}",
     "additionalGids: [4, 5, 6]",
     "{\"process\": {\"user\": {\"additionalGids\": [4, 5, 6]}}}"},
    {.id = "I16",
     SAME,
     "{\"process\": {\"user\": {\"additionalGids\": [4]}}}",
     "additionalGids: [4, 5]",
     "{\"process\": {\"user\": {\"additionalGids\": [4, 5]}}}"},
    {.id = "I17",
     SAME,
     "{}",
     "additionalGids: [4, 5, 6, 5, 6, 4]",
     "{\"process\": {\"user\": {\"additionalGids\": [4, 5, 6]}}}"},
    {.id = "I18", SAME, "{}", "additionalGids: [0]", "{}"},
    {.id = "I19",
     SAME,
     MOUNTS(OLD("/dest/path/b", "x") ", " OLD("/dest/path/a", "y")),
     MOUNT_AT("/dest/edit"),
     MOUNTS(BIND("/dest/edit") ", " OLD("/dest/path/b", "x") ", " OLD("/dest/path/a", "y"))},
    {.id = "I20",
     SAME,
     MOUNTS(OLD("/x/y/c", "x") ", " OLD("/x/y/b", "y")),
     MOUNT_AT("/x/y/a"),
     MOUNTS(OLD("/x/y/c", "x") ", " OLD("/x/y/b", "y") ", " BIND("/x/y/a"))},
    {.id = "I20",
     BETTER "\"/\" has depth 0 and goes before /a, which it would hide",
     MOUNTS(OLD("/a", "x") ", " OLD("/", "y")),
     MOUNT_AT("/b"),
     MOUNTS(OLD("/", "y") ", " OLD("/a", "x") ", " BIND("/b"))},

    {.id = "I21",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: bind, options: [bind]}]",
     MAPPED(TYPE_BIND, "\"bind\", \"idmap\"")},
    {.id = "I21",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: bind, options: [rbind]}]",
     MAPPED(TYPE_BIND, "\"rbind\", \"ridmap\"")},
    {.id = "I21",
     BETTER "without bind davit makes it an rbind, and so the mapping is recursive",
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: bind}]",
     MAPPED(TYPE_BIND, "\"rbind\", \"ridmap\"")},
    {.id = "I22",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: bind, options: [bind, rbind]}]",
     MAPPED(TYPE_BIND, "\"bind\", \"rbind\", \"ridmap\"")},
    {.id = "I22",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: bind, options: [rbind, bind]}]",
     MAPPED(TYPE_BIND, "\"rbind\", \"bind\", \"idmap\"")},
    {.id = "I22",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: none, options: [rbind]}]",
     MAPPED("\"type\": \"none\", ", "\"rbind\", \"ridmap\"")},
    {.id = "I22",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: bind, options: [idmap, rbind]}]",
     MAPPED(TYPE_BIND, "\"idmap\", \"rbind\"")},
    {.id = "I22",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: bind, options: [rbind, ridmap]}]",
     MAPPED(TYPE_BIND, "\"rbind\", \"ridmap\"")},
    {.id = "I22",
     SAME,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, type: tmpfs, options: [ro]}]",
     MAPPED("\"type\": \"tmpfs\", ", "\"ro\"")},
    {.id = "I22",
     BETTER makes_bind,
     USER_NS("1.0.2", ""),
     "mounts: [{hostPath: /lib, containerPath: /b, options: [ro]}]",
     MAPPED(TYPE_BIND, "\"ro\", \"rbind\", \"ridmap\"")},
    {.id = "I22",
     SAME, /* what the config has is not touched */
     USER_NS("1.0.2", "\"mounts\": [{\"destination\": \"/a\", \"type\": \"bind\", \"options\": "
                      "[\"bind\"]}], "),
     "additionalGids: [0]",
     USER_NS("1.0.2", "\"mounts\": [{\"destination\": \"/a\", \"type\": \"bind\", \"options\": "
                      "[\"bind\"]}], ")},

    {.id = "I23",
     BETTER twin_mounts,
     MOUNTS(OLD("/b", "x") ", " OLD("/b", "y") ", " OLD("/b/", "z")),
     MOUNT_AT("/b"),
     MOUNTS(OLD("/b", "x") ", " OLD("/b", "y") ", " BIND("/b"))},
    {.id = "I23",
     BETTER in_place,
     MOUNTS(OLD("/b", "x") ", " OLD("/a", "y")),
     MOUNT_AT("/b"),
     MOUNTS(BIND("/b") ", " OLD("/a", "y"))},
    {.id = "I24",
     SAME,
     MOUNTS(OLD("/a/b", "x") ", " OLD("/a", "y")),
     "env: [A=b]",
     "{\"process\": {\"env\": [\"A=b\"]}, \"mounts\": [" OLD("/a/b", "x") ", " OLD("/a", "y") "]}"},
    {.id = "I25",
     SAME,
     LINUX(DEVICES("{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 9, \"minor\": 9}, "
                   "{\"path\": \"/dev/zero\", \"type\": \"c\", \"major\": 1, \"minor\": 5}, "
                   "{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 9, \"minor\": 8}, "
                   "{\"path\": \"/dev/full\", \"type\": \"c\", \"major\": 1, \"minor\": 7}")),
     "deviceNodes: [{path: /dev/null}]",
     LINUX(RULES(NULL_RULE("rwm")) ", " DEVICES(
         "{\"path\": \"/dev/zero\", \"type\": \"c\", \"major\": 1, \"minor\": 5}, " NULL_NODE
         ", \"fileMode\": 438}, {\"path\": \"/dev/full\", \"type\": \"c\", \"major\": 1, "
         "\"minor\": 7}"))},
    {.id = "I25",
     BETTER "none of the others stays: runtimes make the node of the first entry with a path",
     LINUX(DEVICES(
         "{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 9, \"minor\": 9}, "
         "{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 9, \"minor\": 8}, " NULL_NODE
         ", \"fileMode\": 438}")),
     "deviceNodes: [{path: /dev/null}]",
     WITH_NULL},

    /* ---- I26: table 4.2 ---- */

    {.id = "I26 missing, complete",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/gone, type: c, major: 5, minor: 1, permissions: r}]",
     LINUX(RULES("{\"allow\": true, \"type\": \"c\", \"major\": 5, \"minor\": 1, \"access\": "
                 "\"r\"}") ", " DEVICES("{\"path\": \"/dev/gone\", \"type\": \"c\", \"major\": 5, "
                                        "\"minor\": 1}")),
     "/dev/gone is no device on this host"},
    {.id = "I26 missing, complete fifo",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/gone, type: p}]",
     LINUX(DEVICES("{\"path\": \"/dev/gone\", \"type\": \"p\"}")),
     "/dev/gone is no device on this host"},
    {.id = "I26 no device, complete",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/dir, type: b, major: 5, minor: 1}]",
     LINUX(RULES("{\"allow\": true, \"type\": \"b\", \"major\": 5, \"minor\": 1, \"access\": "
                 "\"rwm\"}") ", " DEVICES("{\"path\": \"/dev/dir\", \"type\": \"b\", \"major\": 5, "
                                          "\"minor\": 1}")),
     "/dev/dir is no device on this host"},
    {.id = "I26 missing, not complete",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/gone}]",
     NULL,
     "the device node /dev/gone is not there"},
    {.id = "I26 missing, type only",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/gone, type: c}]",
     NULL,
     "the device node /dev/gone is not there"},
    {.id = "I26 missing, numbers only",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/gone, major: 5, minor: 1}]",
     NULL,
     "the device node /dev/gone is not there"},
    {.id = "I26 complete, mode left out",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/null, type: c, major: 1, minor: 3}]",
     WITH_NULL},
    {.id = "I26 complete, other numbers",
     BETTER host_is_right,
     "{}",
     "deviceNodes: [{path: /dev/null, type: c, major: 9, minor: 9}]",
     WITH_NULL,
     "/etc/cdi/a.yaml:5"},
    {.id = "I26 complete, other type",
     BETTER of_host_mode,
     "{}",
     "deviceNodes: [{path: /dev/null, type: b, major: 1, minor: 3}]",
     NULL,
     "the device node /dev/null is of type c, not b"},
    {.id = "I26 type left out",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/disk, fileMode: 384}]",
     LINUX(
         RULES("{\"allow\": true, \"type\": \"b\", \"major\": 8, \"minor\": 0, \"access\": "
               "\"rwm\"}") ", " DEVICES("{\"path\": \"/dev/disk\", \"type\": \"b\", \"major\": 8, "
                                        "\"minor\": 0, \"fileMode\": 384}"))},
    {.id = "I26 other type",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/disk, type: c}]",
     NULL,
     "the device node /dev/disk is of type b, not c"},
    {.id = "I26 type u",
     BETTER "u is c, unbuffered: the node is the same, and needs the same rule",
     "{}",
     "deviceNodes: [{path: /dev/null, type: u}]",
     LINUX(RULES(NULL_RULE("rwm")) ", " DEVICES("{\"path\": \"/dev/null\", \"type\": \"u\", "
                                                "\"major\": 1, \"minor\": 3, \"fileMode\": 438}"))},
    {.id = "I26 fifo",
     BETTER "a fifo has no numbers; the reference writes zeros",
     "{}",
     "deviceNodes: [{path: /dev/fifo, type: p}]",
     LINUX(DEVICES("{\"path\": \"/dev/fifo\", \"type\": \"p\", \"fileMode\": 384}"))},
    {.id = "I26 major left out, minor given",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/null, type: c, minor: 9}]",
     WITH_NULL},
    {.id = "I26 major 0",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/null, major: 0, minor: 9}]",
     WITH_NULL},
    {.id = "I26 numbers without type",
     BETTER host_is_right,
     "{}",
     "deviceNodes: [{path: /dev/null, major: 9, minor: 9}]",
     WITH_NULL,
     "is said to be 9:9, the host has it as 1:3, which is used"},
    {.id = "I26 set-id and sticky bits",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/odd}]",
     LINUX(RULES("{\"allow\": true, \"type\": \"c\", \"major\": 7, \"minor\": 7, \"access\": "
                 "\"rwm\"}") ", " DEVICES("{\"path\": \"/dev/odd\", \"type\": \"c\", \"major\": 7, "
                                          "\"minor\": 7, \"fileMode\": 4013}"))},
    {.id = "I26 mode 0",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/null, fileMode: 0}]",
     LINUX(RULES(NULL_RULE("rwm")) ", " DEVICES(NULL_NODE ", \"fileMode\": 0}"))},
    {.id = "I26 link",
     BETTER "refused as there, and the message names what it leads to",
     "{}",
     "deviceNodes: [{path: /dev/link}]",
     NULL,
     "the device node /dev/link is a link to null"},
    {.id = "I26 link, complete",
     BETTER "it leads to a node of the host, whose numbers and mode are the right ones",
     "{}",
     "deviceNodes: [{path: /dev/link, type: c, major: 1, minor: 3}]",
     LINUX(RULES(NULL_RULE("rwm")) ", " DEVICES("{\"path\": \"/dev/link\", \"type\": \"c\", "
                                                "\"major\": 1, \"minor\": 3, \"fileMode\": 438}"))},
    {.id = "I26 directory",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/dir}]",
     NULL,
     "the device node /dev/dir is not a device node"},
    {.id = "I26 socket",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/socket}]",
     NULL,
     "the device node /dev/socket is not a device node"},
    {.id = "I26 regular file",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/file}]",
     NULL,
     "the device node /dev/file is not a device node"},
    {.id = "I26 hostPath",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/null, hostPath: /dev/disk}]",
     LINUX(
         RULES("{\"allow\": true, \"type\": \"b\", \"major\": 8, \"minor\": 0, \"access\": "
               "\"rwm\"}") ", " DEVICES("{\"path\": \"/dev/null\", \"type\": \"b\", \"major\": 8, "
                                        "\"minor\": 0, \"fileMode\": 432}"))},
    {.id = "I26 path twice",
     SAME,
     "{}",
     "deviceNodes: [{path: /dev/null, fileMode: 1}, {path: /dev/null}]",
     WITH_NULL},
    {.id = "I26 other spelling of a path",
     BETTER "/dev//null is /dev/null",
     "{}",
     "deviceNodes: [{path: /dev//null}]",
     WITH_NULL},
    {.id = "I26 one rule for each access",
     SAME,
     LINUX(RULES("{\"allow\": false, \"access\": \"rwm\"}, " NULL_RULE("r"))),
     "deviceNodes: [{path: /dev/null}]",
     LINUX(RULES("{\"allow\": false, \"access\": \"rwm\"}, " NULL_RULE("r") ", " NULL_RULE(
         "rwm")) ", " DEVICES(NULL_NODE ", \"fileMode\": 438}"))},
    {.id = "I26 rule that is there",
     BETTER "an equal rule is not written again, unless one behind it takes it back",
     LINUX(RULES(NULL_RULE("rwm"))),
     "deviceNodes: [{path: /dev/null}]",
     WITH_NULL},
    {.id = "I26 node of the config",
     SAME,
     LINUX(DEVICES(NULL_NODE ", \"fileMode\": 384, \"uid\": 7}")),
     "deviceNodes: [{path: /dev/null}]",
     WITH_NULL},
    {.id = "I26 replaced node",
     BETTER in_place,
     LINUX(DEVICES("{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 9, \"minor\": 9}, "
                   "{\"path\": \"/dev/zero\", \"type\": \"c\", \"major\": 1, \"minor\": 5}")),
     "deviceNodes: [{path: /dev/null}]",
     LINUX(RULES(NULL_RULE("rwm")) ", " DEVICES(
         NULL_NODE ", \"fileMode\": 438}, {\"path\": \"/dev/zero\", \"type\": \"c\", \"major\": 1, "
                   "\"minor\": 5}"))},

    {.id = "I27",
     SAME,
     "{\"process\": {\"user\": {\"uid\": 1000, \"gid\": 0}}}",
     "deviceNodes: [{path: /dev/null}]",
     "{\"process\": {\"user\": {\"uid\": 1000, \"gid\": 0}}, \"linux\": {" RULES(
         NULL_RULE("rwm")) ", " DEVICES(NULL_NODE ", \"fileMode\": 438, \"uid\": 1000}") "}}"},
    {.id = "I28",
     SAME,
     "{\"process\": {\"user\": {\"uid\": 1000, \"gid\": 1001}}}",
     "deviceNodes: [{path: /dev/null, uid: 0, gid: 5}]",
     "{\"process\": {\"user\": {\"uid\": 1000, \"gid\": 1001}}, \"linux\": {" RULES(
         NULL_RULE("rwm")) ", " DEVICES(NULL_NODE ", \"fileMode\": 438, \"uid\": 0, \"gid\": "
                                                  "5}") "}}"},
    {.id = "I29",
     SAME,
     "{\"hooks\": {\"prestart\": [{\"path\": \"/old\"}]}}",
     "hooks: [{hookName: prestart, path: /bin/hook, timeout: 0}]",
     "{\"hooks\": {\"prestart\": [{\"path\": \"/old\"}, {\"path\": \"/bin/hook\", \"timeout\": "
     "0}]}}"},
    {.id = "I30",
     BETTER "all or nothing: no config is written",
     "{}",
     "env: [FOO=BAR], deviceNodes: [{path: /dev/gone}]",
     NULL,
     "cdi.file-stale /etc/cdi/a.yaml:5:60: devices[0].containerEdits.deviceNodes[0]: "},
    {.id = "I31",
     BETTER "what davit does not know stays as it is, to the digit",
     "{\"x\": {\"big\": 18446744073709551615}, \"process\": {\"new\": [1.50], \"env\": []}}",
     "env: [FOO=BAR]",
     "{\"x\": {\"big\": 18446744073709551615}, \"process\": {\"new\": [1.50], \"env\": "
     "[\"FOO=BAR\"]}}"},

    /* ---- the edits of a file and of its devices ---- */

    {.id = "M1 nothing into nothing", SAME, "{}", "additionalGids: [0]", "{}", .global = ""},
    {.id = "M1 something into nothing",
     SAME,
     "{}",
     "env: [A=b]",
     "{\"process\": {\"env\": [\"A=b\"]}}",
     .global = ""},
    {.id = "M1 nothing into something",
     SAME,
     "{}",
     "additionalGids: [0]",
     "{\"process\": {\"env\": [\"A=b\"]}}",
     .global = "env: [A=b]"},
    {.id = "M2",
     SAME,
     "{\"ociVersion\": \"1.3.0\"}",
     "env: [B=2], deviceNodes: [{path: /dev/null}], intelRdt: {closID: one, memBwSchema: m}",
     "{\"ociVersion\": \"1.3.0\", \"process\": {\"env\": [\"A=1\", \"B=2\", \"C=3\"]}, \"linux\": "
     "{" RULES(NULL_RULE(
         "rwm") ", {\"allow\": true, \"type\": \"b\", \"major\": 8, \"minor\": 0, "
                "\"access\": \"rwm\"}") ", " DEVICES(NULL_NODE ", \"fileMode\": 438}, "
                                                               "{\"path\": \"/dev/disk\", "
                                                               "\"type\": \"b\", \"major\": 8, "
                                                               "\"minor\": 0, \"fileMode\": "
                                                               "432}") ", \"intelRdt\": "
                                                                       "{\"closID\": "
                                                                       "\"two\"}}}",
     .global = "env: [A=1], intelRdt: {l3CacheSchema: l}",
     .second = "env: [C=3], deviceNodes: [{path: /dev/disk}], intelRdt: {closID: two}"},
    {.id = "M3",
     SAME,
     "{}",
     "additionalGids: [0, 5]",
     "{\"process\": {\"user\": {\"additionalGids\": [5, 6, 7]}}}",
     .global = "additionalGids: [5]",
     .second = "additionalGids: [6, 7, 6]"},
};

/* ---- the host ------------------------------------------------------------------------------- */

static struct rig rig;

static void put_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  tree_path(&rig.tree, path, address.sun_path, sizeof(address.sun_path));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
  close(fd);
}

static void begin(void) {
  char buffer[512];
  rig_begin(&rig);
  put_node(&rig, "/dev/null", "1:3");
  put(&rig, "/dev/disk", "b 8:0 0660 0:6\n");
  put(&rig, "/dev/odd", "c 7:7 7655 0:0\n");
  put(&rig, "/dev/file", "text\n");
  put(&rig, "/bin/hook", "");
  tree_dir(&rig.tree, "/dev/dir");
  tree_dir(&rig.tree, "/lib");
  tree_link(&rig.tree, "/dev/link", "null");
  put_socket("/dev/socket");
  ck_assert_int_eq(mkfifo(tree_path(&rig.tree, "/dev/fifo", buffer, sizeof(buffer)), 0600), 0);
}

static void end(void) {
  rig_end(&rig);
}

static void put_spec(const struct row *row) {
  put(&rig, "/etc/cdi/a.yaml",
      arena_printf(&rig.arena,
                   "cdiVersion: 1.1.0\nkind: v.com/c\ncontainerEdits: {%s}\ndevices:\n"
                   "- {name: d, containerEdits: {%s}}\n- {name: e, containerEdits: {%s}}\n",
                   row->global ? row->global : "", row->edits,
                   row->second ? row->second : "additionalGids: [0]"));
}

START_TEST(a_row_is_as_expected) {
  const struct row *row = &rows[_i];
  put_spec(row);
  const char *devices = row->second ? "v.com/c=d,v.com/c=e" : "v.com/c=d";
  struct outcome outcome = inject_devices(&rig, devices, row->config);
  if (!row->expected) {
    ck_assert_msg(!outcome.config, "%s: not refused, but %s", row->id, outcome.config);
    ck_assert_contains(outcome.problems, row->says);
    return;
  }
  ck_assert_msg(outcome.config != NULL, "%s: refused: %s", row->id, outcome.problems);
  const char *expected = compact(&rig.arena, row->expected);
  ck_assert_msg(strcmp(outcome.config, expected) == 0, "%s:\nis     %s\nshould %s", row->id,
                outcome.config, expected);
  if (row->says)
    ck_assert_contains(outcome.messages, row->says);
  outcome = inject_devices(&rig, devices, row->expected);
  ck_assert_msg(outcome.config && strcmp(outcome.config, expected) == 0, "%s, once more:\nis %s",
                row->id, outcome.config ? outcome.config : outcome.problems);
}
END_TEST

/* "I1" to "I31", "M1" to "M3": each at least once. */
START_TEST(no_row_of_the_report_is_left_out) {
  static const struct {
    char letter;
    int count;
  } tables[] = {{'I', 31}, {'M', 3}};
  for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
    for (int number = 1; number <= tables[t].count; number++) {
      const char *id = arena_printf(&rig.arena, "%c%d", tables[t].letter, number);
      bool is_there = false;
      size_t size = strlen(id);
      for (size_t i = 0; i < ARRAY_LEN(rows) && !is_there; i++)
        is_there = strncmp(rows[i].id, id, size) == 0 && strchr(" ", rows[i].id[size]);
      ck_assert_msg(is_there, "there is no row %s", id);
    }
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_injection");
  TCase *tests = tcase_create("cdi_injection");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_loop_test(tests, a_row_is_as_expected, 0, ARRAY_LEN(rows));
  tcase_add_test(tests, no_row_of_the_report_is_left_out);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
