# The model beside libuv itself: random programs of handles and of tasks must log the same on both.
set(uv ${NSIM_NODE_SOURCE_DIR}/deps/uv)
set(uv_shared fs-poll idna inet random strscpy strtok thread-common threadpool timer uv-common
  uv-data-getter-setters version)
set(uv_unix async core dl fs getaddrinfo getnameinfo linux loop-watcher loop pipe poll process
  procfs-exepath proctitle random-devurandom random-getrandom random-sysctl-linux signal stream tcp
  thread tty udp)
list(TRANSFORM uv_shared REPLACE "(.+)" "${uv}/src/\\1.c")
list(TRANSFORM uv_unix REPLACE "(.+)" "${uv}/src/unix/\\1.c")
add_library(ns_libuv STATIC EXCLUDE_FROM_ALL ${uv_shared} ${uv_unix})
target_include_directories(ns_libuv SYSTEM PUBLIC ${uv}/include PRIVATE ${uv}/src)
target_compile_definitions(ns_libuv PRIVATE _GNU_SOURCE)
target_compile_options(ns_libuv PRIVATE -w)
target_link_libraries(ns_libuv PUBLIC pthread dl)

foreach(subject loop threadpool)
  set(target model_libuv_${subject})
  add_executable(${target} ${CMAKE_CURRENT_LIST_DIR}/libuv/test_${subject}.c)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../model)
  target_link_libraries(${target} PRIVATE ns_model ns_libuv PkgConfig::CRITERION)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Werror -Wno-unused-parameter
    -Wno-missing-field-initializers)
  add_test(NAME model/libuv_${subject} COMMAND ${target} --jobs 2)
  set_tests_properties(model/libuv_${subject} PROPERTIES LABELS model)
endforeach()
