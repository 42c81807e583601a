# SPDX-License-Identifier: Apache-2.0
# `cpack -G DEB` in the release preset: davit, libdavit0, davit-dev and one package for each plugin. With SOURCE_DATE_EPOCH set the
# same tree gives the same bytes.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME davit)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # would stand above that of each package
set(CPACK_PACKAGE_VENDOR "The davit authors")
set(CPACK_PACKAGE_CONTACT "The davit authors <davit@example.org>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# The changelog that Debian's policy asks for in each package.
find_program(GZIP gzip REQUIRED)
set(changelog ${PROJECT_BINARY_DIR}/changelog.gz)
configure_file(cmake/package/changelog.in ${PROJECT_BINARY_DIR}/changelog @ONLY)
add_custom_command(OUTPUT ${changelog} DEPENDS ${PROJECT_BINARY_DIR}/changelog VERBATIM
  COMMAND ${GZIP} -9nc ${PROJECT_BINARY_DIR}/changelog > ${changelog})
add_custom_target(debian-changelog ALL DEPENDS ${changelog})
install(FILES CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/davit COMPONENT davit)

# package(COMPONENT SECTION SUMMARY TEXT): a component and the words of its package.
macro(package component section summary text)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  string(TOUPPER ${component} key)
  set(CPACK_DEBIAN_${key}_PACKAGE_NAME ${component})
  set(CPACK_DEBIAN_${key}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${key}_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_${key}_DESCRIPTION "${summary}\n${text}")
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/package/copyright ${changelog}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${component} COMPONENT ${component} EXCLUDE_FROM_ALL)
endmacro()

set(CPACK_COMPONENTS_ALL "")
package(davit admin "put exactly the asked GPUs into OCI containers"
"Turns a service definition into an OCI bundle that runc and crun run as it is,
with the device nodes, cgroup rules and files of the GPUs asked for, and no
others. Support for each vendor is in a package of its own.")
package(libdavit0 libs "OCI bundles with exactly the asked GPUs, as a library"
"What the davit command does, for programs: renders a service definition to
config.json in memory, writes bundles, adds devices to a config.json, and says
where each entry comes from. Support for each vendor is in a package of its own.")
set(CPACK_DEBIAN_LIBDAVIT0_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/cmake/package/triggers ${PROJECT_SOURCE_DIR}/cmake/package/shlibs)
package(davit-dev libdevel "headers and CMake files of davit's library and plugins"
"What a program that uses libdavit and what a device plugin is built against: a
C header each, a CMake package with davit::davit and davit_add_plugin(), and
pkg-config files.")
set(CPACK_DEBIAN_DAVIT-DEV_PACKAGE_DEPENDS "libdavit0 (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DAVIT-DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DAVIT-DEV_PACKAGE_SUGGESTS "davit (= ${PROJECT_VERSION})")

get_property(plugins GLOBAL PROPERTY DAVIT_PLUGINS)
foreach(name ${plugins})
  get_property(title GLOBAL PROPERTY DAVIT_PLUGIN_TITLE_${name})
  package(davit-plugin-${name} admin "OCI container devices: ${title}"
"A device plugin of davit. It finds ${title}
and says what a container needs to use them.")
  string(TOUPPER davit-plugin-${name} key)
  set(CPACK_DEBIAN_${key}_PACKAGE_DEPENDS "davit (= ${PROJECT_VERSION})")
  list(APPEND recommended davit-plugin-${name})
endforeach()
list(JOIN recommended ", " CPACK_DEBIAN_DAVIT_PACKAGE_RECOMMENDS)

include(CPack)
