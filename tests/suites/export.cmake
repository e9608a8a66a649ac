# Exports, read by the programs that they are for (export/check.py). Those come through npm, into the
# build's folder.
set(export_check Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/export/check.py $<TARGET_FILE:nsim>
  ${CMAKE_CURRENT_BINARY_DIR}/export-consumers)
add_test(NAME export/consumers COMMAND ${export_check} consumers)
set_tests_properties(export/consumers PROPERTIES FIXTURES_SETUP export_consumers LABELS export TIMEOUT 300)
foreach(case chrome in_perfetto speedscope cpuprofile profiled_is_the_same heapprofile living speedscope_profiles beside_node hdr csv errors)
  add_test(NAME export/${case} COMMAND ${export_check} ${case})
  set_tests_properties(export/${case} PROPERTIES LABELS export)
endforeach()
set_tests_properties(export/chrome export/in_perfetto export/speedscope export/cpuprofile export/speedscope_profiles export/beside_node
  export/hdr PROPERTIES FIXTURES_REQUIRED export_consumers)
set_tests_properties(export/beside_node export/living PROPERTIES ENVIRONMENT "NSIM_NODE=${NSIM_NODE}")
get_property(tests DIRECTORY PROPERTY TESTS)
list(FILTER tests INCLUDE REGEX "^export/")
set_tests_properties(${tests} PROPERTIES SKIP_RETURN_CODE 77)
