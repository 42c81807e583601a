/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "nvidia/capability.h"

/* Sorted by stem. */
static const struct catalogue_library libraries[] = {
    {"libEGL_nvidia", GRAPHICS, {".0"}, false},
    {"libGLESv1_CM_nvidia", GRAPHICS, {".1"}, false},
    {"libGLESv2_nvidia", GRAPHICS, {".2"}, false},
    {"libGLX_nvidia", GRAPHICS, {".0", "libGLX_indirect.so.0"}, false},
    {"libcuda", COMPUTE, {".1", ""}, false},
    {"libcudadebugger", COMPUTE, {".1"}, false},
    {"libnvcuvid", VIDEO, {".1"}, false},
    {"libnvidia-allocator", COMPUTE | GRAPHICS, {".1", "gbm/nvidia-drm_gbm.so"}, false},
    {"libnvidia-cbl", GRAPHICS, {NULL}, false},
    {"libnvidia-cfg", UTILITY, {".1"}, false},
    {"libnvidia-compiler", COMPUTE, {NULL}, false},
    {"libnvidia-egl-gbm", GRAPHICS, {".1"}, true},
    {"libnvidia-egl-wayland", GRAPHICS, {".1"}, true},
    {"libnvidia-egl-wayland2", GRAPHICS, {".1"}, true},
    {"libnvidia-egl-xcb", GRAPHICS, {".1"}, true},
    {"libnvidia-egl-xlib", GRAPHICS, {".1"}, true},
    {"libnvidia-eglcore", GRAPHICS, {NULL}, false},
    {"libnvidia-encode", VIDEO, {".1"}, false},
    {"libnvidia-fatbinaryloader", COMPUTE, {NULL}, false},
    {"libnvidia-fbc", GRAPHICS, {".1"}, false},
    {"libnvidia-glcore", GRAPHICS, {NULL}, false},
    {"libnvidia-glsi", GRAPHICS, {NULL}, false},
    {"libnvidia-glvkspirv", GRAPHICS, {NULL}, false},
    {"libnvidia-gpucomp", COMPUTE | GRAPHICS | VIDEO, {NULL}, false},
    {"libnvidia-ifr", GRAPHICS, {".1"}, false},
    {"libnvidia-ml", UTILITY, {".1"}, false},
    {"libnvidia-ngx", NGX, {".1"}, false},
    {"libnvidia-nscq", UTILITY, {".2"}, false},
    {"libnvidia-nvvm", COMPUTE, {".4"}, false},
    {"libnvidia-nvvm70", COMPUTE, {".4"}, true},
    {"libnvidia-opencl", COMPUTE, {".1"}, false},
    {"libnvidia-opticalflow", VIDEO, {".1", ""}, false},
    {"libnvidia-pkcs11", COMPUTE, {NULL}, false},
    {"libnvidia-pkcs11-openssl3", COMPUTE, {NULL}, false},
    {"libnvidia-ptxjitcompiler", COMPUTE, {".1"}, false},
    {"libnvidia-rtcore", GRAPHICS, {NULL}, false},
    {"libnvidia-tileiras", COMPUTE, {NULL}, false},
    {"libnvidia-tls", GRAPHICS, {NULL}, false},
    {"libnvidia-vulkan-producer", GRAPHICS, {""}, false},
    {"libnvoptix", GRAPHICS, {".1"}, false},
    {"libvdpau_nvidia", VIDEO, {".1"}, false},
};

struct stem {
  const char *text;
  size_t length;
};

static int compare_stem(const void *key, const void *library) {
  const struct stem *stem = key;
  const char *other = ((const struct catalogue_library *)library)->stem;
  int order = strncmp(stem->text, other, stem->length);
  return order ? order : -(other[stem->length] != '\0');
}

const struct catalogue_library *catalogue_find(const char *stem, size_t length) {
  const struct stem key = {stem, length};
  return bsearch(&key, libraries, sizeof(libraries) / sizeof(libraries[0]), sizeof(libraries[0]),
                 compare_stem);
}

const struct catalogue_file catalogue_programs[] = {
    {"nvidia-smi", UTILITY},
    {"nvidia-debugdump", UTILITY},
    {"nvidia-persistenced", UTILITY},
    {"nvidia-cuda-mps-control", COMPUTE},
    {"nvidia-cuda-mps-server", COMPUTE},
    {"nvidia-imex", COMPUTE},
    {"nvidia-imex-ctl", COMPUTE},
    {"nvidia-xconfig", DISPLAY},
    {NULL, 0},
};

const struct catalogue_file catalogue_etc[] = {
    {"OpenCL/vendors/nvidia.icd", COMPUTE},
    {"vulkan/icd.d/nvidia_icd.json", GRAPHICS},
    {"vulkan/icd.d/nvidia_icd.x86_64.json", GRAPHICS},
    {"vulkan/icd.d/nvidia_layers.json", GRAPHICS},
    {"vulkan/implicit_layer.d/nvidia_layers.json", GRAPHICS},
    {NULL, 0},
};

const struct catalogue_file catalogue_share[] = {
    {"glvnd/egl_vendor.d/10_nvidia.json", GRAPHICS},
    {"egl/egl_external_platform.d/15_nvidia_gbm.json", GRAPHICS},
    {"egl/egl_external_platform.d/10_nvidia_wayland.json", GRAPHICS},
    {"egl/egl_external_platform.d/09_nvidia_wayland2.json", GRAPHICS},
    {"egl/egl_external_platform.d/20_nvidia_xcb.json", GRAPHICS},
    {"egl/egl_external_platform.d/20_nvidia_xlib.json", GRAPHICS},
    {"nvidia/nvoptix.bin", GRAPHICS},
    {"X11/xorg.conf.d/10-nvidia.conf", DISPLAY},
    {"X11/xorg.conf.d/nvidia-drm-outputclass.conf", DISPLAY},
    {NULL, 0},
};
