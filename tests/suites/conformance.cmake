# Node's own tests, by group (conformance/run.py). `ctest -L conformance`.
foreach(group timers next-tick promise microtask event-emitter events stream path util buffer string-decoder
        async-local-storage fs zlib crypto)
  add_test(NAME conformance/${group}
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/conformance/run.py $<TARGET_FILE:nsim>
      ${NSIM_NODE_SOURCE_DIR} --group ${group} --verbose)
  set_tests_properties(conformance/${group} PROPERTIES LABELS conformance)
endforeach()
