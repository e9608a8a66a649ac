# Libraries from -dev packages, and the C and C++ libraries that come with Node's source.
find_package(PkgConfig REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlienc libbrotlidec libbrotlicommon)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)

set(hdr ${NSIM_NODE_SOURCE_DIR}/deps/histogram)
add_library(ns_hdr STATIC ${hdr}/src/hdr_histogram.c)
target_include_directories(ns_hdr SYSTEM PUBLIC ${hdr}/include PRIVATE ${hdr}/src)
target_compile_options(ns_hdr PRIVATE -w)

# llhttp's table of methods; its parser has no caller without a network.
add_library(ns_llhttp INTERFACE)
target_include_directories(ns_llhttp SYSTEM INTERFACE ${NSIM_NODE_SOURCE_DIR}/deps/llhttp/include)

# Ada, the WHATWG URL parser that Node 20 uses, through its C interface. One translation unit.
add_library(ns_ada STATIC ${NSIM_ADA_SOURCE_DIR}/src/ada.cpp)
target_include_directories(ns_ada SYSTEM PUBLIC ${NSIM_ADA_SOURCE_DIR}/include PRIVATE ${NSIM_ADA_SOURCE_DIR}/src)
target_compile_options(ns_ada PRIVATE -w -fno-exceptions)
set_target_properties(ns_ada PROPERTIES LINKER_LANGUAGE CXX)
