#include "eval/endpoint.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/temporary_folder.h"

extern char** environ;

namespace lingua {
namespace {

// tests/eval/chat_server.py with a plan, while the test runs.
class ChatServer {
 public:
  explicit ChatServer(const std::string& plan) {
    ::setenv("no_proxy", "127.0.0.1", 1);
    const std::string script = source_dir() + "/tests/eval/chat_server.py";
    const std::string port = folder_.file("port"), requests = folder_.file("requests");
    const char* arguments[] = {"python3",        script.c_str(), port.c_str(),
                               requests.c_str(), plan.c_str(),   nullptr};
    if (::posix_spawn(&process_, "/usr/bin/python3", nullptr, nullptr,
                      const_cast<char**>(arguments), environ) != 0) {
      throw std::runtime_error("cannot start the server");
    }
    for (int i = 0; i < 3000 && !std::filesystem::exists(port); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    url_ = "http://127.0.0.1:" + folder_.read("port") + "/v1/";
  }
  ~ChatServer() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  ChatServer(const ChatServer&) = delete;
  ChatServer& operator=(const ChatServer&) = delete;

  const std::string& url() const { return url_; }
  std::vector<Json> requests() const {
    std::vector<Json> requests;
    std::istringstream lines(folder_.read("requests"));
    for (std::string line; std::getline(lines, line);) requests.push_back(Json::parse(line));
    return requests;
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
  pid_t process_ = 0;
};

EndpointOptions options_for(const ChatServer& server) {
  EndpointOptions options;
  options.url = server.url();
  options.model = "target";
  options.key_variable = "LINGUA_TEST_KEY";
  options.answer_tokens = 20;
  options.first_wait = 0;
  options.timeout = 30;
  return options;
}

TEST(Endpoint, AsksAsOpenAiHasIt) {
  const ChatServer server("ok");
  ::setenv("LINGUA_TEST_KEY", "secret", 1);
  auto options = options_for(server);
  options.fields = R"({"temperature": null, "seed": 5})";
  ChatEndpoint endpoint(options);
  EXPECT_EQ(endpoint.ask("the answer is 42"), "42");
  ::unsetenv("LINGUA_TEST_KEY");
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0]["path"], "/v1/chat/completions");
  EXPECT_EQ(requests[0]["authorization"], "Bearer secret");
  EXPECT_EQ(requests[0]["body"],
            Json::parse(R"({"model": "target", "messages": [{"role": "user", "content":
                "the answer is 42"}], "max_tokens": 20, "seed": 5})"));
  EXPECT_EQ(endpoint.use().prompt_tokens, 1000);
  EXPECT_EQ(endpoint.use().answer_tokens, 10);
}

TEST(Endpoint, WhatPassesIsAskedAgain) {
  const ChatServer server("500,429,broken,empty,ok");
  ChatEndpoint endpoint(options_for(server));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(endpoint.ask("say yes"), "yes");
  // The second answer asked for a second of patience.
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  EXPECT_EQ(endpoint.use().retries, 4);
  EXPECT_EQ(server.requests().size(), 5u);
  EXPECT_FALSE(server.requests()[0]["authorization"].is_string());
}

TEST(Endpoint, WhatStaysBrokenIsAnError) {
  const struct {
    const char* plan;
    ErrorKind kind;
    const char* message;
    std::size_t requests;
  } cases[] = {{"503", ErrorKind::kData, "gave no answer in 3 requests: status 503", 3},
               {"broken", ErrorKind::kData, "in 3 requests: no completion, ", 3},
               {"401", ErrorKind::kUsage, "refuses the request: status 401", 1},
               {"404", ErrorKind::kUsage, "refuses the request: status 404", 1}};
  for (const auto& [plan, kind, message, count] : cases) {
    const ChatServer server(plan);
    auto options = options_for(server);
    options.retries = 2;
    ChatEndpoint endpoint(options);
    const auto error = error_of([&] { endpoint.ask("hello"); });
    ASSERT_TRUE(error) << plan;
    EXPECT_EQ(error->kind(), kind) << plan;
    EXPECT_TRUE(contains(error->what(), message));
    EXPECT_EQ(server.requests().size(), count) << plan;
  }
}

TEST(Endpoint, ASlowOrAbsentServerIsNotWaitedFor) {
  const ChatServer slow("slow,ok");
  auto options = options_for(slow);
  options.timeout = 0.5;
  ChatEndpoint endpoint(options);
  EXPECT_EQ(endpoint.ask("say yes"), "yes");
  EXPECT_EQ(endpoint.use().retries, 1);

  options.url = "http://127.0.0.1:1/v1";  // nobody listens
  options.retries = 0;
  ChatEndpoint absent(options);
  const auto error = error_of([&] { absent.ask("hello"); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "http://127.0.0.1:1/v1/chat/completions gave no answer"));
}

TEST(Endpoint, NothingIsPaidForTwice) {
  const TemporaryFolder folder;
  const ChatServer server("ok");
  auto options = options_for(server);
  options.cache = folder.file("cache");
  for (int run = 0; run < 2; ++run) {
    ChatEndpoint endpoint(options);
    EXPECT_EQ(endpoint.ask("one"), "one");
    EXPECT_EQ(endpoint.ask("two"), "two");
    EXPECT_EQ(endpoint.use().requests, run == 0 ? 2 : 0);
    EXPECT_EQ(endpoint.use().cached, run == 0 ? 0 : 2);
  }
  EXPECT_EQ(server.requests().size(), 2u);
  // Another model is asked anew, and so is what a damaged file does not tell.
  options.model = "other";
  ChatEndpoint(options).ask("one");
  EXPECT_EQ(server.requests().size(), 3u);
  for (const auto& file : std::filesystem::directory_iterator(options.cache)) {
    std::filesystem::resize_file(file.path(), 9);
  }
  EXPECT_EQ(ChatEndpoint(options).ask("one"), "one");
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST(Endpoint, TheCeilingHolds) {
  const TemporaryFolder folder;
  const ChatServer server("ok");
  auto options = options_for(server);
  options.prompt_price = 1000;  // each completion says 1000 + 10 tokens: 1.02
  options.answer_price = 2000;
  options.max_cost = 2.2;
  options.cache = folder.file("cache");
  ChatEndpoint endpoint(options);
  EXPECT_EQ(endpoint.ask("one"), "one");
  EXPECT_NEAR(endpoint.use().cost, 1.02, 1e-9);
  EXPECT_EQ(endpoint.ask("two"), "two");
  // 0.16 is left, and this server is known to count ten tokens a byte.
  EXPECT_EQ(endpoint.ask("three"), std::nullopt);
  EXPECT_EQ(endpoint.ask("one"), "one");  // known, so free
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_LE(endpoint.use().cost, 2.2);
}

TEST(Endpoint, WithoutUsageTheMostIsCounted) {
  const ChatServer server("bare");
  ChatEndpoint endpoint(options_for(server));
  endpoint.ask("one");
  EXPECT_GT(endpoint.use().prompt_tokens, 90);  // bytes of the request
  EXPECT_EQ(endpoint.use().answer_tokens, 20);
}

TEST(Endpoint, OptionsThatCannotBe) {
  EndpointOptions good;
  good.url = "https://api.example.com/v1";
  good.model = "m";
  validate(good);
  validate(EndpointOptions{});  // none is asked for
  const auto refused = [&](auto change) {
    EndpointOptions options = good;
    change(options);
    const auto error = error_of([&] { validate(options); });
    return error && error->kind() == ErrorKind::kUsage;
  };
  EXPECT_TRUE(refused([](auto& o) { o.url = "ftp://example.com"; }));
  EXPECT_TRUE(refused([](auto& o) { o.model = ""; }));
  EXPECT_TRUE(refused([](auto& o) { o.timeout = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.retries = 21; }));
  EXPECT_TRUE(refused([](auto& o) { o.max_cost = 1; }));  // without prices
  EXPECT_TRUE(refused([](auto& o) { o.fields = "[1]"; }));
  EXPECT_TRUE(refused([](auto& o) { o.fields = "{"; }));
  EXPECT_TRUE(refused([](auto& o) { o.prompt_price = std::nan(""); }));
}

}  // namespace
}  // namespace lingua
