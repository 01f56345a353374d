# cmake -DBUILD=... -P install_test.cmake; tests/install/CMakeLists.txt gives the variables.
cmake_minimum_required(VERSION 3.25)

set(work "${BUILD}/install_test")
set(prefix "${work}/moved")
set(library "${prefix}/${LIBRARY_FOLDER}/liblingua.so")
set(model "${work}/tiny.pt")
set(prompt "${work}/prompt.txt")
set(warnings "-Wall -Wextra -Wpedantic -Werror")

# run(<what> COMMAND...): ends the test when the command fails.
function(run what)
  message(STATUS "${what}")
  execute_process(COMMAND ${ARGN} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# What is installed must find its libraries without the build folder.
function(expect_installed_runpath file)
  execute_process(COMMAND "${OBJDUMP}" -p "${file}" OUTPUT_VARIABLE dynamic
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "RUNPATH[^\n]*" runpath "${dynamic}")
  string(FIND "${runpath}" "${BUILD}" in_build)
  if(NOT runpath OR NOT in_build EQUAL -1)
    message(FATAL_ERROR "${file} looks for libraries in the wrong places: ${runpath}")
  endif()
endfunction()

# Nothing but the interface may be seen of liblingua.
function(expect_only_the_interface file)
  execute_process(COMMAND "${OBJDUMP}" -TC "${file}" OUTPUT_VARIABLE symbols
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" symbols "${symbols}")
  list(FILTER symbols INCLUDE REGEX "^[0-9a-f]+ [^*]* \\.[a-z.]+\t")  # defined ones
  list(LENGTH symbols all)
  list(FILTER symbols EXCLUDE REGEX " (lingua_(open|close|compress|compress_text|recover|free|error|hint|version)|lingua::(version|recover)\\(.*\\)|(vtable for |typeinfo for |typeinfo name for )?lingua::(Compressor|Failure).*)$")
  if(all LESS 10 OR symbols)
    message(FATAL_ERROR "${all} symbols in liblingua, among them more than its interface: ${symbols}")
  endif()
endfunction()

# expect_compressed(<who> COMMAND...): the same text as from lingua-compress.
function(expect_compressed who)
  message(STATUS "compressing: ${who}")
  execute_process(COMMAND ${ARGN} INPUT_FILE "${prompt}" OUTPUT_FILE "${work}/output.txt"
                  COMMAND_ERROR_IS_FATAL ANY)
  run("comparing" "${CMAKE_COMMAND}" -E compare_files "${work}/output.txt" "${work}/expected.txt")
endfunction()

file(REMOVE_RECURSE "${work}")
run("installing" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${work}/prefix")
file(RENAME "${work}/prefix" "${prefix}")
expect_installed_runpath("${library}")
expect_installed_runpath("${prefix}/bin/lingua-compress")
expect_only_the_interface("${library}")

run("configuring the examples" "${CMAKE_COMMAND}" -S "${SOURCE}/examples/library"
    -B "${work}/examples" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${CXX}"
    "-DCMAKE_C_FLAGS=-std=c11 ${warnings}" "-DCMAKE_CXX_FLAGS=-std=c++17 ${warnings}")
run("building the examples" "${CMAKE_COMMAND}" --build "${work}/examples")

run("making a model" "${WRITE_TINY_MODEL}" "${model}" float32)
file(WRITE "${prompt}" "The ferry left at nine, on time.\n\nIt carried eighteen naïve cars.\n")
execute_process(COMMAND "${prefix}/bin/lingua-compress" --model "${model}" --dtype fp32 --rate 0.5
                INPUT_FILE "${prompt}" OUTPUT_FILE "${work}/expected.txt"
                COMMAND_ERROR_IS_FATAL ANY)
file(SIZE "${work}/expected.txt" size)
if(size EQUAL 0)
  message(FATAL_ERROR "lingua-compress wrote nothing")
endif()
expect_compressed("C++" "${work}/examples/compress_cpp" "${model}" 0.5 fp32)
expect_compressed("C" "${work}/examples/compress_c" "${model}" 0.5 fp32)
find_program(python python3)
if(python)
  expect_compressed("Python" "${python}" "${SOURCE}/examples/library/compress.py" "${library}"
                    "${model}" 0.5 fp32)
endif()

execute_process(COMMAND "${work}/examples/compress_c" "${work}/none.pt" RESULT_VARIABLE status
                INPUT_FILE "${prompt}" ERROR_VARIABLE message)
if(NOT status EQUAL 4 OR NOT message MATCHES "none.pt")
  message(FATAL_ERROR "a missing model gives ${status}: ${message}")
endif()
file(REMOVE_RECURSE "${work}")
