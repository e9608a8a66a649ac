# What `nsim inspect` shows: its views, and beside the real node's bytecode and feedback.
set(inspect_dir ${CMAKE_CURRENT_SOURCE_DIR}/suites/inspect)
add_test(NAME inspect/views
  COMMAND Python3::Interpreter ${inspect_dir}/views.py $<TARGET_FILE:nsim> ${inspect_dir})
add_test(NAME inspect/docs
  COMMAND Python3::Interpreter ${inspect_dir}/docs.py $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/docs/inspect.md)
set_tests_properties(inspect/views inspect/docs PROPERTIES LABELS inspect)
if(NSIM_NODE)
  foreach(name bytecode feedback maps scopes)
    set(program ${inspect_dir}/functions.js)
    if(name STREQUAL "feedback")
      set(program ${inspect_dir}/feedback.js)
    endif()
    add_test(NAME inspect/${name}
      COMMAND Python3::Interpreter ${inspect_dir}/${name}.py $<TARGET_FILE:nsim> ${NSIM_NODE} ${program})
    set_tests_properties(inspect/${name} PROPERTIES LABELS inspect)
  endforeach()
  add_test(NAME inspect/elements
    COMMAND Python3::Interpreter ${inspect_dir}/elements.py $<TARGET_FILE:nsim> ${NSIM_NODE})
  set_tests_properties(inspect/elements PROPERTIES LABELS inspect)
  add_test(NAME inspect/traces
    COMMAND Python3::Interpreter ${inspect_dir}/traces.py $<TARGET_FILE:nsim> ${NSIM_NODE} ${CMAKE_SOURCE_DIR}/workloads)
  set_tests_properties(inspect/traces PROPERTIES LABELS inspect)
endif()
