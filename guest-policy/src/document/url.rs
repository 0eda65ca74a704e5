//! The shape of a `url` in a `match` entry.

use alloc::{format, string::String, vec::Vec};

use super::words::{Words, words};
use crate::classify::has_dot_segment;

/// Whether a `url` is bound to a scheme and a host (rules.md, "Matching").
pub(super) fn url_shape(pattern: &str) -> Result<(), Words> {
    let (scheme, rest) = pattern.split_once("://").ok_or(words(
        "a `url` must begin with a scheme such as `https://`",
        "une `url` doit commencer par un schéma comme `https://`",
    ))?;
    let mut letters = scheme.chars();
    let is_scheme = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !is_scheme {
        return Err(words(
            "the scheme of a `url` must be written out, without `*`",
            "le schéma d'une `url` doit être écrit en entier, sans `*`",
        ));
    }
    let (host, _) = rest.split_once('/').ok_or(words(
        "a `url` must have a `/` after its host",
        "une `url` doit avoir un `/` après son hôte",
    ))?;
    let is_any_under = host.strip_prefix("*.");
    let (name, port) = split_port(is_any_under.unwrap_or(host));
    if port.is_some_and(|port| port.is_empty() || !port.chars().all(|c| c.is_ascii_digit())) {
        return Err(words(
            "the port of a `url` must be written out, as a number",
            "le port d'une `url` doit être écrit en entier, en chiffres",
        ));
    }
    if name.contains('*') {
        return Err(words(
            "the host of a `url` must be written out; `*.` can only stand at its beginning",
            "l'hôte d'une `url` doit être écrit en entier\u{a0}; `*.` ne peut figurer qu'au début",
        ));
    }
    if is_any_under.is_none() && is_ipv6(name) {
        return Ok(());
    }
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !name.split('.').all(is_label) {
        return Err(words(
            "the host of a `url` is not the name of a host",
            "l'hôte d'une `url` n'est pas un nom d'hôte",
        ));
    }
    if is_any_under.is_some() && name.split('.').count() < 2 {
        return Err(words(
            "after `*.` the host of a `url` must have at least two parts, like `acme.example`",
            "après `*.`, l'hôte d'une `url` doit avoir au moins deux parties, comme `acme.example`",
        ));
    }
    Ok(())
}

/// The pattern in the form in which a browser reports addresses; `None` where it has that form. A pattern of another
/// form never matches. `pattern` has a sound shape ([`url_shape`]).
pub(super) fn as_reported(pattern: &str) -> Option<String> {
    let trimmed = pattern.trim();
    let (scheme, rest) = trimmed.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let scheme = scheme.to_ascii_lowercase();
    let (name, port) = split_port(host);
    let is_web = matches!(scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp");
    let default = match scheme.as_str() {
        "http" | "ws" => "80",
        "https" | "wss" => "443",
        "ftp" => "21",
        _ => "",
    };
    // A port is a number: `0443` is 443.
    let port = port.map(|port| match port.trim_start_matches('0') {
        "" => "0",
        number => number,
    });
    let port = port.filter(|port| *port != default);
    let name = if is_web || name.is_ascii() {
        ascii_host(name)?
    } else {
        name.to_lowercase()
    };
    let mut told = format!("{scheme}://{name}");
    if let Some(port) = port {
        told.push(':');
        told.push_str(port);
    }
    told.push('/');
    told.push_str(&resolved(path));
    (told != pattern).then_some(told)
}

/// Each part of a host in small letters, and as `xn--…` where it is not ASCII.
fn ascii_host(name: &str) -> Option<String> {
    let label = |label: &str| {
        let small = label.to_lowercase();
        if small.is_ascii() {
            Some(small)
        } else {
            Some(format!("xn--{}", punycode(&small)?))
        }
    };
    let labels: Option<Vec<String>> = name.split('.').map(label).collect();
    Some(labels?.join("."))
}

/// The path without its `.` and `..`, as browsers resolve them.
fn resolved(path: &str) -> String {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let (path, after) = path.split_at_checked(end).unwrap_or((path, ""));
    if !has_dot_segment(&format!("x://h/{path}")) {
        return format!("{path}{after}");
    }
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    let last = parts.len().saturating_sub(1);
    let mut kept: Vec<&str> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let dots = part.replace("%2e", ".").replace("%2E", ".");
        match dots.as_str() {
            "." | ".." => {
                if dots == ".." {
                    kept.pop();
                }
                if at == last {
                    kept.push("");
                }
            }
            _ => kept.push(part),
        }
    }
    format!("{}{after}", kept.join("/"))
}

/// RFC 3492, for one part of a host; `None` where it is too long to be one.
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    const LONGEST: usize = 63;
    let digit =
        |value: u32| char::from_digit(value, BASE).map(|c| if value < 26 { letter(value) } else { number(value, c) });
    let input: Vec<u32> = label.chars().map(u32::from).collect();
    if input.len() > LONGEST {
        return None;
    }
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).ok()?;
    let mut handled = basic;
    if basic > 0 {
        output.push('-');
    }
    let (mut next, mut delta, mut bias) = (128_u32, 0_u32, 72_u32);
    while usize::try_from(handled).ok()? < input.len() {
        let least = input.iter().copied().filter(|c| *c >= next).min()?;
        delta = delta.checked_add((least - next).checked_mul(handled + 1)?)?;
        next = least;
        for character in &input {
            if *character < next {
                delta = delta.checked_add(1)?;
            }
            if *character != next {
                continue;
            }
            let (mut rest, mut k) = (delta, BASE);
            loop {
                let threshold = k.saturating_sub(bias).clamp(1, 26);
                if rest < threshold {
                    break;
                }
                output.push(digit(threshold + (rest - threshold) % (BASE - threshold))?);
                rest = (rest - threshold) / (BASE - threshold);
                k += BASE;
            }
            output.push(digit(rest)?);
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        next += 1;
    }
    Some(output)
}

/// `a` to `z` stand for 0 to 25.
fn letter(value: u32) -> char {
    u8::try_from(value)
        .ok()
        .map_or('a', |value| char::from(b'a' + value.min(25)))
}

/// `0` to `9` stand for 26 to 35.
fn number(value: u32, other: char) -> char {
    char::from_digit(value.saturating_sub(26), 10).unwrap_or(other)
}

fn adapt(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / points.max(1);
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

/// Whether a pattern is for every host under a suffix under which anybody can have a domain, such as `co.uk`.
/// `pattern` has a sound shape ([`url_shape`]).
pub(super) fn public_suffix(pattern: &str) -> Option<String> {
    let (_, rest) = pattern.trim().split_once("://")?;
    let (host, _) = rest.split_once('/')?;
    let (name, _) = split_port(host.strip_prefix("*.")?);
    let name = ascii_host(name)?;
    let suffix = psl::suffix(name.as_bytes())?;
    (suffix.is_known() && suffix.as_bytes() == name.as_bytes()).then_some(name)
}

fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

fn is_ipv6(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.is_some_and(|address| address.parse::<core::net::Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_bound_to_a_scheme_and_a_host() {
        for good in [
            "https://crm.acme.example/**",
            "https://*.acme.example/app/**",
            "https://*.acme.example:8443/",
            "http://localhost:8080/*",
            "app://crm/",
            "https://[::1]:80/x",
            "https://bücher.example/*",
        ] {
            assert_eq!(url_shape(good), Ok(()), "{good}");
        }
        for bad in [
            "crm.acme.example/**",
            "*://crm.acme.example/**",
            "http*://crm.acme.example/**",
            "://crm.acme.example/",
            "https:///**",
            "https://crm.acme.example",
            "https://crm.acme.example**",
            "https://*/**",
            "https://*.example/**",
            "https://*.acme.*/**",
            "https://**.acme.example/**",
            "https://crm*.acme.example/**",
            "https://*.*.acme.example/",
            "https://*.acme..example/",
            "https://*.acme.example./",
            "https://crm.acme.example:*/",
            "https://me@crm.acme.example/",
            "https://*.[::1]/",
            "**",
        ] {
            assert!(url_shape(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_form_that_a_browser_reports_is_offered() {
        let offered = |pattern: &str| {
            assert_eq!(url_shape(pattern.trim()), Ok(()), "{pattern}");
            as_reported(pattern)
        };
        for (pattern, reported) in [
            ("https://CRM.Acme.Example:443/**", "https://crm.acme.example/**"),
            ("HTTPS://crm.acme.example/**", "https://crm.acme.example/**"),
            ("http://crm.acme.example:80/*", "http://crm.acme.example/*"),
            ("https://crm.acme.example:0443/*", "https://crm.acme.example/*"),
            ("https://*.bücher.example/*", "https://*.xn--bcher-kva.example/*"),
            ("https://Économie.example/", "https://xn--conomie-9xa.example/"),
            ("https://例え.example/", "https://xn--r8jz45g.example/"),
            ("https://crm.acme.example/** ", "https://crm.acme.example/**"),
            ("https://acme.example/a/../b/./c", "https://acme.example/b/c"),
            ("https://acme.example/a/%2E%2e", "https://acme.example/"),
            ("https://acme.example/../../x?y=/../z", "https://acme.example/x?y=/../z"),
        ] {
            assert_eq!(offered(pattern).as_deref(), Some(reported), "{pattern}");
            assert_eq!(offered(reported), None, "{reported}");
        }
        for right in [
            "https://crm.acme.example/**",
            "https://*.acme.example:8443/App/**",
            "http://localhost:443/*",
            "app://crm/Main",
            "https://[::1]:80/x",
            "https://crm.acme.example/a?b=..",
            "https://crm.acme.example/...",
        ] {
            assert_eq!(offered(right), None, "{right}");
        }
    }

    #[test]
    fn public_suffixes_are_nobodys_hosts() {
        for (pattern, suffix) in [
            ("https://*.co.uk/**", "co.uk"),
            ("https://*.CO.UK:443/**", "co.uk"),
            ("https://*.github.io/x/**", "github.io"),
            ("https://*.gouv.fr/**", "gouv.fr"),
            ("https://*.公司.cn/**", "xn--55qx5d.cn"),
        ] {
            assert_eq!(public_suffix(pattern).as_deref(), Some(suffix), "{pattern}");
        }
        for own in [
            "https://*.acme.example/**",
            "https://*.acme.co.uk/**",
            "https://co.uk/**",
            "https://*.acme.github.io/**",
            "https://*.intern.local/**",
        ] {
            assert_eq!(public_suffix(own), None, "{own}");
        }
    }
}
