# 1,000 random programs, by nsim and by the real node (differential/generate.py).
if(NSIM_NODE)
  foreach(batch RANGE 0 9)
    math(EXPR first "${batch} * 100 + 1")
    add_test(NAME differential/${first}
      COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/differential/compare.py
        $<TARGET_FILE:nsim> ${NSIM_NODE} ${first} 100)
    set_tests_properties(differential/${first} PROPERTIES LABELS differential)
  endforeach()
endif()
