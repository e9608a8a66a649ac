# Broken workloads, programs and command lines: tests/suites/bad_input/README.md.
set(bad_input ${CMAKE_CURRENT_SOURCE_DIR}/suites/bad_input)
file(GLOB bad_input_cases CONFIGURE_DEPENDS ${bad_input}/*.txt)
foreach(case ${bad_input_cases})
  get_filename_component(name ${case} NAME_WE)
  add_test(NAME bad_input/${name}
    COMMAND Python3::Interpreter ${bad_input}/run.py $<TARGET_FILE:nsim> ${case})
  set_tests_properties(bad_input/${name} PROPERTIES LABELS bad_input)
endforeach()
find_program(NSIM_NODE node)
if(NSIM_NODE)
  add_test(NAME bad_input/oracle
    COMMAND Python3::Interpreter ${bad_input}/run.py --oracle ${NSIM_NODE} ${bad_input_cases})
  set_tests_properties(bad_input/oracle PROPERTIES LABELS bad_input)
endif()
