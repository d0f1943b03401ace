//! Where `serve` listens: on this machine only, under each of its names. A browser may reach `localhost` by IPv4 or IPv6, so
//! the same port is used on both.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::serve::Listener;
use messages::tr;
use tokio::net::{TcpListener, TcpStream};

/// The first port to try when none is given.
const PORT: u16 = 8111;

/// The names of this machine that a browser may use. The first one is printed.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// One port of the loopback.
#[derive(Debug)]
pub(super) struct Loopback {
    four: TcpListener,
    /// `None` where the system has no IPv6.
    six: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    /// Binds `port`, or fails; without one, binds the first free port from 8111 on.
    pub(super) async fn bind(port: Option<u16>) -> Result<Self, String> {
        if let Some(port) = port {
            return take(port)
                .await
                .map_err(|error| tr!("port {port} cannot be used: {error}\n  name another with --port"));
        }
        for port in PORT..PORT + 50 {
            if let Ok(taken) = take(port).await {
                return Ok(taken);
            }
        }
        take(0).await.map_err(|error| tr!("no port is free: {error}"))
    }

    /// The address to open, without final slash.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", authority(NAMES[0], self.port))
    }
}

/// An origin of [`Loopback::origin`] under each of the machine's names: its authority (as in a `Host` header) and itself.
pub(super) fn origins(origin: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let rest =
        origin.strip_prefix("http://").and_then(|rest| rest.strip_prefix(NAMES[0])).unwrap_or_default();
    NAMES.iter().map(move |name| (format!("{name}{rest}"), format!("http://{name}{rest}")))
}

/// Browsers omit HTTP's default port.
fn authority(name: &str, port: u16) -> String {
    if port == 80 { name.to_owned() } else { format!("{name}:{port}") }
}

async fn take(port: u16) -> io::Result<Loopback> {
    let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let port = four.local_addr()?.port();
    let six = match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(six) => Some(six),
        // Another program would answer browsers that reach `localhost` by IPv6.
        Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
        Err(_) => None,
    };
    Ok(Loopback { four, six, port })
}

impl Listener for Loopback {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        match &mut self.six {
            None => Listener::accept(&mut self.four).await,
            Some(six) => tokio::select! {
                connection = Listener::accept(&mut self.four) => connection,
                connection = Listener::accept(six) => connection,
            },
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.four.local_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_three_names() {
        let all: Vec<_> = origins("http://localhost:8111").map(|(_, origin)| origin).collect();
        assert_eq!(all, ["http://localhost:8111", "http://127.0.0.1:8111", "http://[::1]:8111"]);
        assert_eq!(origins("http://localhost").map(|(host, _)| host).last().as_deref(), Some("[::1]"));
        assert_eq!(authority("localhost", 80), "localhost");
    }

    #[tokio::test]
    async fn a_port_that_another_program_has_by_ipv6_is_passed_over() {
        let Ok(other) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await else { return };
        let port = other.local_addr().expect("an address").port();
        assert!(Loopback::bind(Some(port)).await.is_err());
        let any = Loopback::bind(Some(0)).await.expect("some port is free");
        assert_ne!(any.port, port);
    }
}
