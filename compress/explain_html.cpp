#include "compress/explain_html.h"

#include <cmath>
#include <cstdio>

#include "compress/explain_parts.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>A compressed prompt</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.7 system-ui, sans-serif; max-width: 52rem; margin: 0 auto;
  padding: 1rem 1rem 5rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1rem; margin: 1.5rem 0 0; }
.note { margin: 0; opacity: .75; font-size: .875rem; }
.text { margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere;
  unicode-bidi: plaintext; }
.text > * { border-radius: .15rem; text-decoration: none; }
.text > del, .legend del { text-decoration: line-through; opacity: .55; }
.text > .forced, .legend .forced { text-decoration: underline dotted; }
.text > :hover, .text > .shown { outline: 2px solid; }
.s1 { background: rgb(120 180 230 / .25); } .s2 { background: rgb(90 190 120 / .3); }
.s3 { background: rgb(230 190 60 / .4); } .s4 { background: rgb(240 130 40 / .45); }
.s5 { background: rgb(230 50 50 / .5); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem .75rem; font-size: .875rem; }
.legend > * { padding: 0 .25rem; border-radius: .15rem; }
#only:checked ~ main del { display: none; }
#detail { position: fixed; inset: auto 0 0; padding: .75rem 1rem; background: Canvas;
  border-top: 1px solid; font-size: .875rem; }
#detail:empty { display: none; }
</style>
</head>
<body>
)";

constexpr const char* kTail = R"(</main>
<output id="detail"></output>
<script>
const detail = document.getElementById('detail');
function show(event) {
  const token = event.target.closest('.text > [title]');
  document.querySelector('.shown')?.classList.remove('shown');
  token?.classList.add('shown');
  detail.textContent = token ? '\u201c' + token.textContent + '\u201d: ' + token.title : '';
}
document.addEventListener('click', show);
document.addEventListener('mouseover', show);
</script>
</body>
</html>
)";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string in_words(Fate fate) {
  switch (fate) {
    case Fate::kForced:
      return "must stay";
    case Fate::kKept:
      return "kept";
    case Fate::kFilled:
      return "kept below the threshold, the budget had room";
    case Fate::kDropped:
      return "dropped";
    case Fate::kNoRoom:
      return "dropped, the budget had no room";
    case Fate::kDroppedWhole:
      return "dropped with its whole context or sentence";
  }
  return "";
}

std::string details(const ShownPiece& piece) {
  std::string text;
  const auto append = [&text](const char* name, float value) {
    if (!std::isfinite(value)) return;
    char number[48];
    std::snprintf(number, sizeof number, "%s %.2f, ", name, static_cast<double>(value));
    text += number;
  };
  append("loss", piece.loss);
  append("score", piece.score);
  append("threshold", piece.threshold);
  return text + in_words(piece.fate);
}

// "s3", or "s0 forced".
std::string classes(const ShownPiece& piece) {
  const std::size_t level = std::isnan(piece.loss) ? 0 : surprise_level(piece.loss);
  std::string names = "s";
  names += std::to_string(level);
  if (piece.fate == Fate::kForced) names += " forced";
  return names;
}

std::string element(const ShownPiece& piece) {
  const std::string name = is_kept(piece.fate) ? "span" : "del";
  return "<" + name + " class=\"" + classes(piece) + "\" title=\"" + details(piece) + "\">" +
         escaped(piece.text) + "</" + name + ">";
}

std::string legend() {
  std::string text = "<div class=\"legend\"><span>loss in nats:</span>";
  for (std::size_t level = 0; level <= std::size(kSurpriseBounds); ++level) {
    text += "<span class=\"s" + std::to_string(level) + "\">" + escaped(surprise_name(level)) +
            "</span>";
  }
  return text + "<del>dropped</del><span class=\"forced\">must stay</span></div>\n";
}

std::string heading(const CompressResult& result) {
  char figures[64];
  std::snprintf(figures, sizeof figures, " tokens (%.1fx), mode ", result.ratio());
  return "<h1>A compressed prompt</h1>\n<p class=\"note\">" + format_count(result.origin_tokens) +
         " to " + format_count(result.compressed_tokens) + figures + escaped(result.mode) +
         ". Point at a token or touch it to see why it stays or goes.</p>\n" + legend() +
         "<input type=\"checkbox\" id=\"only\"> <label for=\"only\">only what stays</label>\n";
}

}  // namespace

std::string explain_html(const CompressResult& result) {
  std::string page = kHead + heading(result) + "<main>\n";
  for (const auto& part : shown_parts(result)) {
    page += "<section><h2>" + part.title + "</h2>\n<p class=\"note\">" + part.summary() +
            "</p>\n<div class=\"text\">";
    for (const auto& piece : part.pieces) page += element(piece);
    page += "</div></section>\n";
  }
  return page + kTail;
}

}  // namespace lingua
