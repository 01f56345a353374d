#pragma once

namespace lingua {

// Nothing is fetched and no script runs, whatever a sample's text holds.
inline constexpr const char* kHtmlHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
)";

inline constexpr const char* kHtmlStyle = R"(
:root { color-scheme: light dark; --ink: #1c2127; --soft: #5a646f; --paper: #ffffff;
  --line: #d5dae0; --panel: #f4f6f8; --one: #1a66c9; --two: #b8480f; --three: #0d7a5f;
  --four: #7b3fb5; --five: #b3265e; --six: #6b6500; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ed; --soft: #a3adb8; --paper: #14181d; --line: #363e47; --panel: #1d232a;
    --one: #6ea8fe; --two: #f0975d; --three: #4fc3a1;
    --four: #c49bf0; --five: #f284ae; --six: #cfc85a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: .25rem 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
p { margin: .5rem 0; }
.headline strong { display: block; font-size: 2rem; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
.figures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
figure { margin: .5rem 0; max-width: 38rem; }
figcaption { color: var(--soft); font-size: .875rem; margin-bottom: .25rem; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
@media (min-width: 60rem) { svg text { font-size: 10px; } }
svg .name { fill: var(--ink); }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .zero { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }
svg .line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
svg .bar { fill: var(--one); }
svg .whisker { stroke: var(--one); stroke-width: 3; stroke-linecap: round; }
svg .dot { fill: var(--ink); stroke: var(--paper); stroke-width: 1.5; }
svg .s1, svg .s7 { stroke: var(--one); } svg .s2, svg .s8 { stroke: var(--two); }
svg .s3, svg .s9 { stroke: var(--three); } svg .s4, svg .s10 { stroke: var(--four); }
svg .s5, svg .s11 { stroke: var(--five); } svg .s6, svg .s12 { stroke: var(--six); }
svg .s7, svg .s8, svg .s9, svg .s10, svg .s11, svg .s12 { stroke-dasharray: 4 3; }
svg .range { stroke-width: 3; stroke-dasharray: none; opacity: .35; }
svg .mark { stroke-width: 2; stroke-dasharray: none; fill: var(--paper); }
table { width: 100%; border-collapse: collapse; font-size: .875rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .25rem; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; font-weight: normal; }
thead th { color: var(--soft); }
th:first-child { text-align: left; }
@media (max-width: 45rem) {
  thead { display: none; }
  table, tbody, tr { display: block; }
  tr { padding: .4rem 0; border-bottom: 1px solid var(--line); }
  th, td { display: flex; justify-content: space-between; gap: 1rem; border: 0;
    padding: .1rem .25rem; }
  tbody th { font-weight: 600; }
  td::before { content: attr(data-name); color: var(--soft); }
}
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .2rem .75rem;
  font-size: .875rem; margin: .5rem 0; }
dt { color: var(--soft); } dd { margin: 0; }
details { background: var(--panel); border-radius: .4rem; padding: .5rem .75rem; margin: .5rem 0; }
summary { cursor: pointer; font-size: .875rem; }
summary b { font-variant-numeric: tabular-nums; }
summary span { color: var(--soft); }
blockquote { margin: .5rem 0; padding-left: .6rem; border-left: 3px solid var(--line);
  white-space: pre-wrap; font-size: .875rem; }
)";

}  // namespace lingua
