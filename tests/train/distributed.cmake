# Ranks as processes, where there is an MPI to start them.
lingua_test(test_distributed
  SOURCES distributed_test.cpp
  LIBS lingua_train)

if(NOT MPI_CXX_FOUND)
  return()
endif()

lingua_test(test_ranks
  SOURCES ranks_test.cpp run_ranks.cpp
  LIBS lingua_train)

lingua_test(test_align_ranks
  SOURCES distributed_binary_test.cpp run_ranks.cpp
  LIBS lingua_model)

foreach(target test_ranks test_align_ranks)
  target_compile_definitions(${target} PRIVATE LINGUA_MPIRUN="${MPIEXEC_EXECUTABLE}")
  set_tests_properties(${target} PROPERTIES PROCESSORS 2)
endforeach()

add_test(NAME two_hosts
  COMMAND "${PROJECT_SOURCE_DIR}/scripts/check-two-hosts" --programs
          "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
set_tests_properties(two_hosts PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300 PROCESSORS 2)
