# SPDX-License-Identifier: Apache-2.0
# davit_add_plugin(NAME SOURCE...): a davit plugin, NAME.so, that exports davit_plugin_entry and nothing else.
# Installed with the header, and used for the plugins in davit's own tree.
function(davit_add_plugin name)
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/davit-plugin.map)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    SKIP_BUILD_RPATH ON SKIP_INSTALL_RPATH ON # opened by descriptor: $ORIGIN would not resolve
    LINK_DEPENDS ${map})
  target_link_options(${name} PRIVATE -Wl,--version-script=${map})
  if(TARGET davit::plugin_api)
    target_link_libraries(${name} PRIVATE davit::plugin_api)
    target_link_options(${name} PRIVATE -Wl,-z,defs -Wl,-z,relro,-z,now,-z,noexecstack)
  endif()
endfunction()
