//! Legal references as people of each language write them. The register has them short, alike in every language.

use crate::language::Language;

/// The references of a row, each as this language cites it: `RGPD 5.1.c` is `art. 5, § 1, c) RGPD` in French.
pub(super) fn cited(references: &str, language: Language) -> String {
    match language {
        Language::English => references.to_owned(),
        Language::French => {
            let each = references.split("; ").map(in_french);
            each.collect::<Vec<_>>().join("\u{a0}; ")
        }
    }
}

fn in_french(reference: &str) -> String {
    if let Some(articles) = reference.strip_prefix("RGPD cons. ") {
        return format!("considérant {articles} du RGPD");
    }
    if let Some(articles) = reference.strip_prefix("RGPD ") {
        let articles: Vec<String> = articles.split(", ").map(article).collect();
        return format!("art. {} RGPD", and(&articles));
    }
    for code in ["C. trav.", "C. pén.", "C. civ."] {
        if let Some(number) = reference.strip_prefix(code) {
            let number = number.trim_start();
            let number = match number.strip_prefix('L') {
                Some(rest) => format!("L. {rest}"),
                None => number.to_owned(),
            };
            return format!("art. {number} {code}");
        }
    }
    reference.to_owned()
}

/// `5.1.c` is `5, § 1, c)`.
fn article(written: &str) -> String {
    let mut parts = written.split('.');
    let mut cited = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            cited.push_str(", § ");
            cited.push_str(part);
        } else {
            cited.push_str(", ");
            cited.push_str(part);
            cited.push(')');
        }
    }
    cited
}

fn and(articles: &[String]) -> String {
    match articles.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} et {last}", rest.join(" ; ")),
        _ => articles.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_cited_as_lawyers_cite_them() {
        for (short, cited_so) in [
            ("RGPD 5.1.c", "art. 5, § 1, c) RGPD"),
            ("RGPD 18", "art. 18 RGPD"),
            ("RGPD 21.1, 18.1.d", "art. 21, § 1 et 18, § 1, d) RGPD"),
            (
                "C. trav. L2312-38; RGPD 30, 35",
                "art. L. 2312-38 C. trav.\u{a0}; art. 30 et 35 RGPD",
            ),
            ("RGPD 13; C. pén. 226-1", "art. 13 RGPD\u{a0}; art. 226-1 C. pén."),
            ("CNIL, écoute; C. civ. 9", "CNIL, écoute\u{a0}; art. 9 C. civ."),
            (
                "CNIL, couplage; RGPD cons. 26",
                "CNIL, couplage\u{a0}; considérant 26 du RGPD",
            ),
            ("CNIL, écoute; SAN-2023-008", "CNIL, écoute\u{a0}; SAN-2023-008"),
            ("", ""),
        ] {
            assert_eq!(cited(short, Language::French), cited_so);
            assert_eq!(cited(short, Language::English), short);
        }
    }

    #[test]
    fn no_reference_of_the_register_stays_short() {
        for reason in gardefou::Reason::ALL {
            let reference = reason.info().unwrap().reference;
            let french = cited(reference, Language::French);
            assert!(!french.contains("RGPD 1") && !french.contains("trav. L"), "{french}");
        }
    }
}
