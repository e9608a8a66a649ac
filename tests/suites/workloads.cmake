# The shipped workloads show what their comments say (workloads/check.py).
if(NSIM_NODE)
  foreach(workload order starvation emitter pool mixed-pool login read cpu-loop call-stack gzip)
    add_test(NAME workloads/${workload}
      COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/workloads/check.py $<TARGET_FILE:nsim>
        ${NSIM_NODE} ${CMAKE_SOURCE_DIR}/workloads ${workload})
    set_tests_properties(workloads/${workload} PROPERTIES LABELS workloads)
  endforeach()
  # Those about V8: its compiler and its collector.
  foreach(workload add-types point-order polymorphic array-holes deopt-loop osr young-garbage growing-cache leak buffers semi-space json-service)
    add_test(NAME workloads/${workload}
      COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/workloads/check_v8.py $<TARGET_FILE:nsim>
        ${NSIM_NODE} ${CMAKE_SOURCE_DIR}/workloads ${workload})
    set_tests_properties(workloads/${workload} PROPERTIES LABELS workloads)
  endforeach()
endif()
