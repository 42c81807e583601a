# SPDX-License-Identifier: Apache-2.0
# What is installed where, by component: `davit`, `libdavit0`, `davit-dev`, and `davit-plugin-NAME` for each plugin (plugins/CMakeLists.txt).
# A component is a Debian package (package.cmake). Nothing installed holds an absolute path of the build.
include(CMakePackageConfigHelpers)

set(DAVIT_BASH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/bash-completion/completions CACHE STRING "Below the prefix")
set(DAVIT_ZSH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Below the prefix")
set(DAVIT_FISH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d CACHE STRING "Below the prefix")

# ---- davit: the command (its man pages: docs/CMakeLists.txt) --------------------------------------
install(TARGETS davit RUNTIME COMPONENT davit)
install(FILES completions/davit.bash DESTINATION ${DAVIT_BASH_COMPLETION_DIR} RENAME davit COMPONENT davit)
install(FILES completions/_davit DESTINATION ${DAVIT_ZSH_COMPLETION_DIR} COMPONENT davit)
install(FILES completions/davit.fish DESTINATION ${DAVIT_FISH_COMPLETION_DIR} COMPONENT davit)

# ---- libdavit0: the library, whose link without a number is for the linker ------------------------
install(TARGETS libdavit LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libdavit0 NAMELINK_COMPONENT davit-dev)

# ---- davit-dev: what plugins and users of the library are built against ----------------------------------------------------
set(header ${PROJECT_SOURCE_DIR}/core/include/davit/plugin.h)
foreach(part MAJOR MINOR)
  file(STRINGS ${header} line REGEX "^#define DAVIT_ABI_${part} ")
  string(REGEX REPLACE "^#define DAVIT_ABI_${part} +([0-9]+)u?$" "\\1" DAVIT_ABI_${part} "${line}")
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/davit)
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH DAVIT_PC_UP /${pc_dir} /)
string(REGEX REPLACE "/$" "" DAVIT_PC_UP "${DAVIT_PC_UP}")

configure_package_config_file(cmake/davitConfig.cmake.in ${PROJECT_BINARY_DIR}/davitConfig.cmake
  INSTALL_DESTINATION ${config_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR DAVIT_PLUGIN_DIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/davitConfigVersion.cmake COMPATIBILITY SameMajorVersion)
configure_file(cmake/davit-plugin.pc.in ${PROJECT_BINARY_DIR}/davit-plugin.pc @ONLY)
configure_file(cmake/davit.pc.in ${PROJECT_BINARY_DIR}/davit.pc @ONLY)

install(FILES ${header} core/include/davit/davit.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/davit COMPONENT davit-dev)
install(FILES ${PROJECT_BINARY_DIR}/davitConfig.cmake ${PROJECT_BINARY_DIR}/davitConfigVersion.cmake
  cmake/davitPlugin.cmake cmake/davit-plugin.map DESTINATION ${config_dir} COMPONENT davit-dev)
install(FILES ${PROJECT_BINARY_DIR}/davit-plugin.pc ${PROJECT_BINARY_DIR}/davit.pc DESTINATION ${pc_dir} COMPONENT davit-dev)
