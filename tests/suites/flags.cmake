# What-if switches under node.flags.
add_test(NAME workloads/flags
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/flags/check.py $<TARGET_FILE:nsim>
    ${CMAKE_SOURCE_DIR}/workloads)
set_tests_properties(workloads/flags PROPERTIES LABELS workloads)
