# The functions with which the folders declare their libraries, programs and tests.
include_guard(GLOBAL)

set(LINGUA_TEST_TIMEOUT 900 CACHE STRING "Seconds until ctest ends a test program")

# What nearly every file shares, compiled once: the standard library and JSON. libtorch stays out:
# with it the header has 766 MB, which cost every file 5 s more than it saved.
file(WRITE "${CMAKE_BINARY_DIR}/generated/lingua_pch.cpp.in" "// Owns the precompiled header.\n")
configure_file("${CMAKE_BINARY_DIR}/generated/lingua_pch.cpp.in"
               "${CMAKE_BINARY_DIR}/generated/lingua_pch.cpp" COPYONLY)
add_library(lingua_pch OBJECT "${CMAKE_BINARY_DIR}/generated/lingua_pch.cpp")
target_link_libraries(lingua_pch PRIVATE lingua_torch lingua_flags lingua_sanitizers
                                         nlohmann_json::nlohmann_json)
target_precompile_headers(lingua_pch PRIVATE
  <nlohmann/json.hpp> <algorithm> <array> <atomic> <chrono> <cmath> <cstdint>
  <cstdio> <cstdlib> <cstring> <filesystem> <fstream> <functional> <iostream> <limits> <map>
  <memory> <mutex> <numeric> <optional> <random> <set> <span> <sstream> <stdexcept> <string>
  <string_view> <thread> <tuple> <unordered_map> <unordered_set> <utility> <variant> <vector>)

# What libraries, programs and tests have in common.
function(_lingua_common target visibility)
  target_include_directories(${target} ${visibility} "${PROJECT_SOURCE_DIR}"
                                                     "${CMAKE_BINARY_DIR}/generated")
  target_link_libraries(${target} ${visibility} lingua_torch nlohmann_json::nlohmann_json
                        lingua_sanitizers PRIVATE lingua_flags)
  target_precompile_headers(${target} REUSE_FROM lingua_pch)
endfunction()

# lingua_library(<folder> SOURCES a.cpp... [DEPENDS <folder>...] [PUBLIC_LIBS lib...]
#                [PRIVATE_LIBS lib...])
# A static library `lingua_<folder>`; its headers are included as "<folder>/name.h".
function(lingua_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PUBLIC_LIBS;PRIVATE_LIBS")
  _lingua_refuse_unknown(lingua_library "${arg_UNPARSED_ARGUMENTS}")
  add_library(lingua_${folder} STATIC ${arg_SOURCES})
  _lingua_common(lingua_${folder} PUBLIC)
  list(TRANSFORM arg_DEPENDS PREPEND lingua_)
  target_link_libraries(lingua_${folder} PUBLIC ${arg_DEPENDS} ${arg_PUBLIC_LIBS}
                                         PRIVATE ${arg_PRIVATE_LIBS})
  set_property(GLOBAL APPEND PROPERTY LINGUA_LIBRARIES lingua_${folder})
endfunction()

# lingua_binary(<name> main.cpp... [LIBS lib...])
# A program build/bin/<name>, linked with all our libraries.
function(lingua_binary name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  get_property(libraries GLOBAL PROPERTY LINGUA_LIBRARIES)
  _lingua_common(${name} PRIVATE)
  target_link_libraries(${name} PRIVATE ${arg_LIBS} ${libraries})
  _lingua_needs_module(${name})
  set_property(GLOBAL APPEND PROPERTY LINGUA_BINARIES ${name})
  install(TARGETS ${name} RUNTIME)
endfunction()

# lingua_test(<name> SOURCES a.cpp... [LIBS lingua_x...] [TIMEOUT seconds])
# A GoogleTest program build/bin/tests/<name>, which ctest runs as one test. It sees
#   LINGUA_BIN_DIR       the folder of our programs (environment; in C++ bin_dir() of tests/paths.h)
#   LINGUA_SOURCE_DIR    the repository's root (environment; in C++ source_dir())
#   LINGUA_CACHE         the cache that scripts/setup filled (environment)
#   LINGUA_CHECK_PYTHON  the Python with transformers that `scripts/setup --check-env` made
#                        (environment; it may be missing where the tests are run without scripts/test)
function(lingua_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBS")
  _lingua_refuse_unknown(lingua_test "${arg_UNPARSED_ARGUMENTS}")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT ${LINGUA_TEST_TIMEOUT})
  endif()
  add_executable(${name} ${arg_SOURCES})
  _lingua_common(${name} PRIVATE)
  target_link_libraries(${name} PRIVATE ${arg_LIBS} lingua_testing GTest::gtest_main)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/tests")
  _lingua_needs_module(${name})
  set_property(GLOBAL APPEND PROPERTY LINGUA_TESTS ${name})
  add_test(NAME ${name} COMMAND ${name})
  set(environment
    "LINGUA_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" "LINGUA_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    "LINGUA_CACHE=${LINGUA_CACHE}" "LINGUA_CHECK_PYTHON=${LINGUA_CACHE}/check/bin/python")
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${environment}")
endfunction()

# Tests run the programs, so building a test builds them; called once all folders are read.
function(lingua_finish_targets)
  get_property(binaries GLOBAL PROPERTY LINGUA_BINARIES)
  get_property(tests GLOBAL PROPERTY LINGUA_TESTS)
  if(binaries)
    add_custom_target(lingua_binaries DEPENDS ${binaries})
  endif()
  if(tests)
    add_custom_target(lingua_tests DEPENDS ${tests} ${binaries})
  endif()
endfunction()

# A program finds the SentencePiece module, where there is one, at run time.
function(_lingua_needs_module target)
  if(TARGET lingua_sentencepiece)
    add_dependencies(${target} lingua_sentencepiece)
  endif()
endfunction()

function(_lingua_refuse_unknown function unknown)
  if(unknown)
    message(FATAL_ERROR "${function}: unknown argument ${unknown}")
  endif()
endfunction()
