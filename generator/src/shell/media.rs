//! Media types of files by their ending: what `serve` answers with, and what a release in S3 is stored as.

/// Ending and type, those of most pages first.
pub(super) const MEDIA_TYPES: [(&str, &str); 19] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("xml", "application/xml; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("webmanifest", "application/manifest+json"),
    ("ico", "image/x-icon"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("woff2", "font/woff2"),
    ("pdf", "application/pdf"),
    ("mp4", "video/mp4"),
];

/// What follows the last dot of a path's last part.
pub(super) fn ending(path: &str) -> Option<&str> {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map(|(_, ending)| ending)
}

/// The media type of a file, by its ending.
pub(super) fn media_type(path: &str) -> &'static str {
    let known = MEDIA_TYPES.iter().find(|(known, _)| ending(path) == Some(known));
    known.map_or("application/octet-stream", |(_, media_type)| media_type)
}

#[cfg(test)]
mod tests {
    use super::{ending, media_type};

    #[test]
    fn a_dot_in_a_folder_is_no_ending() {
        assert_eq!(ending("a.b/CNAME"), None);
        assert_eq!(media_type(".well-known/security.txt"), "text/plain; charset=utf-8");
        assert_eq!(media_type("data.unknown"), "application/octet-stream");
    }
}
