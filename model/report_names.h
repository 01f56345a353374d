#pragma once

namespace lingua {

// Where an exported model keeps what training reported about it (docs/formats.md, "report").
inline constexpr char kReportFile[] = "lingua_report.json";  // in a Hugging Face directory
inline constexpr char kReportKey[] = "lingua.report";        // in a GGUF file: its text

}  // namespace lingua
