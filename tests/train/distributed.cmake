# Ranks as processes, where there is an MPI to start them.
lingua_test(test_distributed
  SOURCES distributed_test.cpp
  LIBS lingua_train)

if(NOT MPI_CXX_FOUND)
  return()
endif()

lingua_test(test_ranks
  SOURCES ranks_test.cpp run_ranks.cpp ../cli/run_binary.cpp
  LIBS lingua_train)

foreach(target test_ranks)
  target_compile_definitions(${target} PRIVATE LINGUA_MPIRUN="${MPIEXEC_EXECUTABLE}")
  set_tests_properties(${target} PROPERTIES PROCESSORS 2)
endforeach()
