# Where MPI lives.
#
# Training on several machines goes through MPI, in a module of its own with a C interface, which
# lingua-align loads only when a launcher started it: everyone else needs no MPI at run time. Built
# where CMake finds MPI.
include_guard(GLOBAL)

set(MPI_CXX_SKIP_MPICXX ON)  # the C functions alone; the C++ ones left the standard in 2012
find_package(MPI QUIET COMPONENTS CXX)
if(MPI_CXX_FOUND)
  message(STATUS "MPI ${MPI_CXX_VERSION}: ${MPI_CXX_LIBRARIES}")
else()
  message(STATUS "No MPI: lingua-align will train on one machine only (Debian: libopenmpi-dev)")
endif()

# lingua_mpi(<target> LOADER <source> SOURCES <source>...)
# Makes the module lingua_mpi of the sources and compiles the loader, a source of <target>, with
#   LINGUA_MPI_MODULE       the module's absolute path in the build tree
#   LINGUA_MPI_MODULE_NAME  its file name. dlopen with it, a name without a slash, finds the module
#                           through the RUNPATH of the running program: ../lib and ../../lib beside
#                           it, so a moved tree works too.
# Without MPI it does nothing.
function(lingua_mpi target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LOADER" "SOURCES")
  if(NOT MPI_CXX_FOUND)
    return()
  endif()
  set_source_files_properties(${arg_SOURCES} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  add_library(lingua_mpi MODULE ${arg_SOURCES})
  target_include_directories(lingua_mpi PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(lingua_mpi PRIVATE lingua_flags lingua_sanitizers MPI::MPI_CXX
                                           Threads::Threads)
  install(TARGETS lingua_mpi LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")

  add_dependencies(${target} lingua_mpi)
  set_property(SOURCE "${arg_LOADER}" APPEND PROPERTY COMPILE_DEFINITIONS
    "LINGUA_MPI_MODULE=\"$<TARGET_FILE:lingua_mpi>\""
    "LINGUA_MPI_MODULE_NAME=\"$<TARGET_FILE_NAME:lingua_mpi>\"")
  target_link_libraries(${target} PUBLIC ${CMAKE_DL_LIBS})
endfunction()
