# What operations cost, beside recorded figures of the real node (costs/compare.py).
foreach(what operations builtins others optimized regexps regexps-jitless services services-baseline)
  add_test(NAME costs/${what}
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/costs/compare.py $<TARGET_FILE:nsim> ${what})
  set_tests_properties(costs/${what} PROPERTIES LABELS costs)
endforeach()
add_test(NAME costs/instructions
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/costs/instructions.py $<TARGET_FILE:nsim>)
set_tests_properties(costs/instructions PROPERTIES LABELS costs)
