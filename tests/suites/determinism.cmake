# Same workload and seed, same records (determinism/compare.py); what reaches for the host most is in
# determinism/hostile.js.
file(GLOB determinism CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/suites/determinism/*.yaml)
add_test(NAME determinism/records
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/determinism/compare.py $<TARGET_FILE:nsim>
    ${determinism} ${CMAKE_SOURCE_DIR}/workloads/order.yaml ${CMAKE_SOURCE_DIR}/workloads/mixed-pool.yaml
    ${CMAKE_SOURCE_DIR}/workloads/read.yaml)
set_tests_properties(determinism/records PROPERTIES LABELS determinism)
