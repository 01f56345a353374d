#include "tests/cli/run_binary.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "tests/paths.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

constexpr auto kLongestRun = std::chrono::minutes(12);
constexpr auto kPause = std::chrono::milliseconds(10);

// Both ends of a pipe, closed with it.
struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(int which) {
    if (ends[which] >= 0) ::close(ends[which]);
    ends[which] = -1;
  }
};

// Runs in the child: nothing but system calls.
void become(int input, int output, int error, std::uint64_t most_file_bytes, char** arguments,
            char** environment) {
  if (most_file_bytes > 0) {
    const rlimit limit{most_file_bytes, most_file_bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [name, value] : added) result.push_back(name + "=" + value);
  return result;
}

// Gives the signal once the text is there, the time is up or the condition holds; returns the
// status that waitpid() tells.
int wait_for(pid_t process, const RunOptions& options, const TemporaryFolder& folder, Pipe& input) {
  const auto start = std::chrono::steady_clock::now();
  const auto end = start + kLongestRun;
  const auto signal_time = start + std::chrono::milliseconds(options.signal_after_ms);
  bool waiting_for_text = !options.signal_after.empty();
  bool waiting_for_time = options.signal_after_ms >= 0;
  bool waiting_for_condition = static_cast<bool>(options.signal_when);
  int status = 0;
  while (::waitpid(process, &status, WNOHANG) == 0) {
    if (waiting_for_text &&
        (folder.read("out") + folder.read("err")).find(options.signal_after) != std::string::npos) {
      ::kill(process, options.signal);
      waiting_for_text = false;
    }
    if (waiting_for_time && std::chrono::steady_clock::now() >= signal_time) {
      ::kill(process, options.signal);
      waiting_for_time = false;
    }
    if (waiting_for_condition && options.signal_when()) {
      ::kill(process, options.signal);
      waiting_for_condition = false;
    }
    if (std::chrono::steady_clock::now() > end) {
      ::kill(process, SIGKILL);
      ::waitpid(process, &status, 0);
      throw std::runtime_error("the program did not end; it said: " + folder.read("err"));
    }
    std::this_thread::sleep_for(kPause);
  }
  input.close_end(1);
  return status;
}

int open_or_throw(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (descriptor < 0) throw std::runtime_error("cannot open " + path);
  return descriptor;
}

}  // namespace

RunResult run_binary(const std::string& name, const std::vector<std::string>& arguments,
                     const RunOptions& options) {
  const TemporaryFolder folder;
  std::vector<std::string> words = {bin_dir() + "/" + name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto environment = environment_with(options.environment);
  const auto argument_pointers = pointers(words), environment_pointers = pointers(environment);

  Pipe open_input, unread;
  unread.close_end(0);
  const bool keep_open = !options.signal_after.empty();
  const int file_input = open_or_throw(folder.write("in", options.input), O_RDONLY);
  const int output = open_or_throw(options.output.empty() ? folder.file("out") : options.output,
                                   O_WRONLY | O_CREAT | O_TRUNC);
  const int error = open_or_throw(folder.file("err"), O_WRONLY | O_CREAT | O_TRUNC);
  if (keep_open && ::write(open_input.ends[1], options.input.data(), options.input.size()) !=
                       static_cast<ssize_t>(options.input.size())) {
    throw std::runtime_error("the input does not fit into a pipe");
  }
  const pid_t process = ::fork();
  if (process == 0) {
    become(keep_open ? open_input.ends[0] : file_input,
           options.reader_gone ? unread.ends[1] : output, error, options.most_file_bytes,
           const_cast<char**>(argument_pointers.data()),
           const_cast<char**>(environment_pointers.data()));
  }
  for (const int descriptor : {file_input, output, error}) ::close(descriptor);
  if (process < 0) throw std::runtime_error("cannot fork");
  const int status = wait_for(process, options, folder, open_input);
  RunResult result;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.killed_by = WTERMSIG(status);
  result.out = folder.read("out");
  result.err = folder.read("err");
  return result;
}

}  // namespace lingua
