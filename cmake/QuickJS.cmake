# The engine: the pristine source, patched into the build folder (tools/patch-quickjs).
set(quickjs_dir ${CMAKE_BINARY_DIR}/quickjs)
set(quickjs_patch ${CMAKE_SOURCE_DIR}/src/engine/quickjs)
file(GLOB quickjs_additions CONFIGURE_DEPENDS ${quickjs_patch}/*)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(quickjs_files quickjs.c libregexp.c libunicode.c cutils.c dtoa.c)
list(TRANSFORM quickjs_files PREPEND ${quickjs_dir}/ OUTPUT_VARIABLE quickjs_sources)
add_custom_command(
  OUTPUT ${quickjs_dir}/stamp
  BYPRODUCTS ${quickjs_sources}
  COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/patch-quickjs ${NSIM_QUICKJS_SOURCE_DIR} ${quickjs_dir} ${quickjs_patch}
  COMMAND ${CMAKE_COMMAND} -E touch ${quickjs_dir}/stamp
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/patch-quickjs ${quickjs_additions}
  COMMENT "Patching QuickJS"
  VERBATIM)
add_custom_target(ns_quickjs_patched DEPENDS ${quickjs_dir}/stamp)
add_library(ns_quickjs STATIC ${quickjs_sources})
add_dependencies(ns_quickjs ns_quickjs_patched)
target_include_directories(ns_quickjs SYSTEM PUBLIC ${quickjs_dir})
target_include_directories(ns_quickjs PRIVATE ${CMAKE_SOURCE_DIR}/src ${quickjs_patch})
target_compile_definitions(ns_quickjs PRIVATE _GNU_SOURCE CONFIG_VERSION="2025-04-26")
# The engine's own warnings are its authors'; an argument of the wrong type is an error of the patch.
target_compile_options(ns_quickjs PRIVATE
  -Wno-all -Wno-extra -Werror=int-conversion -Werror=incompatible-pointer-types -Werror=implicit-function-declaration)
target_link_libraries(ns_quickjs PUBLIC ns_base m)
if(NSIM_SANITIZE STREQUAL "undefined")
  # The engine's own casts and shifts are not nsim's to judge.
  target_compile_options(ns_quickjs PRIVATE -fno-sanitize=all)
endif()
