# The thread pool beside the real node: the figures of docs/side-by-side.md, predicted again.
add_test(NAME side-by-side/pbkdf2
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/bench/pbkdf2-side-by-side --nsim $<TARGET_FILE:nsim>
    --check ${PROJECT_SOURCE_DIR}/docs/side-by-side.md)
set_tests_properties(side-by-side/pbkdf2 PROPERTIES LABELS side-by-side)

# 10^6 callbacks need no more memory than 10^5.
add_test(NAME bounded/memory COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/bench/bars --nsim $<TARGET_FILE:nsim>
  --only memory --power 6)
set_tests_properties(bounded/memory PROPERTIES LABELS bounded)
