# Files embedded as text: ns_embed(SOURCES_VAR PREFIX HEADER DECLARATION FILE...) makes a table of (name without its
# suffix, text), whose DECLARATION is in HEADER, ends with {0, 0}; SOURCES_VAR is set to what is to be compiled.
function(ns_embed sources prefix header declaration)
  set(folder ${CMAKE_BINARY_DIR}/${prefix})
  set(data "    .section .rodata\n")
  foreach(file ${ARGN})
    get_filename_component(name ${file} NAME_WE)
    set(symbol ${prefix}_${name})
    string(APPEND data "    .global ${symbol}\n${symbol}:\n    .incbin \"${file}\"\n    .byte 0\n")
    string(APPEND externs "extern const char ${symbol}[];\n")
    string(APPEND table "    {\"${name}\", ${symbol}},\n")
  endforeach()
  string(APPEND data "    .section .note.GNU-stack,\"\",%progbits\n")
  file(CONFIGURE OUTPUT ${folder}/data.S CONTENT "${data}" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/table.c CONTENT
    "#include \"${header}\"\n\n${externs}\n${declaration} = {\n${table}    {0, 0}};\n" @ONLY)
  set_source_files_properties(${folder}/data.S PROPERTIES OBJECT_DEPENDS "${ARGN}")
  set(${sources} ${folder}/data.S ${folder}/table.c PARENT_SCOPE)
endfunction()
