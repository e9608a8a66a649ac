# The views of `nsim inspect`, src/inspect/js/*.js, embedded as text: a table of (name, text).
set(inspect_dir ${CMAKE_BINARY_DIR}/inspect)
file(GLOB inspect_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/inspect/js/*.js)
set(inspect_data "    .section .rodata\n")
set(inspect_externs "")
set(inspect_table "")
foreach(file ${inspect_files})
  get_filename_component(name ${file} NAME_WE)
  string(APPEND inspect_data
    "    .global ns_inspect_text_${name}\nns_inspect_text_${name}:\n    .incbin \"${file}\"\n    .byte 0\n")
  string(APPEND inspect_externs "extern const char ns_inspect_text_${name}[];\n")
  string(APPEND inspect_table "    {\"${name}\", ns_inspect_text_${name}},\n")
endforeach()
string(APPEND inspect_data "    .section .note.GNU-stack,\"\",%progbits\n")
file(CONFIGURE OUTPUT ${inspect_dir}/data.S CONTENT "${inspect_data}" @ONLY)
file(CONFIGURE OUTPUT ${inspect_dir}/table.c CONTENT
"#include \"inspect/page.h\"

${inspect_externs}
const ns_inspect_script ns_inspect_scripts[] = {
${inspect_table}    {0, 0}};
" @ONLY)
set_source_files_properties(${inspect_dir}/data.S PROPERTIES OBJECT_DEPENDS "${inspect_files}")
ns_module(inspect DEPENDS ns_node ns_report ns_workload PkgConfig::CJSON)
target_sources(ns_inspect PRIVATE ${inspect_dir}/data.S ${inspect_dir}/table.c)
