//! The shape of a `url` in a `match` entry.

/// Whether a `url` is bound to a scheme and a host (rules.md, "Matching").
pub(super) fn url_shape(pattern: &str) -> Result<(), &'static str> {
    let (scheme, rest) = pattern
        .split_once("://")
        .ok_or("a `url` must begin with a scheme such as `https://`")?;
    let mut letters = scheme.chars();
    let is_scheme = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !is_scheme {
        return Err("the scheme of a `url` must be written out, without `*`");
    }
    let (host, _) = rest.split_once('/').ok_or("a `url` must have a `/` after its host")?;
    let is_any_under = host.strip_prefix("*.");
    let (name, port) = split_port(is_any_under.unwrap_or(host));
    if port.is_some_and(|port| port.is_empty() || !port.chars().all(|c| c.is_ascii_digit())) {
        return Err("the port of a `url` must be written out, as a number");
    }
    if name.contains('*') {
        return Err("the host of a `url` must be written out; `*.` can only stand at its beginning");
    }
    if is_any_under.is_none() && is_ipv6(name) {
        return Ok(());
    }
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !name.split('.').all(is_label) {
        return Err("the host of a `url` is not the name of a host");
    }
    if is_any_under.is_some() && name.split('.').count() < 2 {
        return Err("after `*.` the host of a `url` must have at least two parts, like `acme.example`");
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
