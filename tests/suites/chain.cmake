# A user's way with each shipped workload: check, run, summary, pictures, page, exports, sweep, compare.
file(GLOB workloads ${CMAKE_SOURCE_DIR}/workloads/*.yaml)
foreach(workload ${workloads})
  get_filename_component(name ${workload} NAME_WE)
  add_test(NAME chain/${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/chain/check.py
    $<TARGET_FILE:nsim> ${workload})
  set_tests_properties(chain/${name} PROPERTIES LABELS chain)
endforeach()
