//! A page for people as one file: for a works council, a data protection officer, a letter to a person.
//!
//! It is made from the page that a terminal shows, so that both say the same. It needs nothing from anywhere: no
//! script, no picture, no font, and the browser is told to fetch none.

use std::fmt::Write as _;

use crate::language::Language;
use crate::text::Look;

/// A page to be.
pub(crate) struct Sheet<'a> {
    /// What it is, for the browser's title and at its head.
    pub(crate) title: String,
    /// What it is about, each with what it is called: names, files, digests.
    pub(crate) facts: Vec<(String, String)>,
    /// The page of a terminal, as [`look`] has it made.
    pub(crate) body: &'a str,
    /// Its language.
    pub(crate) language: Language,
}

/// How the page of a terminal must look to become one: no line of it is broken.
pub(crate) fn look() -> Look {
    Look::flowing(Language::of_the_user())
}

const STYLE: &str = "\
:root{color-scheme:light}\
body{margin:2em auto;max-width:46em;padding:0 1em;font:11pt/1.45 Georgia,'Times New Roman',serif;color:#111;\
background:#fff}\
h1{font-size:1.5em;line-height:1.2;margin:0 0 .6em}\
h2{font-size:1.15em;margin:1.4em 0 .4em;break-after:avoid}\
p{margin:.25em 0;break-inside:avoid;overflow-wrap:anywhere}\
pre{margin:.4em 0;font:8.5pt/1.35 'DejaVu Sans Mono',Consolas,monospace;white-space:pre-wrap;break-inside:avoid-page}\
table{border-collapse:collapse;margin:.3em 0;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.15em .8em .15em 0;overflow-wrap:anywhere}\
th{font-weight:normal;color:#555;white-space:nowrap;width:1%}\
tr{break-inside:avoid}\
.facts{border-top:1px solid #111;border-bottom:1px solid #111;margin-bottom:1.2em;font-size:.92em}\
.b{font-weight:bold}.f{color:#555}.g{color:#0a5c1a}.r{color:#8f1010;font-weight:bold}.y{color:#7a5200}.c{color:#124a7a}\
@page{size:A4;margin:18mm 16mm}\
@media print{body{margin:0;max-width:none;padding:0;font-size:10pt}.f,th{color:#333}}";

/// The whole file of a page whose first line is its title.
pub(crate) fn of_page(page: &str) -> String {
    let (title, body) = page.trim_start_matches('\n').split_once('\n').unwrap_or((page, ""));
    self::page(&Sheet {
        title: Line::read(title).text().trim().to_owned(),
        facts: Vec::new(),
        body,
        language: Language::of_the_user(),
    })
}

/// The whole file.
pub(crate) fn page(sheet: &Sheet<'_>) -> String {
    let (code, title) = (sheet.language.pick("en", "fr"), escaped(&sheet.title));
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    if !sheet.facts.is_empty() {
        html.push_str("<table class=\"facts\">\n");
        for (label, value) in &sheet.facts {
            row(&mut html, &escaped(label), &escaped(value));
        }
        html.push_str("</table>\n");
    }
    body(&mut html, sheet.body);
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

/// Which element the lines so far stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Rows,
    Columns,
}

fn body(html: &mut String, page: &str) {
    let mut within = Within::Nothing;
    for line in page.lines() {
        let line = Line::read(line);
        let next = line.kind();
        let wanted = match next {
            Kind::Row => Within::Rows,
            Kind::Columns => Within::Columns,
            Kind::Empty | Kind::Heading | Kind::Text => Within::Nothing,
        };
        if within != wanted {
            html.push_str(match within {
                Within::Nothing => "",
                Within::Rows => "</table>\n",
                Within::Columns => "</pre>\n",
            });
            html.push_str(match wanted {
                Within::Nothing => "",
                Within::Rows => "<table>\n",
                Within::Columns => "<pre>",
            });
            within = wanted;
        }
        match next {
            Kind::Empty => {}
            Kind::Heading => {
                let _ = writeln!(html, "<h2>{}</h2>", escaped(line.text().trim()));
            }
            Kind::Row => {
                let (label, rest) = line.split();
                row(html, &escaped(label.trim()), &spans(rest, true));
            }
            Kind::Columns => {
                html.push_str(&spans(&line.0, false));
                html.push('\n');
            }
            Kind::Text => {
                let indent = line.indent();
                let style = match indent {
                    0 => String::new(),
                    _ => format!(" style=\"margin-left:{}em\"", indent.div_ceil(2)),
                };
                let _ = writeln!(html, "<p{style}>{}</p>", spans(&line.0, true));
            }
        }
    }
    html.push_str(match within {
        Within::Nothing => "",
        Within::Rows => "</table>\n",
        Within::Columns => "</pre>\n",
    });
}

fn row(html: &mut String, label: &str, value: &str) {
    let _ = writeln!(html, "<tr><th scope=\"row\">{label}</th><td>{value}</td></tr>");
}

/// A part of a line in one style.
struct Part {
    text: String,
    class: &'static str,
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Heading,
    /// A faint name, and what stands behind it.
    Row,
    /// Cells below those of other lines.
    Columns,
    Text,
}

struct Line(Vec<Part>);

impl Line {
    /// Reads the styles of a terminal.
    fn read(line: &str) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut class = "";
        for (n, piece) in line.split('\u{1b}').enumerate() {
            let codes = piece
                .strip_prefix('[')
                .filter(|_| n > 0)
                .and_then(|rest| rest.split_once('m'));
            let text = match codes {
                Some((codes, text)) => {
                    for code in codes.split(';') {
                        class = match code {
                            "1" => "b",
                            "2" => "f",
                            "31" => "r",
                            "32" => "g",
                            "33" => "y",
                            "34" | "36" => "c",
                            _ => "",
                        };
                    }
                    text
                }
                None => piece,
            };
            if !text.is_empty() {
                parts.push(Part {
                    text: text.to_owned(),
                    class,
                });
            }
        }
        Self(parts)
    }

    fn text(&self) -> String {
        self.0.iter().map(|part| part.text.as_str()).collect()
    }

    fn indent(&self) -> usize {
        let text = self.text();
        text.chars().count() - text.trim_start().chars().count()
    }

    fn kind(&self) -> Kind {
        let text = self.text();
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Kind::Empty;
        }
        let mut said = self.0.iter().filter(|part| !part.text.trim().is_empty());
        let first = said.next();
        let rest = said.next();
        let is = |class: &str| first.is_some_and(|part| part.class == class);
        if rest.is_none() && is("b") {
            Kind::Heading
        } else if is("f") && rest.is_some_and(|part| part.text.starts_with("  ")) {
            Kind::Row
        } else if trimmed.contains("  ") || trimmed.contains(['─', '━', '│', '▓', '█']) {
            Kind::Columns
        } else {
            Kind::Text
        }
    }

    /// The faint name at the beginning, and what stands behind it.
    fn split(&self) -> (&str, &[Part]) {
        let place = self.0.iter().position(|part| part.class == "f").unwrap_or(0);
        let label = self.0.get(place).map_or("", |part| part.text.as_str());
        (label, self.0.get(place + 1..).unwrap_or_default())
    }
}

fn spans(parts: &[Part], trim: bool) -> String {
    let mut html = String::new();
    for (n, part) in parts.iter().enumerate() {
        let text = if trim && n == 0 {
            part.text.trim_start()
        } else {
            part.text.as_str()
        };
        let text = escaped(text);
        if part.class.is_empty() {
            html.push_str(&text);
        } else {
            let _ = write!(html, "<span class=\"{}\">{text}</span>", part.class);
        }
    }
    html
}

/// A text without what a browser would take for more than text.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push('?'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FAINT, HEADING, REFUSED, paint};
    use proptest::prelude::*;

    fn of(body: &str) -> String {
        page(&Sheet {
            title: "A <title>".to_owned(),
            facts: vec![("SHA-256 of the file".to_owned(), "00ff".to_owned())],
            body,
            language: Language::French,
        })
    }

    #[test]
    fn a_page_says_its_language_and_labels_its_facts() {
        let html = of("");
        assert!(html.starts_with("<!doctype html>\n<html lang=\"fr\">"));
        assert!(html.contains("<title>A &lt;title&gt;</title>"));
        assert!(html.contains("<tr><th scope=\"row\">SHA-256 of the file</th><td>00ff</td></tr>"));
        assert!(html.contains("default-src 'none'"));
    }

    #[test]
    fn headings_rows_columns_and_text_become_what_they_are() {
        let body = format!(
            "{}\n{}  value & more\n\n  {} goes on\n  a  b\n  c  d\n",
            paint(HEADING, "Title"),
            paint(FAINT, "name"),
            paint(REFUSED, "<refused>"),
        );
        let html = of(&body);
        assert!(html.contains("<h2>Title</h2>\n<table>\n"), "{html}");
        assert!(
            html.contains("<tr><th scope=\"row\">name</th><td>value &amp; more</td></tr>\n</table>\n"),
            "{html}"
        );
        assert!(
            html.contains("<p style=\"margin-left:1em\"><span class=\"r\">&lt;refused&gt;</span> goes on</p>"),
            "{html}"
        );
        assert!(html.contains("<pre>  a  b\n  c  d\n</pre>"), "{html}");
    }

    proptest! {
        /// Whatever stands in a page, nothing of it is markup, and every element is closed.
        #[test]
        fn nothing_of_a_page_is_markup(body in "([<>&\"' a-z\u{1b}\\[0-9m─]|  |\n){0,200}") {
            let html = of(&body);
            let tags = |name: &str| {
                (html.matches(&format!("<{name}>")).count() + html.matches(&format!("<{name} ")).count(),
                 html.matches(&format!("</{name}>")).count())
            };
            for name in ["p", "h2", "pre", "table", "tr", "th", "td", "span", "main"] {
                let (open, closed) = tags(name);
                prop_assert_eq!(open, closed, "{}: {}", name, html);
            }
            let known = ["!doctype", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "pre",
                "table", "tr", "th", "td", "span"];
            for tag in html.split('<').skip(1) {
                let name: String = tag.trim_start_matches('/').chars().take_while(|c| !c.is_whitespace() && *c != '>').collect();
                prop_assert!(known.contains(&name.as_str()), "{}", name);
            }
            prop_assert!(!html.contains(char::from(27)));
        }
    }
}
