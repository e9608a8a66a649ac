# ns_warnings(target): nsim's own code is compiled with all warnings as errors; third-party code is not.
function(ns_warnings target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
      -Wpointer-arith -Wundef -Wvla -Wno-unused-parameter -Wno-missing-field-initializers>)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE NSIM_VERSION="${PROJECT_VERSION}")
endfunction()

# ns_module(NAME DEPENDS lib...): all of src/NAME/*.c as the static library ns_NAME.
# A header is included by its path from src/: #include "sim/sim.h".
function(ns_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
  if(NOT sources)
    add_library(ns_${name} INTERFACE)
    target_include_directories(ns_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(ns_${name} INTERFACE ${arg_DEPENDS})
    return()
  endif()
  add_library(ns_${name} STATIC ${sources})
  target_include_directories(ns_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(ns_${name} PUBLIC ${arg_DEPENDS} m)
  ns_warnings(ns_${name})
endfunction()
