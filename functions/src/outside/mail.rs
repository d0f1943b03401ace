//! Sending mails: by SMTP, or as files in a folder. Addresses and subjects are typed, so nothing in them can add a header.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Code;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sha2::{Digest, Sha256};

use storefront::mailbox::{MailAddress, dot_atom};

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Name and address that it comes from.
    pub from: (String, String),
    /// The recipient.
    pub to: String,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<String>,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// Fixed, so that a mail sent twice is shown once: `K7QM-4XTB-9D.mail_confirmation@example.com`.
    pub message_id: String,
}

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A later attempt may succeed.
    #[error("the mail server does not take it now: {0}")]
    Later(String),
    /// The server refuses it permanently; the mailbox or the shop's own setup may be the cause, so it is tried a few more
    /// times.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
    /// It cannot be sent as it is: an address is invalid.
    #[error("the mail cannot be sent: {0}")]
    Never(String),
}

/// How long sending may take, from connecting to the server's last reply. (lettre's own limit covers only connecting: a
/// server that falls silent would be waited for until it hangs up.)
const TIMEOUT: Duration = Duration::from_secs(8);

/// Sends mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one. It may have been sent even if this fails with [`MailError::Later`].
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// SMTP with TLS.
#[derive(Clone)]
pub struct Smtp {
    builder: AsyncSmtpTransportBuilder,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Smtp")
    }
}

/// Where the mail server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Its host name.
    pub host: String,
    /// 465 (TLS from the start), 587 (STARTTLS), or another.
    pub port: u16,
    /// User and password.
    pub login: Option<(String, String)>,
    /// Without TLS: only for a server on this machine.
    pub plain: bool,
}

impl SmtpConfig {
    /// Reads `smtps://user:password@host:465` (TLS), `smtp://user:password@host:587` (STARTTLS, required),
    /// `smtp-plain://localhost:25` (no TLS; only this machine). User and password are percent-encoded. The flag says whether
    /// TLS starts at once.
    ///
    /// # Errors
    /// The reason, without the password.
    pub fn parse(url: &str) -> Result<(Self, bool), String> {
        let (scheme, rest) = url.split_once("://").ok_or("it begins with smtps:// or smtp://")?;
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| "its port is a number")?)),
            None => (place, None),
        };
        if host.is_empty() {
            return Err("it names a host".to_owned());
        }
        let (implicit, plain, standard) = match scheme {
            "smtps" => (true, false, 465),
            "smtp" => (false, false, 587),
            "smtp-plain" if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => (false, true, 25),
            "smtp-plain" => return Err("only a server on this machine goes without TLS".to_owned()),
            _ => return Err("it begins with smtps:// or smtp://".to_owned()),
        };
        let login = login.map(|login| {
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            (decode(user), decode(password))
        });
        Ok((SmtpConfig { host: host.to_owned(), port: port.unwrap_or(standard), login, plain }, implicit))
    }
}

/// Percent-decoding (RFC 3986, 2.1); an invalid sequence stays as it is.
fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Smtp {
    /// A server by its address; see [`SmtpConfig::parse`].
    ///
    /// # Errors
    /// If the address is invalid.
    pub fn new(url: &str) -> Result<Self, String> {
        Self::trusting(url, None)
    }

    /// The same, but the server's certificate may also be signed by this authority (PEM).
    ///
    /// # Errors
    /// If the address or the certificate is invalid.
    pub fn trusting(url: &str, authority: Option<&[u8]>) -> Result<Self, String> {
        let (config, implicit) = SmtpConfig::parse(url)?;
        let tls = || {
            let mut tls = TlsParameters::builder(config.host.clone());
            if let Some(pem) = authority {
                let certificate = Certificate::from_pem(pem).map_err(|error| error.to_string())?;
                tls = tls.add_root_certificate(certificate);
            }
            tls.build().map_err(|error| error.to_string())
        };
        let tls = match (config.plain, implicit) {
            (true, _) => Tls::None,
            (false, true) => Tls::Wrapper(tls()?),
            (false, false) => Tls::Required(tls()?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = config.login {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Smtp { transport: builder.clone().build(), builder })
    }

    /// Greets the server (EHLO) with this name, which the server should be able to look up (RFC 5321, 4.1.4). Without it the
    /// greeting is `[127.0.0.1]`.
    #[must_use]
    pub fn greeting_as(self, host: &str) -> Self {
        let builder = self.builder.hello_name(ClientId::Domain(host.to_owned()));
        Smtp { transport: builder.clone().build(), builder }
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = message(mail)?;
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // A wrong password says nothing about the mail, which waits until the owner has fixed it.
            Ok(Err(error)) if error.is_permanent() && !error.status().is_some_and(is_about_login) => {
                Err(MailError::Refused(error.to_string()))
            }
            Ok(Err(error)) => Err(MailError::Later(error.to_string())),
            Err(_) => Err(MailError::Later("the mail server fell silent".to_owned())),
        }
    }
}

/// Whether a server's code is about the sender's login, not the mail (RFC 4954, section 6).
fn is_about_login(code: Code) -> bool {
    matches!(u16::from(code), 530 | 534 | 535 | 538)
}

/// A folder of `.eml` files, each with its HTML beside it: for trying things out.
#[derive(Debug, Clone)]
pub struct MailFolder {
    folder: PathBuf,
}

impl MailFolder {
    /// Into this folder, created if missing.
    pub fn new(folder: PathBuf) -> Self {
        MailFolder { folder }
    }
}

#[async_trait]
impl Mailer for MailFolder {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let bytes = message(mail)?.formatted();
        let later = |error: std::io::Error| MailError::Later(error.to_string());
        std::fs::create_dir_all(&self.folder).map_err(later)?;
        let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        let id = mail.message_id.split('@').next().unwrap_or_default();
        let name: String = id.trim_end_matches('.').chars().map(safe).collect();
        // Written to another name and renamed, so that nobody sees half a mail in the folder.
        let part = self.folder.join(format!(".{name}.part"));
        std::fs::write(&part, bytes).map_err(later)?;
        std::fs::write(self.folder.join(format!("{name}.html")), &mail.html).map_err(later)?;
        std::fs::rename(&part, self.folder.join(format!("{name}.eml"))).map_err(later)
    }
}

/// The message as sent over the wire.
///
/// # Errors
/// [`MailError::Never`] if the sender's or the recipient's address is invalid. An invalid reply address is left out.
pub fn message(mail: &Mail) -> Result<Message, MailError> {
    let address = |whose: &str, text: &str| {
        MailAddress::parse(text).map_err(|why| MailError::Never(format!("the address {whose}: {why}")))
    };
    let mailbox = |name, address: &MailAddress| Mailbox::new(name, address.address().clone());
    let one_line = |text: &str| text.split(char::is_control).collect::<Vec<_>>().join(" ");
    let from = address("it comes from", &mail.from.1)?;
    let (left, right) = mail.message_id.rsplit_once('@').unwrap_or((&mail.message_id, from.domain()));
    let mut builder = Message::builder()
        .from(mailbox(Some(one_line(&mail.from.0)), &from))
        .to(mailbox(None, &address("it goes to", &mail.to)?))
        .subject(one_line(&mail.subject))
        .message_id(Some(format!("<{}@{}>", dot_atom(left), dot_atom(right))))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(reply) = mail.reply_to.as_deref().and_then(|text| MailAddress::parse(text).ok()) {
        builder = builder.reply_to(mailbox(None, &reply));
    }
    let part = |kind: ContentType, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    // The same mail gives the same bytes. No line of its parts can equal this one: encoded, they have no `=_` (RFC 2045, 6.7).
    let boundary = Sha256::digest(mail.message_id.as_bytes());
    let boundary = data_encoding::HEXLOWER.encode(&boundary[..12]);
    builder
        .multipart(
            MultiPart::alternative()
                .boundary(format!("=_{boundary}"))
                .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
                .singlepart(part(ContentType::TEXT_HTML, &mail.html)),
        )
        .map_err(|error| MailError::Never(error.to_string()))
}

#[cfg(test)]
mod tests;
