//! Image references.

/// An image reference, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Image<'a> {
    /// Registry, where one is named.
    pub host: Option<&'a str>,
    /// Repository without the registry.
    pub repository: &'a str,
    /// Tag.
    pub tag: Option<&'a str>,
    /// Digest with its algorithm.
    pub digest: Option<&'a str>,
}

impl Image<'_> {
    /// Whether every pull gives the same image.
    pub(crate) fn is_fixed(&self) -> bool {
        self.digest.is_some() || self.tag.is_some_and(|tag| tag != "latest")
    }

    /// Whether it is Docker's official image of that name, which has more than one spelling.
    pub(crate) fn is_official(&self, name: &str) -> bool {
        let repository = self.repository;
        matches!(self.host, None | Some("docker.io"))
            && repository.strip_prefix("library/").unwrap_or(repository) == name
    }
}

/// Takes a reference apart by the rules of the OCI distribution specification; `None` where it is none.
pub(crate) fn parse(text: &str) -> Option<Image<'_>> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    if let Some(digest) = digest {
        let (algorithm, hex) = digest.split_once(':')?;
        let fits = algorithm == "sha256"
            && hex.len() == 64
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !fits {
            return None;
        }
    }
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[last..].split_once(':') {
        Some((_, tag)) => (&rest[..rest.len() - tag.len() - 1], Some(tag)),
        None => (rest, None),
    };
    if let Some(tag) = tag {
        let first = tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let fits = first
            && tag.len() <= 128
            && tag
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
        if !fits {
            return None;
        }
    }
    let (host, repository) = match name.split_once('/') {
        Some((first, repository)) if first.contains(['.', ':']) || first == "localhost" => {
            (Some(first), repository)
        }
        _ => (None, name),
    };
    let host_fits = host.is_none_or(|host| {
        host.chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
    });
    let fits = host_fits && !repository.is_empty() && repository.split('/').all(is_component);
    fits.then_some(Image {
        host,
        repository,
        tag,
        digest,
    })
}

/// Lower-case letters and digits, with `.`, `_`, `__` or hyphens between.
fn is_component(part: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(edge)
        && part.ends_with(edge)
        && part.chars().all(|c| edge(c) || "._-".contains(c))
        && !part.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_images_are_known_by_every_name() {
        let by_digest = format!("docker.io/library/nginx@sha256:{}", "a".repeat(64));
        for image in [
            "nginx:1.29",
            "library/nginx:1",
            "docker.io/nginx:1",
            &by_digest,
        ] {
            assert!(parse(image).expect("fits").is_official("nginx"), "{image}");
        }
        for image in [
            "nginxinc/nginx-unprivileged:1.29",
            "ghcr.io/nginx:1",
            "ghcr.io/x/nginx:1",
            "docker.io/x/nginx:1",
            "nginx-x:1",
        ] {
            assert!(!parse(image).expect("fits").is_official("nginx"), "{image}");
        }
    }

    #[test]
    fn takes_references_apart() {
        let image = parse("mcr.microsoft.com/dotnet/samples:aspnetapp").expect("fits");
        assert_eq!(
            (image.host, image.repository, image.tag),
            (
                Some("mcr.microsoft.com"),
                "dotnet/samples",
                Some("aspnetapp")
            )
        );
        assert!(!parse("nginx").expect("fits").is_fixed());
        assert!(!parse("nginx:latest").expect("fits").is_fixed());
        assert_eq!(
            parse("localhost:5000/a/b:1").expect("fits").host,
            Some("localhost:5000")
        );
        let digest = format!("nginx@sha256:{}", "a".repeat(64));
        assert!(parse(&digest).expect("fits").is_fixed());
        for bad in [
            "",
            "Nginx:1",
            "a//b:1",
            "a:b:c",
            "a:-1",
            "a b:1",
            "https://x/y:1",
            "$(id):1",
            "nginx@sha256:zz",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
