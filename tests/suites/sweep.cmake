# Sweeps from the outside: grids, resuming, killing, full disks, broken points (sweep/check.py).
foreach(case grid jobs section errors broken killed killed_full interrupt full_disk records merged
    find find_rate find_threads compared progress)
  add_test(NAME sweep/${case}
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/sweep/check.py $<TARGET_FILE:nsim> ${case})
  set_tests_properties(sweep/${case} PROPERTIES LABELS sweep)
endforeach()
foreach(case bar same full_again edited find)
  add_test(NAME sweep-replay/${case}
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/sweep/replays.py $<TARGET_FILE:nsim>
      ${CMAKE_SOURCE_DIR}/workloads ${case})
  set_tests_properties(sweep-replay/${case} PROPERTIES LABELS sweep)
endforeach()
foreach(case parallel ssh slurm)
  add_test(NAME sweep/${case}
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/sweep/cluster.py $<TARGET_FILE:nsim>
      ${CMAKE_SOURCE_DIR}/contrib ${case})
  set_tests_properties(sweep/${case} PROPERTIES LABELS sweep SKIP_RETURN_CODE 77)
endforeach()
