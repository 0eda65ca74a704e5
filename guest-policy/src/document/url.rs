//! The shape of a `url` in a `match` entry.

use super::words::{Words, words};

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
}
