# The default machine profile, profiles/default/*.json, as it is.
file(GLOB profile_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/profiles/default/*.json)
ns_embed(profile_sources ns_profile_data model/profile_builtin.h "const ns_profile_part ns_profile_builtin[]"
  ${profile_files})
add_library(ns_profiles STATIC ${profile_sources})
target_include_directories(ns_profiles PUBLIC ${CMAKE_SOURCE_DIR}/src)

# The tool that measures what the kernel decides of it; built on request only.
add_executable(measure-machine EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/measure-machine.c)
ns_warnings(measure-machine)
