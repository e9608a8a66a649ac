# Third-party sources that no -dev package carries: QuickJS, Node's own lib/ and C libraries, Ada.
# They come from Debian's source packages, are pinned by sha256, and are kept in a cache outside the
# tree. -DNSIM_QUICKJS_SOURCE=DIR and its like name local copies. Acorn and cjs-module-lexer, which Debian
# leaves out of Node's source, are in packages of their own.
set(NSIM_QUICKJS_SOURCE "" CACHE PATH "unpacked QuickJS 2025-04-26 source")
set(NSIM_NODE_SOURCE "" CACHE PATH "unpacked Node.js 20.19.2 source")
set(NSIM_ADA_SOURCE "" CACHE PATH "unpacked Ada 2.9.2 source")
set(NSIM_ACORN_SOURCE "" CACHE PATH "unpacked package node-acorn 8.8.1")
set(NSIM_LEXER_SOURCE "" CACHE PATH "unpacked package node-cjs-module-lexer 1.2.3")

function(ns_source variable tree probe)
  if(${variable})
    set(dir ${${variable}})
  else()
    execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/fetch-sources ${tree}
      OUTPUT_VARIABLE dir OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "cannot fetch the source of ${tree}; name a local copy with -D${variable}=DIR")
    endif()
  endif()
  if(NOT EXISTS ${dir}/${probe})
    message(FATAL_ERROR "${variable}: ${dir} is not the source of ${tree}: ${probe} is missing")
  endif()
  set(${variable}_DIR ${dir} PARENT_SCOPE)
endfunction()

ns_source(NSIM_QUICKJS_SOURCE quickjs quickjs.c)
ns_source(NSIM_NODE_SOURCE nodejs lib/internal/bootstrap/node.js)
ns_source(NSIM_ADA_SOURCE ada src/ada.cpp)
ns_source(NSIM_ACORN_SOURCE acorn usr/share/nodejs/acorn/dist/acorn.js)
ns_source(NSIM_LEXER_SOURCE cjs-module-lexer usr/share/nodejs/cjs-module-lexer/lexer.js)
