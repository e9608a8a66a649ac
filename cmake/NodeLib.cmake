# Node's lib/*.js, compiled to bytecode by the very engine that runs it, and embedded.
set(nodelib_dir ${CMAKE_BINARY_DIR}/nodelib)
file(MAKE_DIRECTORY ${nodelib_dir})
file(GLOB_RECURSE nodelib_js CONFIGURE_DEPENDS ${NSIM_NODE_SOURCE_DIR}/lib/*.js)
set(nodelib_acorn ${NSIM_ACORN_SOURCE_DIR}/usr/share/nodejs/acorn/dist/acorn.js)
set(nodelib_walk ${NSIM_ACORN_SOURCE_DIR}/usr/share/nodejs/acorn-walk/dist/walk.js)
set(nodelib_lexer ${NSIM_LEXER_SOURCE_DIR}/usr/share/nodejs/cjs-module-lexer/lexer.js)
add_executable(compile-lib tools/compile-lib.c)
target_link_libraries(compile-lib PRIVATE ns_quickjs)
ns_warnings(compile-lib)
add_custom_command(
  OUTPUT ${nodelib_dir}/nodelib.c ${nodelib_dir}/nodelib.bin
  COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0
    $<TARGET_FILE:compile-lib> ${NSIM_NODE_SOURCE_DIR}/lib ${nodelib_dir}
    internal/deps/acorn/acorn/dist/acorn=${nodelib_acorn}
    internal/deps/acorn/acorn-walk/dist/walk=${nodelib_walk}
    internal/deps/cjs-module-lexer/lexer=${nodelib_lexer}
  DEPENDS compile-lib ${nodelib_js} ${nodelib_acorn} ${nodelib_walk} ${nodelib_lexer}
  COMMENT "Compiling Node's core library to bytecode"
  VERBATIM)
file(WRITE ${nodelib_dir}/data.S.in [[
    .section .rodata
    .global ns_builtin_data
    .balign 16
ns_builtin_data:
    .incbin "@nodelib_dir@/nodelib.bin"
    .section .note.GNU-stack,"",%progbits
]])
configure_file(${nodelib_dir}/data.S.in ${nodelib_dir}/data.S @ONLY)
set_source_files_properties(${nodelib_dir}/data.S PROPERTIES OBJECT_DEPENDS ${nodelib_dir}/nodelib.bin)
add_library(ns_nodelib STATIC ${nodelib_dir}/nodelib.c ${nodelib_dir}/data.S)
target_include_directories(ns_nodelib PUBLIC ${CMAKE_SOURCE_DIR}/src)
