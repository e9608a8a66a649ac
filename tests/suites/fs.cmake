# The file system beside the real node, and from different folders (fs/README.md).
set(fs_suite ${CMAKE_CURRENT_SOURCE_DIR}/suites/fs)
file(GLOB programs CONFIGURE_DEPENDS ${fs_suite}/*.js)
foreach(program ${programs})
  get_filename_component(name ${program} NAME_WE)
  if(NSIM_NODE)
    add_test(NAME fs/${name}
      COMMAND Python3::Interpreter ${fs_suite}/compare.py $<TARGET_FILE:nsim> ${NSIM_NODE} ${program})
    set_tests_properties(fs/${name} PROPERTIES LABELS fs)
  endif()
  add_test(NAME fs/${name}_twice
    COMMAND Python3::Interpreter ${fs_suite}/twice.py $<TARGET_FILE:nsim> ${program})
  set_tests_properties(fs/${name}_twice PROPERTIES LABELS fs)
endforeach()
add_test(NAME fs/records
  COMMAND Python3::Interpreter ${fs_suite}/records.py $<TARGET_FILE:nsim> ${fs_suite}/records/app.yaml)
set_tests_properties(fs/records PROPERTIES LABELS fs)
