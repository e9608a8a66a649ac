# What crypto and zlib cost, beside recorded figures of the real node (costs/compare.py).
add_test(NAME costs/crypto-zlib
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/costs/compare.py $<TARGET_FILE:nsim>)
set_tests_properties(costs/crypto-zlib PROPERTIES LABELS costs)
