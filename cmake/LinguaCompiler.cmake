# How our own code is compiled: warnings, sanitizers, the compiler cache.
include_guard(GLOBAL)

set(LINGUA_SANITIZE "" CACHE STRING "Sanitizers for our own code, for example address,undefined")
option(LINGUA_WERROR "Treat warnings in our own code as errors" ON)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()
# -g1: line numbers in a stack trace for a tenth of the size of -g.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG -g1")

# Given here and not by POSITION_INDEPENDENT_CODE, which says -fPIE for a program and -fPIC for a
# library: gcc shares a precompiled header only between files of equal flags.
add_compile_options(-fPIC)

# Flags of every target of ours; the sanitizers apart, because a module in a namespace of its own
# (see LinguaSentencePiece.cmake) has a C library that they do not know.
add_library(lingua_flags INTERFACE)
target_compile_options(lingua_flags INTERFACE -Wall -Wextra -Wpedantic)
if(LINGUA_WERROR)
  target_compile_options(lingua_flags INTERFACE -Werror)
endif()
# gcc 13 and 14 see a copy out of bounds in std::vector<bool>, which libtorch's custom_function.h
# inlines into each autograd function of ours.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  target_compile_options(lingua_flags INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
endif()

add_library(lingua_sanitizers INTERFACE)
if(LINGUA_SANITIZE)
  target_compile_options(lingua_sanitizers INTERFACE -fsanitize=${LINGUA_SANITIZE}
                                                     -fno-omit-frame-pointer)
  target_link_options(lingua_sanitizers INTERFACE -fsanitize=${LINGUA_SANITIZE})
  # gcc sees impossible paths in the standard library once it is instrumented.
  target_compile_options(lingua_sanitizers INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> -Wno-stringop-overflow)
endif()

find_program(LINGUA_CCACHE ccache)
mark_as_advanced(LINGUA_CCACHE)
if(LINGUA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this slack ccache gives up on each file that uses a precompiled header. With a base
  # folder and without the working folder in its keys one checkout has the hits of another.
  set(sloppiness "pch_defines,time_macros,include_file_mtime,include_file_ctime")
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env "CCACHE_SLOPPINESS=${sloppiness}"
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${LINGUA_CCACHE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
