# SPDX-License-Identifier: Apache-2.0
# davit_flags: what every target of davit is compiled and linked with.
include(CheckCCompilerFlag)

add_library(davit_flags INTERFACE)
target_compile_features(davit_flags INTERFACE c_std_17)
target_compile_definitions(davit_flags INTERFACE _GNU_SOURCE)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

target_compile_options(davit_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes
  -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wswitch-enum -Wconversion -Wnull-dereference)
if(DAVIT_WERROR)
  target_compile_options(davit_flags INTERFACE -Werror)
endif()

if(DAVIT_SANITIZE)
  target_compile_options(davit_flags INTERFACE -fsanitize=${DAVIT_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(davit_flags INTERFACE -fsanitize=${DAVIT_SANITIZE})
elseif(DAVIT_HARDENING)
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection)
    string(MAKE_C_IDENTIFIER "DAVIT_HAS${flag}" has)
    check_c_compiler_flag("${flag} -Werror" ${has})
    if(${has})
      target_compile_options(davit_flags INTERFACE ${flag})
    endif()
  endforeach()
  # _FORTIFY_SOURCE needs optimisation; some compilers define it themselves.
  target_compile_options(davit_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
  target_link_options(davit_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(NOT DAVIT_SANITIZE)
  # A sanitizer's run-time is in the program only, so a plugin cannot be complete by itself there.
  target_link_options(davit_flags INTERFACE -Wl,-z,defs -Wl,--as-needed)
endif()
