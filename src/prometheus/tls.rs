//! TLS: the certificate of a server, and those that a client trusts.

use std::fmt;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The certificates of PEM text, at least one.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(all) if all.is_empty() => Err("it has no certificate in PEM form".to_owned()),
        Ok(all) => Ok(all),
        Err(error) => Err(format!("it is not PEM: {error}")),
    }
}

/// A server's certificate, those of its issuers, and its key.
#[derive(Clone)]
pub struct Identity(Arc<ServerConfig>);

/// Why an identity cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityError {
    /// The certificates cannot be read.
    Certificate(String),
    /// The key cannot be read.
    Key(String),
    /// They do not belong together.
    Pair(String),
}

impl Identity {
    /// Reads the certificates, the server's first, and its key, both in PEM form.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        let chain = certificates(chain).map_err(IdentityError::Certificate)?;
        // The library's error may repeat what is in the file.
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| IdentityError::Key("it has no private key in PEM form".to_owned()))?;
        let pair = |error: tokio_rustls::rustls::Error| IdentityError::Pair(error.to_string());
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(pair)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(pair)?;
        Ok(Self(Arc::new(config)))
    }

    /// The handshake with a client.
    pub(super) async fn accept<S>(&self, stream: S) -> std::io::Result<server::TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        TlsAcceptor::from(Arc::clone(&self.0)).accept(stream).await
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// The certificates that a server's certificate has to be issued by: the machine's, or those of a file.
#[derive(Clone)]
pub struct Roots {
    /// The file's content; none for the machine's.
    pem: Option<Arc<[u8]>>,
    config: Arc<ClientConfig>,
}

impl Roots {
    /// Reads certificates in PEM form, or else takes those that the machine trusts.
    pub fn new(pem: Option<&[u8]>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        let given = match pem {
            Some(pem) => certificates(pem)?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        let (added, _) = roots.add_parsable_certificates(given);
        if added == 0 {
            let machine = "this machine has no root certificates; give some with ca_file";
            return Err(pem.map_or(machine, |_| "it has no valid certificate").to_owned());
        }
        Self::trusting(pem, roots)
    }

    /// None: for servers without TLS.
    pub(super) fn none() -> Result<Self, String> {
        Self::trusting(None, RootCertStore::empty())
    }

    /// What a client of TLS is made with.
    pub(super) fn client_config(&self) -> ClientConfig {
        (*self.config).clone()
    }

    fn trusting(pem: Option<&[u8]>, roots: RootCertStore) -> Result<Self, String> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { pem: pem.map(Into::into), config: Arc::new(config) })
    }

    /// The handshake with the server of this name or address.
    pub async fn connect<S>(&self, host: &str, stream: S) -> Result<client::TlsStream<S>, String>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| "its name cannot be in a certificate".to_owned())?;
        let connector = TlsConnector::from(Arc::clone(&self.config));
        connector.connect(name, stream).await.map_err(|error| error.to_string())
    }
}

impl PartialEq for Roots {
    fn eq(&self, other: &Self) -> bool {
        self.pem == other.pem
    }
}

impl Eq for Roots {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_certificate_or_a_key_is_refused_without_its_content() {
        let error = Identity::from_pem(b"s3cret", b"s3cret").unwrap_err();
        assert_eq!(
            error,
            IdentityError::Certificate("it has no certificate in PEM form".to_owned())
        );
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (chain, key) = (own.cert.pem(), own.signing_key.serialize_pem());
        assert!(Identity::from_pem(chain.as_bytes(), key.as_bytes()).is_ok());
        let error = Identity::from_pem(chain.as_bytes(), b"s3cret").unwrap_err();
        assert_eq!(error, IdentityError::Key("it has no private key in PEM form".to_owned()));
        let key = other.signing_key.serialize_pem();
        let error = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap_err();
        assert!(matches!(error, IdentityError::Pair(_)), "{error:?}");
        assert!(Roots::new(Some(b"s3cret")).is_err() && Roots::new(Some(chain.as_bytes())).is_ok());
    }
}
