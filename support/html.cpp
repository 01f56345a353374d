#include "support/html.h"

#include "support/html_style.h"
#include "support/text.h"

namespace lingua {
namespace {

// `html` inside an element with these attributes.
std::string element(std::string_view name, std::string_view attributes, std::string_view html) {
  std::string text = "<";
  text += name;
  if (!attributes.empty()) {
    text += ' ';
    text += attributes;
  }
  text += '>';
  text += html;
  text += "</";
  text += name;
  text += '>';
  return text;
}

std::string heading_row(const std::vector<std::string>& headings) {
  std::string html;
  for (const std::string& heading : headings) {
    html += element("th", "scope=\"col\"", html_escaped(heading));
  }
  return element("tr", "", html);
}

// Each cell knows its heading, which stands beside it where the page is narrow.
std::string table_row(const std::vector<std::string>& cells,
                      const std::vector<std::string>& headings) {
  std::string html;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == 0) {
      html += element("th", "scope=\"row\" dir=\"auto\"", html_escaped(cells[i]));
    } else {
      html += element("td", "data-name=\"" + html_escaped(headings.at(i)) + "\"",
                      html_escaped(cells[i]));
    }
  }
  return element("tr", "", html);
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : printable(text, true)) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

std::string html_page(std::string_view title, std::string_view html) {
  std::string page = kHtmlHead;
  page += element("title", "", html_escaped(title));
  page += '\n';
  page += element("style", "", kHtmlStyle);
  page += "\n</head>\n<body>\n<main>\n";
  page += element("h1", "", html_escaped(title));
  page += '\n';
  page += html;
  page += "</main>\n</body>\n</html>\n";
  return page;
}

std::string html_section(std::string_view heading, std::string_view html) {
  std::string content = element("h2", "", html_escaped(heading));
  content += '\n';
  content += html;
  return element("section", "", content) + "\n";
}

std::string html_paragraph(std::string_view text) {
  return element("p", "", html_escaped(text)) + "\n";
}

std::string html_quote(std::string_view text) {
  return element("blockquote", "dir=\"auto\"", html_escaped(text)) + "\n";
}

std::string html_headline(std::string_view figure, std::string_view text) {
  std::string html = element("strong", "", html_escaped(figure));
  html += ' ';
  html += html_escaped(text);
  return element("p", "class=\"headline\"", html) + "\n";
}

std::string html_figure(std::string_view html, std::string_view caption) {
  std::string content = element("figcaption", "", html_escaped(caption));
  content += '\n';
  content += html;
  return element("figure", "", content) + "\n";
}

std::string html_figures(std::span<const std::string> html) {
  std::string content;
  for (const std::string& figure : html) content += figure;
  return element("div", "class=\"figures\"", content) + "\n";
}

std::string html_facts(std::span<const HtmlFact> facts) {
  std::string content;
  for (const HtmlFact& fact : facts) {
    content += element("dt", "", html_escaped(fact.name));
    content += element("dd", "dir=\"auto\"", html_escaped(fact.value));
    content += '\n';
  }
  return element("dl", "", content) + "\n";
}

std::string html_table(const HtmlTable& table) {
  std::string body;
  for (const auto& row : table.rows) body += table_row(row, table.headings) + "\n";
  return element("table", "",
                 element("thead", "", heading_row(table.headings)) + "\n" +
                     element("tbody", "", body)) +
         "\n";
}

}  // namespace lingua
