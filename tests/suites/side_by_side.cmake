# The thread pool beside the real node: the figures of docs/side-by-side.md, predicted again.
add_test(NAME side-by-side/pbkdf2
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/bench/pbkdf2-side-by-side --nsim $<TARGET_FILE:nsim>
    --check ${PROJECT_SOURCE_DIR}/docs/side-by-side.md)
set_tests_properties(side-by-side/pbkdf2 PROPERTIES LABELS side-by-side)
