# Pictures of shipped workloads: drawn, and their data is what SQL says (plots/check.py).
foreach(case latency blame loop pool gc tiers sweep compare errors)
  add_test(NAME report/plot-${case}
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/plots/check.py $<TARGET_FILE:nsim>
      ${CMAKE_SOURCE_DIR}/workloads ${case})
  set_tests_properties(report/plot-${case} PROPERTIES LABELS report)
endforeach()
# Reports render in Chromium without errors (plots/report.py).
foreach(case arrivals plain timers sweep)
  add_test(NAME report/page-${case}
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/plots/report.py $<TARGET_FILE:nsim>
      ${CMAKE_SOURCE_DIR}/workloads ${case})
  set_tests_properties(report/page-${case} PROPERTIES LABELS report TIMEOUT 120)
endforeach()
# Times of cores that are not of speed 1 (plots/speed.py).
add_test(NAME report/speed
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/plots/speed.py $<TARGET_FILE:nsim>
    ${CMAKE_SOURCE_DIR}/workloads/buffers.yaml)
set_tests_properties(report/speed PROPERTIES LABELS report)
