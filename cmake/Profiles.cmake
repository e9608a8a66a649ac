# The default machine profile, profiles/default/*.json, embedded as it is: a table of (part, text).
set(profiles_dir ${CMAKE_BINARY_DIR}/profiles)
file(GLOB profile_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/profiles/default/*.json)
set(profile_data "    .section .rodata\n")
set(profile_externs "")
set(profile_table "")
foreach(file ${profile_files})
  get_filename_component(part ${file} NAME_WE)
  string(APPEND profile_data
    "    .global ns_profile_data_${part}\nns_profile_data_${part}:\n    .incbin \"${file}\"\n    .byte 0\n")
  string(APPEND profile_externs "extern const char ns_profile_data_${part}[];\n")
  string(APPEND profile_table "    {\"${part}\", ns_profile_data_${part}},\n")
endforeach()
string(APPEND profile_data "    .section .note.GNU-stack,\"\",%progbits\n")
file(CONFIGURE OUTPUT ${profiles_dir}/data.S CONTENT "${profile_data}" @ONLY)
file(CONFIGURE OUTPUT ${profiles_dir}/table.c CONTENT
"#include \"model/profile_builtin.h\"

${profile_externs}
const ns_profile_part ns_profile_builtin[] = {
${profile_table}    {0, 0}};
" @ONLY)
set_source_files_properties(${profiles_dir}/data.S PROPERTIES OBJECT_DEPENDS "${profile_files}")
add_library(ns_profiles STATIC ${profiles_dir}/data.S ${profiles_dir}/table.c)
target_include_directories(ns_profiles PUBLIC ${CMAKE_SOURCE_DIR}/src)

# The tool that measures what the kernel decides of it; built on request only.
add_executable(measure-machine EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/measure-machine.c)
ns_warnings(measure-machine)
