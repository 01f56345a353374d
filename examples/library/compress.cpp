// Compresses the text on standard input: compress_cpp MODEL [RATE [DTYPE]]
#include <lingua/compress.h>

#include <iostream>
#include <iterator>
#include <string>

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "usage: " << arguments[0] << " MODEL [RATE [DTYPE]] < prompt.txt\n";
    return 2;
  }
  const std::string prompt(std::istreambuf_iterator<char>(std::cin), {});
  try {
    lingua::ModelSettings of_model;
    if (count > 3) of_model.dtype = arguments[3];
    const lingua::Compressor compressor(arguments[1], of_model);
    lingua::Settings settings;
    settings.rate = count > 2 ? std::stod(arguments[2]) : 0.5;
    const lingua::Compressed result = compressor.compress(prompt, settings);
    std::cout << result.text;
    std::cerr << result.origin_tokens << " -> " << result.compressed_tokens << " tokens\n";
  } catch (const lingua::Failure& failure) {
    std::cerr << failure.what() << "\nhint: " << failure.hint() << '\n';
    return static_cast<int>(failure.kind());
  }
}
